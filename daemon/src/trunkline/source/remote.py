"""A bare mirror of one branch of a remote repository: how it is fetched, with which credentials, and whom it trusts."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import CredentialType, FetchPrune

from trunkline.model.errors import AccessRefused, Stalled, Transient
from trunkline.source.place import GitPlace

MIRRORED = "refs/trunkline/fetched"
CONNECT_TIMEOUT_MILLISECONDS, REPLY_TIMEOUT_MILLISECONDS = 15_000, 60_000
DENIED = ("authentication", "credential", "401", "403", "certificate", "hostkey", "known_hosts", "unable to open", "passphrase")

Credential = pygit2.Username | pygit2.UserPass | pygit2.Keypair


class _Callbacks(pygit2.RemoteCallbacks):
    """Gives each credential once: a server that refuses it would ask for ever."""

    def __init__(self, place: GitPlace) -> None:
        super().__init__()
        self._place = place
        self.asked = 0

    def credentials(self, url: str, username_from_url: str | None, allowed_types: CredentialType) -> Credential:  # noqa: ARG002 - pygit2's form
        self.asked += 1
        place, username = self._place, username_from_url or self._place.username
        if self.asked > 2:
            raise pygit2.GitError("authentication failed: the server refuses these credentials")
        if allowed_types & CredentialType.USERNAME:
            return pygit2.Username(username or "git")
        if allowed_types & CredentialType.SSH_KEY:
            if place.ssh_key:
                return pygit2.Keypair(username or "git", None, str(place.ssh_key), place.ssh_passphrase)
            return pygit2.KeypairFromAgent(username or "git")
        if place.username or place.password:
            return pygit2.UserPass(place.username or username or "git", place.password)
        raise pygit2.GitError("authentication failed: the server wants credentials and source.username states none")

    def certificate_check(self, certificate: None, valid: bool, host: bytes) -> bool:  # noqa: ARG002 - pygit2's form
        """What libgit2 found out from known_hosts or the CAs counts. pygit2 by itself lets every SSH host pass."""
        return valid


@dataclass
class Mirror:
    """Nothing but objects and one reference: neither URL nor credentials are written to disk."""

    place: GitPlace
    path: Path

    def open(self) -> pygit2.Repository:
        """The mirror, made anew where it is damaged. Raises Stalled where the settings or the disk forbid it."""
        self._trust()
        try:
            if self.path.exists():
                return pygit2.Repository(str(self.path))
        except pygit2.GitError:
            shutil.rmtree(self.path, ignore_errors=True)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return pygit2.init_repository(str(self.path), bare=True)
        except (OSError, pygit2.GitError) as error:
            raise Stalled(f"cannot make a mirror in {self.path}: {error}; correct state_directory") from error

    def _trust(self) -> None:
        """Whom connections trust. libgit2 knows these for the whole process, which follows one source."""
        settings = pygit2.settings
        settings.server_connect_timeout, settings.server_timeout = CONNECT_TIMEOUT_MILLISECONDS, REPLY_TIMEOUT_MILLISECONDS
        for path, name in ((self.place.ca, "source.ca"), (self.place.known_hosts, "source.known_hosts")):
            if path and not path.is_file():
                raise Stalled(f"cannot use {name} {path}: there is no such file; correct it")
        if self.place.ca:
            settings.set_ssl_cert_locations(str(self.place.ca), None)
        if self.place.known_hosts:
            settings.homedir = str(self._home_with(self.place.known_hosts))

    def _home_with(self, known_hosts: Path) -> Path:
        """libgit2 looks for known_hosts in a home directory only, so it gets one."""
        home = self.path.parent / f"home-{self.path.name}"
        (home / ".ssh").mkdir(parents=True, exist_ok=True)
        (home / ".ssh" / "known_hosts").write_bytes(known_hosts.read_bytes())
        return home

    def follow(self, repository: pygit2.Repository) -> None:
        """Fetch the branch if it moved, backwards too. One round trip where it did not.

        Raises Transient where the server cannot be reached, AccessRefused where it will not have us, Stalled where the
        branch does not exist (any more).
        """
        remote = repository.remotes.create_anonymous(self.place.url)
        name = f"refs/heads/{self.place.branch}"
        try:
            heads = remote.list_heads(callbacks=_Callbacks(self.place))
            tip = next((head.oid for head in heads if head.name == name), None)
            if tip is None:
                raise branch_missing(self.place)
            if MIRRORED in repository.references and repository.references[MIRRORED].target == tip:
                return
            remote.fetch([f"+{name}:{MIRRORED}"], callbacks=_Callbacks(self.place), prune=FetchPrune.NO_PRUNE)
        except (pygit2.GitError, OSError) as error:
            raise self._unreachable(str(error)) from error

    def _unreachable(self, why: str) -> Transient | AccessRefused:
        message = f"cannot fetch {self.place.shown}: {self.place.redacted(why)}"
        if any(word in why.lower() for word in DENIED):
            return AccessRefused(f"{message}; correct the credentials, source.ca or source.known_hosts")
        return Transient(f"{message}; see whether it is reachable")


def branch_missing(place: GitPlace) -> Stalled:
    return Stalled(f"cannot find branch {place.branch} in {place.shown}; correct source.branch, or push the branch")
