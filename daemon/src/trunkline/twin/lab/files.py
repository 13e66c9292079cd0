"""What a running lab writes into its directory for those who use it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trunkline.twin.ca import Authority, Wish
from trunkline.twin.lab import spec

Place = tuple[str, int]


@dataclass(frozen=True)
class Devices:
    """Where the devices are reached: SSH of CUBEs with their host keys, AXL of nodes."""

    cubes: Mapping[str, Place]
    host_keys: Mapping[str, str]
    clusters: Mapping[str, Sequence[Place]]


def environment() -> dict[str, str]:
    """The environment variables that the documents of the lab refer to."""
    made = {}
    for name, (user, password) in (("CUBE", spec.CUBE_USER), ("AXL", spec.AXL_USER), ("PLATFORM", spec.PLATFORM_USER)):
        made[f"TRUNKLINE_LAB_{name}_USER"] = user
        made[f"TRUNKLINE_LAB_{name}_PASSWORD"] = password
    made["TRUNKLINE_LAB_CUBE_ENABLE"] = spec.ENABLE_PASSWORD
    return made


def write(directory: Path, devices: Devices, authority: Authority) -> None:
    """Passwords, addresses, host keys, the CA, and an identity for clients that speak to the SIP TLS ports."""
    _secret(directory / "lab.env", "".join(f"export {name}={value}\n" for name, value in environment().items()))
    places = {"cubes": dict(devices.cubes), "clusters": dict(devices.clusters)}
    (directory / "lab.json").write_text(json.dumps(places, indent=2) + "\n")
    for name, line in devices.host_keys.items():
        (directory / f"{name}.host-key").write_text(f"{line}\n")
    hosts = [f"[{address}]:{port} {devices.host_keys[name]}\n" for name, (address, port) in devices.cubes.items()]
    (directory / "known_hosts").write_text("".join(hosts))
    for name in devices.clusters:
        (directory / f"{name}-ca.pem").write_text(authority.issuer.pem)
    client = authority.issue(Wish("client.example.com", datetime.now(UTC), names=("client.example.com",)))
    (directory / "ca.pem").write_text(authority.issuer.pem)
    _secret(directory / "client.pem", client.key_pem + client.pem)


def _secret(path: Path, text: str) -> None:
    """Readable by its owner only, from the first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
