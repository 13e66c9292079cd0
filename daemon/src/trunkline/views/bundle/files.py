"""The files of a bundle, without secrets, in one order. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trunkline.views import diagnosis as diagnosis_view
from trunkline.views import document, text
from trunkline.views.anonymity.pseudonyms import Pseudonyms
from trunkline.views.anonymity.veil import Veil, without_words
from trunkline.views.bundle import certificates, cluster, cube, telling
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.naming import dns_names, named, numbered
from trunkline.views.bundle.readme import readme
from trunkline.views.redaction import known
from trunkline.views.redaction.sifting import Sieve

WIDTH = 120
README, SUMS = "README.txt", "SHA256SUMS"
KNOWN = "known to trunkline"  # how secrets are counted that only their value gave away


@dataclass(frozen=True)
class Bundle:
    """By name what each file holds, and how many secrets of each kind were taken out.

    `folder` is what the files lie in; `meanings` is what the pseudonyms stand for, where there are any: it is in no file.
    """

    files: Mapping[str, bytes]
    taken: Mapping[str, int]
    folder: str
    meanings: Mapping[str, str] = field(default_factory=dict)


def bundle(material: Material, secrets: Collection[str], veil_key: bytes = b"") -> Bundle:
    """`secrets` are those whose value is known: they are taken out wherever no rule knew them.

    With a key of random bytes names, addresses and numbers are pseudonyms that it makes.
    """
    sieve = Sieve()
    texts = dict(_texts(material, sieve, is_anonymous=bool(veil_key)))
    wanted = {*secrets, *known.distinct(sieve.secrets)}
    for name, content in texts.items():
        texts[name], count = known.without(content, wanted)
        if count:
            sieve.taken[KNOWN] += count
    there = dict.fromkeys((README, SUMS, *texts))
    texts[README] = _joined(readme(material.diagnosis, _software(material), there, sieve.taken, is_anonymous=bool(veil_key)))
    folder, meanings = f"trunkline-{material.diagnosis.link}", {}
    if veil_key:
        veil, names = _veil(material, texts, veil_key)
        texts = {veil.name(name): veil.text(name, content) for name, content in texts.items()}
        folder, meanings = veil.name(folder), names.meanings
    files = {name: texts[name].encode() for name in sorted(texts)}
    files[SUMS] = _joined(f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()).encode()
    return Bundle(files, dict(sieve.taken), folder, meanings)


def _veil(material: Material, texts: Mapping[str, str], key: bytes) -> tuple[Veil, Pseudonyms]:
    names = Pseudonyms()
    names.learn_domains(texts.values(), dns_names(material))
    names.learn_numbered(numbered(material))
    names.learn(named(material, texts))
    return Veil(key, names, texts), names


def _texts(material: Material, sieve: Sieve, *, is_anonymous: bool) -> Iterator[tuple[str, str]]:
    yield "diagnosis.txt", sieve.plan(_joined(diagnosis_view.text(material.diagnosis, WIDTH)))
    yield "diagnosis.json", _json(sieve.data(diagnosis_view.document(material.diagnosis)))
    yield "plan.txt", sieve.plan(_joined(text.plan(material.finished)))
    recorded = sieve.data(_pass(material))
    yield "pass.json", _json(without_words(recorded) if is_anonymous else recorded)
    for path, content in material.documents.items():
        yield f"documents/{path}", sieve.document(content)
    yield from _devices(material, sieve)
    found = certificates.seen_in(material.finished)
    yield "certificates/certificates.txt", sieve.prose(_joined(certificates.in_words(found)))
    if not is_anonymous:
        yield from ((f"certificates/{one.sha256[:16]}.pem", one.pem) for one in found)
    yield "probe.txt", sieve.prose(_joined(telling.probe(material.wire)))
    yield "events.txt", sieve.prose(_joined(telling.events(material.events)))
    yield "history.txt", sieve.prose(_joined(telling.history(material.history, material.diagnosis.link)))
    yield "versions.txt", _joined(_versions(material))


def _devices(material: Material, sieve: Sieve) -> Iterator[tuple[str, str]]:
    configuration = cube.configuration(material.answers)
    if configuration:
        yield "cube/running-config.txt", sieve.commands(configuration)
    if material.answers:
        yield "cube/show.txt", sieve.prose(_joined(cube.shown(material.answers)))
    yield "cube/summary.txt", sieve.prose(_joined(cube.summary(material)))
    yield "cluster/summary.txt", sieve.prose(_joined(cluster.summary(material, sieve)))


def _pass(material: Material) -> dict[str, Any]:
    """Without the certificates, which are files of their own."""
    return {name: value for name, value in document.of_pass(material.finished).items() if name != "certificates"}


def _versions(material: Material) -> Iterator[str]:
    yield from (f"{name:<20} {version}" for name, version in material.versions.items())
    yield f"{'devices':<20} {_software(material)}"


def _software(material: Material) -> str:
    cube_facts, cluster_facts = material.cube_facts, material.cluster_facts
    cube_release = cube_facts.release_text if cube_facts else "not read"
    return f"CUBE {cube_release}, CUCM {cluster_facts.version if cluster_facts else 'not read'}"


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, sort_keys=True, default=str, ensure_ascii=False) + "\n"
