"""What was read, as resources and identities. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from trunkline.devices.cube import mentions
from trunkline.devices.cube.dialect import needs_of, settings_of
from trunkline.devices.cube.mentions import Names
from trunkline.devices.cube.read.config import RunningConfig, Section
from trunkline.devices.cube.read.keys import KeyPair
from trunkline.devices.cube.read.reading import NotUnderstood
from trunkline.devices.cube.rules import PATHS
from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.key import SHARED_SECTIONS, Key, Kind
from trunkline.model.observed import Identity
from trunkline.model.resource import Ownership, Resource

TRUSTPOINT_HEADER = "crypto pki trustpoint "


def trustpoint_names(config: RunningConfig) -> tuple[str, ...]:
    return tuple(header.removeprefix(TRUSTPOINT_HEADER) for header in config.sections if header.startswith(TRUSTPOINT_HEADER))


def sections(target: str, config: RunningConfig, labels: Iterable[str] = ()) -> Iterator[Resource]:
    """Every section of a kind that trunkline knows, whoever made it. `labels` are those of the key pairs there are."""
    names = Names(target, frozenset(trustpoint_names(config)), frozenset(labels))
    for kind, path in PATHS.items():
        if not path:
            used = names.used_by(Key(target, kind, ""), mentions.elsewhere(config))
            yield _resource(Key(target, kind, ""), tuple(config.sections), used)
            continue
        prefix, _, suffix = path[0].partition("{}")
        for header, section in config.sections.items():
            name = _name(header, prefix, suffix) if "{}" in path[0] else ("" if header == prefix else None)
            if name is not None:
                yield from _of_section(Key(target, kind, name), section, names)


def _of_section(key: Key, section: Section, names: Names) -> Iterator[Resource]:
    path = PATHS[key.kind]
    if len(path) == 1:
        key = key._replace(name="voip") if key.kind is Kind.VOICE_SERVICE else key
        yield _resource(key, section.lines, names.used_by(key, mentions.every_line(section)))
    elif path[1] in section.lines:
        yield _resource(key._replace(name="voip"), section.below.get(path[1], ()))


def _name(header: str, prefix: str, suffix: str) -> str | None:
    if not header.startswith(prefix) or not header.endswith(suffix):
        return None
    name = header[len(prefix) : len(header) - len(suffix)]
    return name if name and " " not in name else None


def _resource(key: Key, lines: tuple[str, ...], used: frozenset[Key] = frozenset()) -> Resource:
    settings = settings_of(key.kind, lines)
    ownership = Ownership.STATED if key.kind in SHARED_SECTIONS else Ownership.WHOLE
    return Resource(key, settings, ownership, needs_of(key, tuple(settings.values())) | used)


def held(target: str, kind: Kind, holders: Mapping[str, Certificate]) -> Iterator[Resource]:
    """The CA certificates (TRUST_ANCHOR), or the certificates of own keys (IDENTITY), that trustpoints hold."""
    for name, certificate in holders.items():
        settings = {"sha256": certificate.sha256, "pem": certificate.pem}
        yield Resource(Key(target, kind, name), settings, needs=frozenset({Key(target, Kind.TRUSTPOINT, name)}))


def key_pair_resources(target: str, pairs: Mapping[str, KeyPair]) -> Iterator[Resource]:
    """By label; "public" is the SHA-256 of SubjectPublicKeyInfo."""
    for label, pair in pairs.items():
        yield Resource(Key(target, Kind.KEY_PAIR, label), {"type": pair.type, "public": pair.public})


def identities(target: str, leaves: Mapping[str, Certificate], pool: tuple[Certificate, ...]) -> tuple[Identity, ...]:
    """What each trustpoint presents, with the issuers that the router knows."""
    return tuple(Identity(target, name, leaf, chain_above(leaf, pool)) for name, leaf in sorted(leaves.items()))


def classify(held: tuple[Certificate, ...], *, is_self_signed: bool) -> tuple[Certificate | None, Certificate | None]:
    """CA certificate and identity of a trustpoint, told apart by what they are, never by their position.

    `is_self_signed`: the trustpoint makes its own certificate, which is no anchor. Raises NotUnderstood.
    """
    different = tuple(dict.fromkeys(held))
    if not different:
        return None, None
    if len(different) == 1:
        only = different[0]
        return (None, only) if is_self_signed and only.is_self_signed else (only, None)
    if len(different) > 2:
        raise NotUnderstood("a trustpoint holds more than a CA certificate and an identity")
    first, second = different
    if first.issued_by(second) and not second.issued_by(first):
        return second, first
    if second.issued_by(first):
        return first, second
    raise NotUnderstood("CA certificate and identity of a trustpoint cannot be told apart: neither issued the other")


def is_self_enrolled(config: RunningConfig, trustpoint: str) -> bool:
    section = config.sections.get(TRUSTPOINT_HEADER + trustpoint)
    return bool(section and "enrollment selfsigned" in section.lines)


def fingerprint(resources: Mapping[Key, Resource], shown: tuple[Identity, ...]) -> str:
    """Changes when anything does that a plan builds on."""
    digest = hashlib.blake2b(digest_size=12)
    for key, resource in sorted(resources.items()):
        digest.update(f"{key}{sorted(resource.settings.items())}".encode())
    for identity in shown:
        digest.update(identity.certificate.der)
    return digest.hexdigest()
