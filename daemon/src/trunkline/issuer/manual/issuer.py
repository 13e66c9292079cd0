"""`ManualCa`: implements `trunkline.ports.Issuer` with people: a request is written down, an answer is waited for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trunkline.issuer.judge import public_key_of, request_of
from trunkline.issuer.manual.box import Box
from trunkline.issuer.manual.letter import FOLDER, Asking
from trunkline.model.errors import Waiting
from trunkline.model.renewal.wish import Abilities, Chain, Signing

LOOKED_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class ManualCa:
    """`brought` are the answers of the repository, one chain a file."""

    name: str
    box: Box
    stated: Chain
    brought: tuple[Chain, ...]
    answer_within: timedelta
    now: Callable[[], datetime]
    instructions: str = ""
    is_probing: bool = True

    def abilities(self) -> Abilities:
        return Abilities(is_immediate=False, is_probing=self.is_probing)

    def chain(self) -> Chain:
        return self.stated

    def sign(self, signing: Signing) -> Chain:
        """Raises Waiting until an answer for this request's key is there. What is wrong with it is for the desk to say."""
        wanted = public_key_of(request_of(signing))
        answers = [chain for chain in self.brought if any(one.public_key_der == wanted for one in chain)]
        found = tuple(one for chain in (*answers, self.box.answer(self.name, signing)) for one in chain)
        if found:
            self.box.done(self.name, signing)
            return found
        now = self.now()
        deadline = min(filter(None, (now + self.answer_within, signing.wanted_by)))
        deadline = self.box.ask(Asking(self.name, signing, deadline, self.stated, self.instructions))
        late = "; that has passed" if deadline < now else ""
        raise Waiting(
            f"issuer {self.name} is asked to sign the request of {signing.name} until {deadline:%Y-%m-%d %H:%M} UTC{late}: "
            f"it lies in {self.box.shown / self.name}; bring the answer back with `trunkline certificates submit`, or as a "
            f"file in {FOLDER}/ of the repository",
            now + LOOKED_AGAIN,
        )
