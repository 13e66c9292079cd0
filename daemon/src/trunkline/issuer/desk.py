"""`Desk`: an issuer as the loop sees every other device: looked at before a pass, asked to sign as a step."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm

from trunkline.issuer.judge import judged, public_key_of, refusal, request_of
from trunkline.model.errors import DesiredInvalid, DeviceRefused, OurBug, TrunklineError
from trunkline.model.key import Key, issuer_target
from trunkline.model.observed import Gap, IssuerFacts, Observed
from trunkline.model.plan import Action, Change, Command, Step
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.wish import Chain, Signing
from trunkline.model.resource import Resource
from trunkline.ports import Issuer

CHAIN_KEPT = timedelta(minutes=5)
FAILURE_KEPT = timedelta(seconds=30)


class IssuerDialect:
    """Implements `trunkline.ports.Dialect`: a signature is there or not, and is asked for with what it says."""

    def canonical(self, resource: Resource) -> Resource:
        return resource

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:  # noqa: ARG002 - the port's form
        """What an answer does not show was asked for: only another request asks for another answer."""
        return wanted

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:  # noqa: ARG002 - as above
        return has == wanted

    def manages(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - as above
        return False

    def is_cosmetic(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - as above
        return False

    def render(self, change: Change) -> tuple[Command, ...]:
        """Nothing is sent for a signature that nobody wants any more: what was signed stays signed."""
        if change.action is Action.DELETE or change.after is None:
            return ()
        target, _, holder = change.key.name.rpartition("/")
        payload = {"target": target, "holder": holder, **change.after.settings}
        return (Command("sign", (_line(change.key, change.after.settings),), payload),)

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:  # noqa: ARG002 - as above
        return frozenset()

    def waits_for_calls(self, change: Change) -> bool:  # noqa: ARG002 - as above
        return False

    def must_replace(self, change: Change) -> bool:  # noqa: ARG002 - as above
        return False


def _line(key: Key, settings: Mapping[str, str]) -> str:
    days = settings.get("validity_days")
    for_days = f" for {days} days" if days else ""
    names = ", ".join(_words(settings.get("names", "")))
    return f"sign the request of {key.name}: {names}, {settings.get('key', '')}{for_days}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[,\s]+", text)))


def signing_of(payload: Mapping[str, str]) -> Signing:
    """What the payload of a "sign" command asks for: target, holder, csr_pem; names apart by blanks or commas; key as
    "rsa 2048"; validity_days, release ("17.9.4") and wanted_by (ISO 8601) may be empty or missing.
    """
    algorithm, _, bits = payload["key"].partition(" ")
    days, wanted_by = payload.get("validity_days", ""), payload.get("wanted_by", "")
    return Signing(
        payload["target"],
        payload["holder"],
        payload["csr_pem"],
        _words(payload["names"]),
        KeyType(algorithm, int(bits)),
        timedelta(days=float(days)) if days else None,
        tuple(map(int, re.findall(r"\d+", payload.get("release", "")))),
        datetime.fromisoformat(wanted_by) if wanted_by else None,
    )


@dataclass
class Desk:
    """Implements `trunkline.ports.Device` for the target "issuer/NAME"."""

    name: str
    issuer: Issuer
    now: Callable[[], datetime]
    _known: IssuerFacts = field(default_factory=IssuerFacts)
    _reason: str = ""  # the stable word of the error behind the problem
    _asked_at: datetime | None = None

    @property
    def target(self) -> str:
        return issuer_target(self.name)

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - signatures are in the journal
        """Its chain, a few minutes old at most. An issuer that cannot be asked is a gap; never raises for that."""
        now = self.now()
        kept = FAILURE_KEPT if self._known.problem else CHAIN_KEPT
        if self._asked_at is None or not timedelta(0) <= now - self._asked_at < kept:
            self._known, self._asked_at = self._ask(), now
        facts = self._known
        gaps = (Gap(self.target, facts.problem, code=self._reason),) if facts.problem else ()
        digest = hashlib.sha256("".join(one.sha256 for one in facts.chain).encode()).hexdigest()[:16]
        return Observed(self.target, now, {}, gaps, digest, facts=facts)

    def _ask(self) -> IssuerFacts:
        self._reason = ""
        try:
            chain = self.issuer.chain()
        except TrunklineError as error:
            self._reason = error.reason
            return IssuerFacts((), str(error))
        if not chain:
            return IssuerFacts(
                (), f"cannot learn the chain of {self.target}: it names no CA; state `chain` of it in estate.yaml"
            )
        return IssuerFacts(chain)

    def dialect(self) -> IssuerDialect:
        return IssuerDialect()

    def carry_out(self, step: Step) -> str:
        """The judged chain in PEM, leaf first. Raises as `Issuer.sign`; DeviceRefused for an answer that cannot be used."""
        produced = ""
        for command in step.commands:
            if command.verb != "sign":
                raise OurBug(f"cannot do {command.verb} on {self.target}: an issuer knows no such act")
            produced = "".join(certificate.pem for certificate in self.signed(signing_of(command.payload)))
        return produced

    def signed(self, signing: Signing) -> Chain:
        """What the issuer signs, judged."""
        self._see_that_it_can(signing)
        stated = self._known.chain or self.issuer.chain()
        answer = self.issuer.sign(signing)
        try:
            verdict = judged(signing, answer, stated, self.now())
        except (ValueError, UnsupportedAlgorithm, TypeError) as error:
            raise DeviceRefused(
                f"cannot use the answer of issuer {self.name}: it cannot be read ({error}); have it issued anew",
                ("unreadable",),
            ) from error
        if verdict.finding:
            self._asked_at = None  # its chain may have changed meanwhile: the next look asks
            raise refusal(self.name, verdict.finding)
        return verdict.chain

    def _see_that_it_can(self, signing: Signing) -> None:
        abilities = self.issuer.abilities()
        if signing.key.algorithm not in abilities.algorithms:
            known = " or ".join(sorted(abilities.algorithms))
            raise DesiredInvalid(
                f"cannot have {signing.name} signed by {self.target}: it signs {known}, "
                f"not {signing.key}; choose another key or issuer"
            )
        try:
            public_key_of(request_of(signing))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise OurBug(f"cannot have {signing.name} signed by {self.target}: the request cannot be read ({error})") from error

    def save(self) -> None:
        """An issuer keeps what it signed."""

    def close(self) -> None:
        """Nothing stays open."""
