"""What the trustpoints hold: exported only where the fingerprints say that it changed, then compared by DER."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trunkline.devices.cube import resources
from trunkline.devices.cube.read.config import RunningConfig
from trunkline.devices.cube.read.keys import KeyPair, is_not_known, joined, key_pairs
from trunkline.devices.cube.read.reading import NotUnderstood
from trunkline.devices.cube.read.trustpoints import exported
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused
from trunkline.model.key import Kind
from trunkline.model.observed import Gap

Exporter = Callable[[Sequence[str]], list[str]]
"""Trustpoints to what their export prints."""


@dataclass(frozen=True)
class Held:
    """By trustpoint: the CA certificate, the identity; by label the key pairs; and what could not be read."""

    anchors: Mapping[str, Certificate]
    leaves: Mapping[str, Certificate]
    gaps: tuple[Gap, ...]
    is_refused: bool = False  # nothing could be exported, for a reason that may have passed next time
    keys: Mapping[str, KeyPair] = field(default_factory=dict)

    def with_keys(self, keys: "Keys") -> "Held":
        """Together with the key pairs. Where a trustpoint could not be exported, its identity is as unknown as its CA."""
        identities = (replace(gap, kind=Kind.IDENTITY) for gap in self.gaps if gap.kind is Kind.TRUST_ANCHOR)
        return replace(self, keys=keys.pairs, gaps=(*keys.gaps, *self.gaps, *identities))


@dataclass(frozen=True)
class Keys:
    """By label the key pairs, and what could not be read of them."""

    pairs: Mapping[str, KeyPair]
    gaps: tuple[Gap, ...] = ()


def held_keys(target: str, texts: Sequence[str]) -> Keys:
    """From the answers for each algorithm. A release that knows no such keys has none."""
    pairs: dict[str, KeyPair] = {}
    for text in texts:
        reading = key_pairs(text)
        if reading.problem and not is_not_known(reading):
            return Keys({}, (Gap(target, f"key pairs: {reading.problem}", Kind.KEY_PAIR, evidence=reading.evidence),))
        for label, pair in reading.value.items():
            pairs[label] = joined(pairs[label], pair) if label in pairs else pair
    return Keys(pairs)


@dataclass
class TrustReader:
    """Remembers what was exported, or why it could not be read, by the fingerprints that the status showed with it.

    An export happens in configuration mode, which everybody sees in the log: what failed is not tried on every pass.
    """

    target: str
    _known: dict[str, tuple[tuple[str, ...], tuple[Certificate, ...]]] = field(default_factory=dict)
    _failed: dict[str, tuple[tuple[str, ...], Gap]] = field(default_factory=dict)

    def read(
        self, config: RunningConfig, status: Mapping[str, tuple[str, ...]], export: Exporter, *, again: bool = False
    ) -> Held:
        """`status` is that of `show crypto pki trustpoints status`; `again`: export also what failed before.

        Trustpoints that are in the status and not in the configuration are IOS's own.
        """
        if again:
            self._failed.clear()
        names = resources.trustpoint_names(config)
        gaps = [self._gap(name, "the trustpoint has no status", name) for name in names if name not in status]
        wanted = {name: status[name] for name in names if status.get(name)}
        refusal = self._export(wanted, export)
        for name, prints in wanted.items():
            if self._failed.get(name, ((), None))[0] == prints:
                gaps.append(self._failed[name][1])
            elif name not in self._known or self._known[name][0] != prints:
                gaps.append(self._gap(name, "it could not be exported", refusal))
        held = {name: self._known[name][1] for name, prints in wanted.items() if self._known.get(name, ((), ()))[0] == prints}
        return replace(self._sorted(config, held, gaps), is_refused=bool(refusal))

    def _export(self, wanted: Mapping[str, tuple[str, ...]], export: Exporter) -> str:
        """Export what is new. Returns why that was refused, if it was."""
        new = [
            name
            for name, prints in wanted.items()
            if prints not in (self._known.get(name, ((), ()))[0], self._failed.get(name, ((), None))[0])
        ]
        try:
            texts = export(new) if new else []
        except (AccessRefused, DeviceBusy, DeviceRefused) as error:
            return str(error)
        for name, text in zip(new, texts, strict=True):
            self._take(name, wanted[name], text)
        return ""

    def _take(self, name: str, prints: tuple[str, ...], text: str) -> None:
        """Remember an export that is whole and is of the certificates that the status names; else why it is not."""
        self._known.pop(name, None)
        self._failed.pop(name, None)
        reading = exported(text)
        if reading.problem:
            self._failed[name] = (prints, self._gap(name, reading.problem, reading.evidence))
        elif {certificate.sha1 for certificate in reading.value} != set(prints):
            reason = "the certificates exported are not those that the status shows"
            self._failed[name] = (prints, self._gap(name, reason, " ".join(prints)))
        else:
            self._known[name] = (prints, reading.value)

    def _sorted(self, config: RunningConfig, held: Mapping[str, tuple[Certificate, ...]], gaps: list[Gap]) -> Held:
        anchors: dict[str, Certificate] = {}
        leaves: dict[str, Certificate] = {}
        for name, certificates in held.items():
            try:
                is_self_signed = resources.is_self_enrolled(config, name)
                anchor, leaf = resources.classify(certificates, is_self_signed=is_self_signed)
            except NotUnderstood as reason:
                gaps.append(self._gap(name, reason.problem, name))
                continue
            anchors |= {name: anchor} if anchor else {}
            leaves |= {name: leaf} if leaf else {}
        return Held(anchors, leaves, tuple(gaps))

    def _gap(self, name: str, reason: str, evidence: str) -> Gap:
        return Gap(self.target, f"trustpoint {name}: {reason}", Kind.TRUST_ANCHOR, name, evidence)
