"""`AcmeCa`: implements `trunkline.ports.Issuer` over ACME, with names proven by DNS-01."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from acme import challenges, client, errors, messages

from trunkline.issuer.acme.account import Account
from trunkline.issuer.acme.hook import Hook
from trunkline.issuer.online.web import failure
from trunkline.model.certificate import certificates_in
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, Transient, TrunklineError
from trunkline.model.renewal.wish import Abilities, Chain, Signing

PATIENCE = timedelta(seconds=90)
MOST_WORDS = 200
ACCESS = ("unauthorized", "accountDoesNotExist", "externalAccountRequired", "userActionRequired")
LATER = ("rateLimited", "serverInternal", "badNonce", "orderNotReady")


@dataclass(frozen=True)
class AcmeCa:
    """`stated` is the chain of the document: a device must have its CA before it prints a request, and ACME names none."""

    name: str
    account: Account
    hook: Hook
    stated: Chain
    is_probing: bool = True

    def abilities(self) -> Abilities:
        return Abilities(is_probing=self.is_probing)

    def chain(self) -> Chain:
        return self.stated

    def sign(self, signing: Signing) -> Chain:
        with _told(self.name, signing.name):
            acme = self.account.connect()
            order = acme.new_order(signing.csr_pem.encode())
            records: list[tuple[str, str]] = []
            try:
                for authorization in order.authorizations:
                    self._prove(acme, authorization, records)
                finished = acme.poll_and_finalize(order, datetime.now() + PATIENCE)  # naive, as acme compares it
            finally:
                for record, value in records:
                    self.hook.remove(record, value)
        return self._best(finished)

    def _prove(
        self, acme: client.ClientV2, authorization: messages.AuthorizationResource, records: list[tuple[str, str]]
    ) -> None:
        """Sets the record and says so, unless the name is proven already."""
        if authorization.body.status == messages.STATUS_VALID:
            return
        found = next((one for one in authorization.body.challenges if isinstance(one.chall, challenges.DNS01)), None)
        identifier = authorization.body.identifier.value
        if found is None:
            raise DeviceRefused(
                f"cannot prove {identifier} to issuer {self.name}: no DNS-01 is offered; use a CA that does",
                is_untouched=True,
            )
        response, value = found.response_and_validation(acme.net.key)
        record = found.chall.validation_domain_name(identifier)
        records.append((record, value))
        self.hook.add(record, value)
        acme.answer_challenge(found, response)

    def _best(self, order: messages.OrderResource) -> Chain:
        """Of the chains that the CA offers the one with the stated issuing CA; else its first, which is then judged."""
        offered = [certificates_in(pem) for pem in (order.fullchain_pem or "", *(order.alternative_fullchains_pem or ()))]
        issuing = self.stated[0] if self.stated else None
        return next((chain for chain in offered if issuing in chain), offered[0])


@contextmanager
def _told(issuer: str, name: str) -> Iterator[None]:
    """What the libraries raise, in our words."""
    try:
        yield
    except TrunklineError:
        raise
    except messages.Error as error:
        raise _meant(issuer, name, error) from None
    except errors.ValidationError as error:
        raise DeviceRefused(
            f"cannot have {name} signed by issuer {issuer}: it does not see the TXT records ({_details(error)}); see "
            "whether the hook sets them where the CA looks, and waits until they are there",
            is_untouched=True,
        ) from None
    except errors.TimeoutError:
        raise Transient(f"cannot have {name} signed by issuer {issuer}: no answer within {PATIENCE.seconds} s") from None
    except requests.RequestException as error:
        raise failure(f"issuer {issuer}", error) from None
    except (errors.Error, ValueError) as error:
        raise DeviceRefused(
            f"cannot have {name} signed by issuer {issuer}: its answer is not ACME ({type(error).__name__}); "
            "correct `directory`",
            is_untouched=True,
        ) from None


def _meant(issuer: str, name: str, error: messages.Error) -> TrunklineError:
    code, detail = (error.code or "", _short(error.detail or error.title or str(error.typ)))
    what = f"cannot have {name} signed by issuer {issuer}: it says `{detail}` ({code or 'no code'})"
    if code in LATER:
        return DeviceBusy(f"{what}; trunkline asks again")
    if code in ACCESS:
        return AccessRefused(f"{what}; correct the account")
    return DeviceRefused(f"{what}; correct the names, or choose another CA", is_untouched=True)


def _details(error: errors.ValidationError) -> str:
    said = [
        str(one.error.detail)
        for failed in error.failed_authzrs
        for one in failed.body.challenges
        if one.error and one.error.detail
    ]
    return _short("; ".join(said) or "without a reason")


def _short(text: str) -> str:
    return " ".join(text.split())[:MOST_WORDS]
