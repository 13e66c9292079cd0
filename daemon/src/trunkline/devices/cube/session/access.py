"""How a CUBE is reached."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CubeAccess:
    """Secrets are values here and appear in no representation."""

    address: str
    port: int
    username: str
    password: str = field(repr=False)
    host_key: str  # "ssh-ed25519 AAAA…"
    enable_password: str | None = field(default=None, repr=False)
    connect_timeout_seconds: float = 15.0
    reply_timeout_seconds: float = 60.0
    key_timeout_seconds: float = 600.0  # an old router works on 4096 bits for minutes

    @property
    def where(self) -> str:
        return f"{self.address}:{self.port}"
