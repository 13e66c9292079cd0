"""What the trustpoints hold: exported only where the fingerprints say that it changed, then compared by DER."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trunkline.devices.cube import resources
from trunkline.devices.cube.read.config import RunningConfig
from trunkline.devices.cube.read.reading import NotUnderstood
from trunkline.devices.cube.read.trustpoints import exported
from trunkline.model.certificate import Certificate
from trunkline.model.key import Kind
from trunkline.model.observed import Gap

Exporter = Callable[[Sequence[str]], list[str]]
"""Trustpoints to what their export prints."""


@dataclass(frozen=True)
class Held:
    """By trustpoint: the CA certificate, the identity; and what could not be read."""

    anchors: Mapping[str, Certificate]
    leaves: Mapping[str, Certificate]
    gaps: tuple[Gap, ...]


@dataclass
class TrustReader:
    """Remembers what was exported, by the fingerprints that the status showed with it."""

    target: str
    _known: dict[str, tuple[tuple[str, ...], tuple[Certificate, ...]]] = field(default_factory=dict)

    def read(self, config: RunningConfig, status: Mapping[str, tuple[str, ...]], export: Exporter) -> Held:
        """`status` is that of `show crypto pki trustpoints status`; trustpoints outside of the configuration are IOS's own."""
        names = resources.trustpoint_names(config)
        gaps = [self._gap(name, "the trustpoint has no status", name) for name in names if name not in status]
        wanted = {name: status[name] for name in names if name in status}
        changed = [name for name, prints in wanted.items() if prints and self._prints_known(name) != prints]
        for name, text in zip(changed, export(changed) if changed else [], strict=True):
            gap = self._take(name, wanted[name], text)
            gaps += [gap] if gap else []
        certificates = {name: self._known[name][1] for name, prints in wanted.items() if prints and name in self._known}
        return self._sorted(config, certificates, gaps)

    def _prints_known(self, name: str) -> tuple[str, ...]:
        return self._known[name][0] if name in self._known else ()

    def _take(self, name: str, prints: tuple[str, ...], text: str) -> Gap | None:
        """Remember an export that is whole and is of the certificates that the status names."""
        self._known.pop(name, None)
        reading = exported(text)
        if reading.problem:
            return self._gap(name, reading.problem, reading.evidence)
        if {certificate.sha1 for certificate in reading.value} != set(prints):
            return self._gap(name, "the certificates exported are not those that the status shows", " ".join(prints))
        self._known[name] = (prints, reading.value)
        return None

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
