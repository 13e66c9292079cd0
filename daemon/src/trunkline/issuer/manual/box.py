"""`Box`: the requests that people were asked to sign, and what they brought back. Files; remembered in the state directory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from trunkline.issuer import private_files
from trunkline.issuer.judge import Finding, judged, public_key_of, request_of
from trunkline.issuer.manual.letter import Asking, file_stem, letter
from trunkline.model.certificate import certificates_in
from trunkline.model.errors import DesiredInvalid, Stalled
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.wish import Chain, Signing

SEEN_FILE, SEEN_FOLDER = 0o644, 0o755


@dataclass(frozen=True)
class Box:
    """`kept` is a folder of the state directory, `shown` the one that people look into; each has one folder an issuer."""

    kept: Path
    shown: Path

    def ask(self, asking: Asking) -> datetime:
        """Writes the request down, once; returns its deadline, which stays what it was at first."""
        known = self._asking(self._file(asking, ".json"))
        if known and known.signing.csr_pem == asking.signing.csr_pem:
            asking = known
        folder = self.shown / asking.issuer
        for suffix, text in ((".csr.pem", asking.signing.csr_pem), (".txt", letter(asking))):
            path = folder / f"{file_stem(asking.signing)}{suffix}"
            if not path.is_file() or path.read_text() != text:
                private_files.replace(path, text.encode(), SEEN_FILE, SEEN_FOLDER)
        if asking is not known:
            private_files.replace(self._file(asking, ".json"), _as_json(asking).encode())
        return asking.deadline

    def answer(self, issuer: str, signing: Signing) -> Chain:
        """What was submitted for this very request; empty while nothing was."""
        path = self.kept / issuer / f"{file_stem(signing)}.answer.pem"
        try:
            found = certificates_in(path.read_bytes()) if path.is_file() else ()
        except (OSError, ValueError) as error:
            raise Stalled(f"cannot read {path}: {error}; remove it and submit the certificate again") from error
        wanted = public_key_of(request_of(signing))
        return found if any(one.public_key_der == wanted for one in found) else ()

    def done(self, issuer: str, signing: Signing) -> None:
        """Nobody is asked any more."""
        for suffix in (".csr.pem", ".txt"):
            (self.shown / issuer / f"{file_stem(signing)}{suffix}").unlink(missing_ok=True)

    def submit(self, answer: Chain, now: datetime) -> tuple[Asking, Finding | None]:
        """Which request an answer is for, by public key, and what is wrong with it; a good one is kept.

        Raises DesiredInvalid where nobody was asked for it.
        """
        keys = {one.public_key_der for one in answer}
        asked = next((one for one in self.open() if public_key_of(request_of(one.signing)) in keys), None)
        if asked is None:
            names = ", ".join(sorted(one.signing.name for one in self.open())) or "none at this time"
            raise DesiredInvalid(
                "cannot use the certificate: its key is that of no request that was written down; "
                f"have one of these signed: {names}"
            )
        finding = judged(asked.signing, answer, asked.stated, now).finding
        if finding is None:
            pem = "".join(one.pem for one in answer)
            private_files.replace(self._file(asked, ".answer.pem"), pem.encode())
        return asked, finding

    def open(self) -> Iterator[Asking]:
        """Every request that was written down."""
        found = (self._asking(path) for path in sorted(self.kept.glob("*/*.json")))
        return (one for one in found if one)

    def _file(self, asking: Asking, suffix: str) -> Path:
        return self.kept / asking.issuer / f"{file_stem(asking.signing)}{suffix}"

    def _asking(self, path: Path) -> Asking | None:
        """A file that cannot be read is written anew at the next look."""
        try:
            return _from_json(json.loads(path.read_text()))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _as_json(asking: Asking) -> str:
    signing = asking.signing
    return json.dumps(
        {
            "issuer": asking.issuer,
            "deadline": asking.deadline.isoformat(),
            "stated": "".join(one.pem for one in asking.stated),
            "instructions": asking.instructions,
            "target": signing.target,
            "holder": signing.holder,
            "csr_pem": signing.csr_pem,
            "names": signing.names,
            "key": signing.key,
            "days": signing.validity.days if signing.validity else None,
            "release": signing.release,
        }
    )


def _from_json(said: dict[str, object]) -> Asking:
    days = said["days"]
    signing = Signing(
        str(said["target"]),
        str(said["holder"]),
        str(said["csr_pem"]),
        tuple(said["names"]),  # type: ignore[arg-type]  # lists of our own writing
        KeyType(*said["key"]),  # type: ignore[misc]  # as above
        timedelta(days=int(str(days))) if days else None,
        tuple(said["release"]),  # type: ignore[arg-type]  # as above
    )
    stated = certificates_in(str(said["stated"]))
    deadline = datetime.fromisoformat(str(said["deadline"]))
    return Asking(str(said["issuer"]), signing, deadline, stated, str(said["instructions"]))
