"""docs/reference/probe.md, with the reasons of the code."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from trunkline.health.memory import Pace
from trunkline.health.probe import TIMEOUT_SECONDS, WHOEVER_ASKS
from trunkline.health.transcript.names.reasons import BY_ALERT, coarse
from trunkline.model.handshake import Reason
from trunkline.views.metrics.wire import DOUBTS

PACE = Pace()


EVERY = f"{PACE.every.total_seconds():.0f}"
FIRST, MOST = (f"{time / timedelta(minutes=1):.0f} minutes" for time in (PACE.refused_first, PACE.refused_every))
UNWELCOME = f"{PACE.unwelcome_every / timedelta(hours=1):.0f} hours"
HEAD = f"""# The probe

Made from the code by `make pages`; `make check` sees when it lags. trunkline connects to the CUBE and to every node at the far
ends of its TLS links, as a peer would: TCP, TLS with a certificate of its own, one SIP OPTIONS. It shows what is presented on
the wire, which may be another certificate than the one that is stored, and whether an end answers. Each look is a connection of
its own, takes {TIMEOUT_SECONDS:g} seconds at most, and ends with the answer.

## What counts as success

`trunkline_probe_success` is 1 when **a SIP request was answered, with whatever status, on a connection on which both ends had
presented a certificate**. A handshake alone is no success: with TLS 1.3 a client's handshake ends before the server has judged
its certificate (RFC 8446 §2), and some servers end it with TLS 1.2 too and close afterwards. Where the probe has no certificate
to present there is no such series, unless the look fails by something that no certificate would mend:
{", ".join(f"`{one}`" for one in sorted(WHOEVER_ASKS))}.

Nor is there one of a CUBE that serves TLS to others only: its configuration, as it was last read, has `crypto signaling
remote-addr …`, no `crypto signaling default` and no `tls-profile` of a tenant, and none of the networks is known to hold the
address that the probe comes from. That address is the one that the kernel would choose; behind a translation of addresses the
CUBE sees another one. Such a CUBE closes the connection of anybody else (`closed`), which says nothing of the trunk. `trunkline
why`, `trunkline diagnose` and the JSON of a pass say that it was not seen, and why. Where it is looked at for a renewal, it
fails by the reasons above all the same.

The probe verifies nothing during the handshake and refuses nobody: it has neither the trust nor the names of the peer. What it
thinks of the certificate is told beside, as `trunkline_probe_presented_doubt`, by what the daemon last read from the peer: the
trustpoints of the CUBE for what a node presents; CallManager-trust of each node and the X.509 subject names of the SIP trunk
security profile for what a CUBE presents. What is not known of the peer gives no doubt. An end may answer well (1) and present
what its peer will refuse (a doubt), and the other way round.

`trunkline_probe_presented_not_after_timestamp_seconds` and `trunkline_probe_presented_info` tell the certificate itself: where
`… - time() < 0` an expired one is served; and `trunkline_wire_serial_mismatch` is 1 where another is served than is held.

## How often

`intervals.probe_seconds` of estate.yaml, {EVERY} unless stated, is the time between two looks at one end; a pass begins those
that are due, so that they are late by up to `intervals.observe_seconds`. A complete reading (`intervals.full_read_seconds`),
and a certificate about to be switched to, look at once. Looks are shared: a node that many CUBEs have links to is looked at
once for all of them, but by the complete reading of each. `trunkline_probe_timestamp_seconds` is the time of the look that the
other series tell of, so an old look never seems new.

Whoever turns the probe away counts a failed handshake, and somebody may be woken by that. Therefore:

- after a look that was turned away, the next one with the same certificate is {FIRST} later, then twice that, up to
  {MOST}, until one is accepted. Who is not there, or does not answer SIP, turned nobody away;
- a CUBE that holds no CA of the probe's is looked at without a certificate, and only every {UNWELCOME}, for the sake of a
  renewal. A CUBE whose certificate is only watched (no `identity.issuer`) is then not looked at at all;
- a CUBE that serves others only (above) is treated alike, whatever it holds;
- a node is not shown an operator's certificate of which it is known not to trust the CA.

Whatever it waits for, an end is looked at once more as soon as it is read that it is another: a CUBE binds another
certificate, a node stores another, or its service was started since; an end is configured otherwise, has the right time again,
or runs again. So no earlier look is compared with a later certificate, and what was mended is not said to fail. A CUBE that
holds no CA of the probe's, or serves others only, is so looked at only when it binds another certificate, and at once when the
probe becomes welcome.

`trunkline plan` and `trunkline diagnose` remember no looks of the daemon's: each run looks anew, and `diagnose` also at a CUBE
that is only watched and would turn it away. A CUBE that turns it away counts each of these looks as a failed handshake.

## What it presents

Every issuer that an identity names, and that allows it (`probing`, [issuers.md](issuers.md)), gives the probe a certificate
named `trunkline probe`: asked for each week, its key in memory only. Beside these an operator may give one, in the settings:

```toml
[probe]
certificate = "/etc/trunkline/probe.pem"   # the certificate, then those of the CAs above it, up to the root
key = "/etc/trunkline/probe.key"           # PEM, without a passphrase
```

It needs the extended key usage clientAuth, if it has any, and a common name that no SIP trunk security profile names, so that
it is no use for calls. Any CA will do that the ends trust: CUBEs whose certificate is only watched are probed with it once a
trustpoint of theirs holds one of the CAs above it. Both files are read anew at every round of looks: replace them, no restart
is needed. What will not do (no such file, an ended certificate, another's key, an issuer that is not in the file) is told in
the log once, with the file and the cure; nothing is presented then, and passes go on. The key is
never logged, journaled or shown.

Where an issuer gives a certificate of the same CA, that one is presented. Whether a node accepts an operator's certificate also
counts as proof that it accepts that CA; a refusal counts only where it is said of the CA.

"""
MEANINGS: Mapping[Reason, tuple[str, str]] = {
    Reason.NO_CERTIFICATE: (
        "the end asked for a certificate, and the probe had none",
        "let an issuer give it one, or state `[probe]` in the settings",
    ),
    Reason.UNKNOWN_CA: (
        "the end does not trust the CA of what the probe presented",
        "nothing, if no peer has a certificate of that CA; else see what the end holds: a trustpoint, CallManager-trust",
    ),
    Reason.EXPIRED: (
        "the end says that the probe's certificate ended",
        "correct the clock of that end; an ended certificate is not presented. As a doubt: renew what is presented",
    ),
    Reason.NOT_YET_VALID: ("it is not valid yet", "correct the clock of the CA, or of that end"),
    Reason.WRONG_NAME: (
        "the certificate is valid, and who it names is not welcome (`access_denied`)",
        "for the probe none is needed. As a doubt: `x509SubjectName` of the profile, or the names of the certificate",
    ),
    Reason.PURPOSE: ("its extended key usage does not allow this", "issue it with clientAuth"),
    Reason.BAD_CERTIFICATE: (
        "the end refused the certificate, and its alert does not say why",
        "look in the log of that end, or decode it with [explain](explain.md)",
    ),
    Reason.VERSION: (
        "no TLS version in common; the probe offers 1.0 to 1.3, as far as its OpenSSL allows",
        "see which versions that end allows",
    ),
    Reason.CIPHER: (
        "the end took none of the cipher suites, of which the probe offers all that OpenSSL knows",
        "see its suites, and whether its key fits them: ECDSA suites need an EC key",
    ),
    Reason.REFUSED: ("nothing listens there", "see that signalling over TLS is on, and the port of the link"),
    Reason.UNREACHABLE: ("no route, or a name that cannot be resolved", "see `probe_address`, routes and firewalls"),
    Reason.TIMEOUT: ("no connection, or no end of the handshake, in time", "see firewalls that drop, and the load of that end"),
    Reason.CLOSED: (
        "the connection was closed without an alert",
        "an access list, `crypto signaling remote-addr` for others only (where that is read, no failure is told), or a refusal "
        "that is not told: see its log",
    ),
    Reason.NOT_TLS: ("what listens there does not speak TLS", "see port and transport: 5060 is plain SIP"),
    Reason.NO_ANSWER: (
        "TLS came up, and no SIP came in time",
        "a CUBE may drop requests of unknown addresses silently: add the daemon's to its trusted list, or see what listens",
    ),
    Reason.OTHER: ("none of these; the log of the pass has the words", "report it if the words are of no help"),
}
FOOT = """Up to TLS 1.2 an end that wants a certificate and gets none often says `handshake_failure` or `bad_certificate`; the
probe knows whether it presented one, and says `no_certificate`. `handshake_failure` in answer to the very first message is
`cipher`.

## What it cannot see

[limits.md](../limits.md) has that. Tried against kamailio, OpenSSL's `s_server` and the twin; never against a real CUBE or
CUCM.
"""


def page() -> str:
    return "\n".join([HEAD + "## Reasons", "", *_table(), "", FOOT])


def _table() -> Iterator[str]:
    yield "`trunkline_probe_failure{reason}`; doubts, events of handshakes, forecast and diagnosis use the same words."
    yield ""
    yield "| reason | means | what to do | alerts |"
    yield "|---|---|---|---|"
    for reason in Reason:
        means, cure = MEANINGS[reason]
        alerts = ", ".join(f"`{alert}`" for alert, cause in BY_ALERT.items() if coarse(cause) is reason)
        yield f"| `{reason}`{' (also a doubt)' if reason in DOUBTS else ''} | {means} | {cure} | {alerts} |"
