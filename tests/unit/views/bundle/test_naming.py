"""What a veil learns: names that are gone by now, or are only wanted, and those of certificates."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.certificates import NOW
from support.sick import CLUSTER, CUBE, Sick
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity
from trunkline.model.outcome import Outcome, Result
from trunkline.views import document
from trunkline.views.bundle.files import bundle
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.naming import named

GONE = ("zq-cert", "zq-key")


def material(**more: Any) -> Material:
    sick = Sick()
    return Material(sick.diagnosed(), sick.evidence().finished, **more)


def earlier() -> dict[str, Any]:
    """A recorded pass that removed a trustpoint and its key."""
    finished = replace(
        Sick().evidence().finished,
        outcomes=tuple(
            Outcome(Key(CUBE, kind, name), "delete", Result.APPLIED)
            for kind, name in ((Kind.TRUSTPOINT, GONE[0]), (Kind.KEY_PAIR, GONE[1]), (Kind.TRUST_ANCHOR, GONE[0]))
        ),
    )
    return document.of_pass(finished)


def test_what_history_removed_is_learnt() -> None:
    found = set(named(material(history=(earlier(),)), {}))
    assert {("trustpoint", GONE[0]), ("keypair", GONE[1])} <= found


def test_what_a_document_wants_is_learnt() -> None:
    for written in ("identity:\n  trustpoint: zq-cert  # ours\n", "identity: {trustpoint: 'zq-cert', names: [a.b]}\n"):
        assert ("trustpoint", "zq-cert") in set(named(material(), {"documents/cubes/vg.yaml": written}))
    assert not [one for one in named(material(), {"diagnosis.txt": "a wrong trustpoint: the CUBE"}) if one[1] == "the"]


def test_who_holds_a_certificate_in_a_pass_is_learnt() -> None:
    recorded = earlier()
    recorded["targets"][CUBE]["identities"] = [{"holder": "zq-other"}]
    assert ("trustpoint", "zq-other") in set(named(material(history=(recorded,)), {}))


def test_a_name_that_is_only_in_documents_and_history_is_in_no_file() -> None:
    of = material(history=(earlier(),), documents={"cubes/vg.yaml": "identity:\n  trustpoint: zq-cert\n"})
    plain = bundle(of, frozenset()).files
    assert b"zq-cert" in plain["history.txt"] and b"zq-key" in plain["history.txt"]
    made = bundle(of, frozenset(), b"a key of random bytes")
    assert not [name for name, content in made.files.items() if b"zq-" in content]
    called = next(called for called, name in made.meanings.items() if name == "zq-cert")
    document_of_cube = next(name for name in made.files if name.startswith("documents/cubes/"))
    assert all(called in made.files[name].decode() for name in ("history.txt", document_of_cube))


def of_acme() -> Certificate:
    name, key = x509.Name.from_rfc4514_string("CN=ACME CA,O=ACME"), ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(name, name, key.public_key(), 77, NOW, NOW + timedelta(days=9))
    return Certificate(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def test_a_sentence_behind_an_organisation_is_no_part_of_it() -> None:
    of = material()
    seen = of.finished.observed
    seen = {**seen, CLUSTER: replace(seen[CLUSTER], identities=(Identity(CLUSTER, "pub", of_acme()),))}
    of = replace(of, finished=replace(of.finished, observed=seen))
    said = {"diagnosis.txt": "the issuer O=ACME is not trusted", "cube/show.txt": "    o=ACME Bank\n"}
    assert {name for kind, name in named(of, said) if kind == "organization"} == {"ACME", "ACME Bank"}
