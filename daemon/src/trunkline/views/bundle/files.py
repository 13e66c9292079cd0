"""The files of a bundle, without secrets, in one order. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trunkline.views import diagnosis as diagnosis_view
from trunkline.views import document, text
from trunkline.views.bundle import certificates, cluster, cube, telling
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.readme import readme
from trunkline.views.redaction import known
from trunkline.views.redaction.sifting import Sieve

WIDTH = 120
README, SUMS = "README.txt", "SHA256SUMS"
KNOWN = "known to trunkline"  # how secrets are counted that only their value gave away


@dataclass(frozen=True)
class Bundle:
    """By name what each file holds, and how many secrets of each kind were taken out."""

    files: Mapping[str, bytes]
    taken: Mapping[str, int]


def bundle(material: Material, secrets: Collection[str]) -> Bundle:
    """`secrets` are those whose value is known: they are taken out wherever no rule knew them."""
    sieve = Sieve()
    texts = dict(_texts(material, sieve))
    wanted = {*secrets, *known.distinct(sieve.secrets)}
    for name, content in texts.items():
        texts[name], count = known.without(content, wanted)
        if count:
            sieve.taken[KNOWN] += count
    names = dict.fromkeys((README, SUMS, *texts))
    texts[README] = _joined(readme(material.diagnosis, names, sieve.taken))
    files = {name: texts[name].encode() for name in sorted(texts)}
    files[SUMS] = _joined(f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()).encode()
    return Bundle(files, dict(sieve.taken))


def _texts(material: Material, sieve: Sieve) -> Iterator[tuple[str, str]]:
    yield "diagnosis.txt", sieve.plan(_joined(diagnosis_view.text(material.diagnosis, WIDTH)))
    yield "diagnosis.json", _json(sieve.data(diagnosis_view.document(material.diagnosis)))
    yield "plan.txt", sieve.plan(_joined(text.plan(material.finished)))
    yield "pass.json", _json(sieve.data(_pass(material)))
    for path, content in material.documents.items():
        yield f"documents/{path}", sieve.document(content)
    yield from _devices(material, sieve)
    found = certificates.seen_in(material.finished)
    yield "certificates/certificates.txt", sieve.prose(_joined(certificates.in_words(found)))
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
    cube_facts, cluster_facts = material.cube_facts, material.cluster_facts
    yield f"{'CUBE':<20} {cube_facts.release_text if cube_facts else 'not read'}"
    yield f"{'CUCM':<20} {cluster_facts.version if cluster_facts else 'not read'}"


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, sort_keys=True, default=str, ensure_ascii=False) + "\n"
