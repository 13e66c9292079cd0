"""`issuers:` of estate.yaml: who signs certificates, by name, each of one kind."""

from typing import Annotated, Literal

from pydantic import Field

from trunkline.desired.documents.fields import HTTPS, NAME, URL, Becomes, Name, SecretRef, Strict, Text

EMAIL = r"^[^@\s]+@[A-Za-z0-9.-]+$"

Pem = Annotated[str, Field(description="PEM, or `file:PATH`")]
Days = Annotated[int, Field(ge=1, le=3650)]


class _Issuer(Strict):
    """What can be said of every issuer."""

    probing: Annotated[
        bool,
        Field(description="Whether trunkline may ask it for a certificate of its own, to try handshakes with"),
        Becomes("nothing on the devices"),
    ] = True


class _Elsewhere(_Issuer):
    """A CA that others keep."""

    chain: Annotated[
        Pem,
        Field(description="The issuing CA and those above it: PEM, or `file:PATH`. Where it is stated, no other CA counts"),
        Becomes("the CA that the trustpoint pins"),
    ] = ""


class LocalIssuer(_Issuer):
    """A CA that trunkline keeps itself; `trunkline ca init` makes it. Its chain is known, and need not be stated."""

    kind: Annotated[Literal["local"], Field(description="Which kind of issuer it is")]
    passphrase: Annotated[SecretRef, Field(description="Where the passphrase of the CA's key is: `env:NAME` or `file:PATH`")]
    authority: Annotated[
        str, Field(pattern=rf"^$|{NAME}", description="The name given to `trunkline ca init`; empty: the issuer's own name")
    ] = ""
    validity_days: Annotated[Days, Field(description="How long a certificate lives where the identity does not say")] = 365


class _Unprobed(_Elsewhere):
    """A CA that is not asked for the probe's own certificate by itself: people would have to sign it every week, or it is for
    names that are no DNS names.
    """

    probing: Annotated[
        bool,
        Field(description="Whether trunkline may ask it for a certificate of its own, each week, to try handshakes with"),
        Becomes("nothing on the devices"),
    ] = False


class ManualIssuer(_Unprobed):
    """A CA that people ask. The request is written into a folder, the certificate comes back by merge request or command."""

    kind: Annotated[Literal["manual"], Field(description="Which kind of issuer it is")]
    answer_within_days: Annotated[Days, Field(description="Until when the answer is asked for")] = 14
    instructions: Annotated[
        str, Field(max_length=2000, description="What your CA's people must know; written above each request")
    ] = ""


class AcmeAccount(Strict):
    """External account binding: what the CA gave you to tie the ACME account to yours."""

    key_id: Annotated[SecretRef, Field(description="Where the key's identifier is: `env:NAME` or `file:PATH`")]
    hmac_key: Annotated[
        SecretRef, Field(description="Where the key is, base64url as the CA printed it: `env:NAME` or `file:PATH`")
    ]


class AcmeIssuer(_Unprobed):
    """An ACME server (RFC 8555). Names are proven by TXT records (DNS-01), which a hook command of the settings sets."""

    kind: Annotated[Literal["acme"], Field(description="Which kind of issuer it is")]
    directory: Annotated[str, Field(pattern=HTTPS, description="URL of the directory")]
    dns_hook: Annotated[Name, Field(description="The hook, by its name in the daemon's settings (`hooks`)")]
    email: Annotated[str, Field(pattern=rf"^$|{EMAIL}", description="Where the CA may write to")] = ""
    terms_agreed: Annotated[bool, Field(description="Whether you agree to the CA's terms of service")] = False
    external_account: Annotated[AcmeAccount | None, Field(description="External account binding, where the CA demands it")] = (
        None
    )
    ca: Annotated[Pem, Field(description="The CA of the server itself: PEM, or `file:PATH`; empty: the system's CAs")] = ""


class EstIssuer(_Elsewhere):
    """An EST server (RFC 7030), by user and password or a TLS client certificate."""

    kind: Annotated[Literal["est"], Field(description="Which kind of issuer it is")]
    url: Annotated[str, Field(pattern=HTTPS, description="The server; `/.well-known/est` is added")]
    label: Annotated[str, Field(pattern=rf"^$|{NAME}", description="The CA label, where the server has several")] = ""
    ca: Annotated[Pem, Field(description="The CA of the server itself: PEM, or `file:PATH`")]
    username: Annotated[SecretRef | None, Field(description="Where the user's name is: `env:NAME` or `file:PATH`")] = None
    password: Annotated[SecretRef | None, Field(description="Where the password is: `env:NAME` or `file:PATH`")] = None
    client_certificate: Annotated[Pem, Field(description="TLS client certificate with its issuers: PEM, or `file:PATH`")] = ""
    client_key: Annotated[SecretRef | None, Field(description="Where its key is, PEM: `env:NAME` or `file:PATH`")] = None


class CfsslIssuer(_Elsewhere):
    """A CFSSL server, by its endpoint `authsign`."""

    kind: Annotated[Literal["cfssl"], Field(description="Which kind of issuer it is")]
    url: Annotated[str, Field(pattern=URL, description="The server; `/api/v1/cfssl/…` is added")]
    auth_key: Annotated[SecretRef, Field(description="Where the HMAC key is, in hex: `env:NAME` or `file:PATH`")]
    profile: Annotated[Text | None, Field(max_length=63, description="The signing profile; null: the server's default")] = None
    label: Annotated[Text | None, Field(max_length=63, description="The signer, where the server has several")] = None
    ca: Annotated[Pem, Field(description="The CA of the server itself: PEM, or `file:PATH`; empty: the system's CAs")] = ""


IssuerDocument = Annotated[
    LocalIssuer | ManualIssuer | AcmeIssuer | EstIssuer | CfsslIssuer,
    Field(discriminator="kind"),
]
