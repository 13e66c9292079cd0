"""`GitPlace`: where desired state is, how it is reached, and what may be said of it aloud."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOCAL_HOSTS = ("", "localhost")


@dataclass(frozen=True)
class GitPlace:
    """Where desired state is: any URL or path, the branch, and the folder inside the tree.

    `ssh_key` and `known_hosts` are files; without them the SSH agent and the user's own known_hosts count. `ca` is a file
    of PEM certificates that an https server is checked against instead of the system's.
    """

    url: str = field(repr=False)
    branch: str = "main"
    folder: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ssh_key: Path | None = None
    ssh_passphrase: str = field(default="", repr=False)
    known_hosts: Path | None = None
    ca: Path | None = None

    @property
    def local_path(self) -> Path | None:
        """The folder, where the URL is a path or a file URL."""
        parts = urlsplit(self.url)
        if parts.scheme == "file" and parts.netloc in LOCAL_HOSTS:
            return Path(unquote(parts.path))
        is_path = "://" not in self.url and (Path(self.url).exists() or not _is_scp_like(self.url))
        return Path(self.url) if is_path else None

    @property
    def shown(self) -> str:
        """The URL without user name and password."""
        parts = urlsplit(self.url)
        if "://" not in self.url or "@" not in parts.netloc:
            return self.url
        return self.url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)

    @property
    def mirror_name(self) -> str:
        """Names the mirror on disk; branches do not share one."""
        return sha256(f"{self.shown}\n{self.branch}".encode()).hexdigest()[:16]

    def redacted(self, text: str) -> str:
        """Somebody else's message without anything secret."""
        parts = urlsplit(self.url) if "://" in self.url else None
        secrets = [self.password, self.ssh_passphrase, (parts.password or "") if parts else ""]
        for secret in filter(None, [self.url if self.url != self.shown else "", *secrets, *map(unquote, secrets)]):
            text = text.replace(secret, "…")
        return text


def _is_scp_like(url: str) -> bool:
    """`git@host:path`."""
    return ":" in url.split("/", maxsplit=1)[0]
