"""`show crypto key mypubkey rsa|ec`: the public halves of the router's key pairs."""

import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading
from trunkline.model.public_key import type_of

HEAD = re.compile(r"^% Key pair was generated at: ")
NAME = re.compile(r"^Key name: (\S+)\s*$")
TYPE = re.compile(r"^Key type: (\S+) KEYS\b")
DATA = re.compile(r"^ +Key Data:\s*$")
HEX = re.compile(r"^ +[0-9A-F]{1,8}(?: +[0-9A-F]{1,8})*\s*$")
TEMPORARY = "Temporary key"  # of the HTTPS or SSH server, made anew at every boot; named after another key
TEMPORARY_SUFFIX = ".server"
NOT_KNOWN = re.compile(r"^% (?:Invalid input|Incomplete command|Ambiguous command|Unrecognized command)")


@dataclass(frozen=True)
class KeyPair:
    """What a label stands for: "rsa 2048", and the SHA-256 of its SubjectPublicKeyInfo as upper-case hex.

    A label that stands for several keys, as `usage-keys` makes them, has all of them, joined by " + ".
    """

    type: str
    public: str


def key_pairs(text: str) -> Reading[dict[str, KeyPair]]:
    """By label, without temporary keys. Nothing is printed where there are none."""
    try:
        return Reading(_key_pairs(list(until_prompt(lines_of(text)))))
    except NotUnderstood as reason:
        return Reading({}, reason.problem, reason.evidence)


def is_not_known(problem: Reading[dict[str, KeyPair]]) -> bool:
    """Whether the release has no such command: then it has no such keys either."""
    return bool(NOT_KNOWN.match(problem.evidence))


@dataclass
class _Block:
    """One key pair while it is read."""

    line: str
    names: list[str] = field(default_factory=list)
    type: str = ""
    digits: str | None = None
    is_temporary: bool = False

    def key_pair(self) -> tuple[str, KeyPair]:
        """Raises NotUnderstood unless all parts are there and agree."""
        if len(self.names) != 1 or not self.digits:
            raise NotUnderstood("a key pair is not shown whole", self.line)
        try:
            der = bytes.fromhex(self.digits)
            public = load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise NotUnderstood("the data of a key pair is not a public key", self.line) from error
        kind = type_of(public)
        if kind is None:
            raise NotUnderstood("a key pair is neither of RSA nor on a NIST curve", self.line)
        if self.type and self.type.lower() != kind.algorithm:
            raise NotUnderstood("the type of a key pair is not that of its data", self.line)
        return self.names[0], KeyPair(str(kind), hashlib.sha256(der).hexdigest().upper())


def _key_pairs(lines: list[str]) -> dict[str, KeyPair]:
    found: dict[str, KeyPair] = {}
    for block in _blocks(lines):
        name, pair = block.key_pair()
        if block.is_temporary or name.endswith(TEMPORARY_SUFFIX):
            continue
        found[name] = joined(found[name], pair) if name in found else pair
    return found


def joined(one: KeyPair, other: KeyPair) -> KeyPair:
    """Two keys of one label."""
    return KeyPair(f"{one.type} + {other.type}", f"{one.public} + {other.public}")


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        if HEAD.match(line):
            blocks.append(_Block(line))
        elif line.strip():
            if not blocks:
                raise NotUnderstood("the layout of `show crypto key mypubkey` is not known", first_line(lines))
            _take(blocks[-1], line)
    return blocks


def _take(block: _Block, line: str) -> None:
    """What stands at the left margin must be known; further remarks below it may come with a release."""
    if block.digits is not None:
        if not HEX.match(line):
            raise NotUnderstood("the data of a key pair is not in a known form", line)
        block.digits += "".join(line.split())
    elif name := NAME.match(line):
        block.names.append(name[1])
    elif kind := TYPE.match(line):
        block.type = kind[1]
    elif line.strip() == TEMPORARY:
        block.is_temporary = True
    elif DATA.match(line):
        block.digits = ""
    elif not line.startswith(" "):
        raise NotUnderstood("a line of `show crypto key mypubkey` is not in a known form", line)
