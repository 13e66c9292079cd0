"""README.txt: what each file is, what was taken out and what was not. Pure."""

from collections.abc import Iterator, Mapping

from trunkline.model.cause import Diagnosis
from trunkline.views.bundle.tables import moment

FILES = {
    "diagnosis.txt": "the most probable causes in order, each with what was seen and what cures it",
    "diagnosis.json": "the same as data",
    "plan.txt": "what trunkline would change, and whether the link would then come up",
    "pass.json": "the examination as data: differences, plan, forecast, what each device showed",
    "documents/": "what is wanted, as YAML from a git repository: the policy, the CUBE, the cluster, the link",
    "cube/running-config.txt": "the CUBE's running configuration as it printed it, without the hex of certificates",
    "cube/show.txt": "every other answer of the CUBE as it printed it, as in `show tech-support`",
    "cube/summary.txt": "the CUBE in short: software, clock, connections, dial-peers, counters, trustpoints",
    "cluster/summary.txt": "CUCM: nodes, services, RIS, PerfMon, trunk and profiles as stored (AXL), trust stores",
    "certificates/certificates.txt": "every certificate that was seen, in words, and who holds, trusts or presents it",
    "certificates/*.pem": "the same in PEM, named by the first digits of their SHA-256; certificates are public",
    "probe.txt": "a TLS handshake with each end from the machine of trunkline, with what was presented",
    "events.txt": "syslog of these devices that trunkline received, oldest first",
    "history.txt": "the last passes over this CUBE, newest first: conditions of the link, outcomes, holds",
    "versions.txt": "trunkline, Python, libraries, and the software of the devices",
    "SHA256SUMS": "tells whether a file was damaged on the way: sha256sum -c SHA256SUMS",
}
WORDS = """
trunkline keeps SIP trunks over TLS between Cisco CUBE and Cisco CUCM as a git repository says. A "link" is one such trunk:
one CUBE, one cluster. This bundle is one examination of one link: everything in it was read once, at the moment above, and
nothing was changed on any device. All times are UTC.

How to read it: diagnosis.txt first; then cube/summary.txt and cluster/summary.txt for what each end shows; the rest is what
these were made from.
"""
TAKEN_OUT = """
What was taken out stands as <removed>; everything else is as it was read:
- passwords, secrets, keys, communities and PINs in configurations, whatever their type (plain, 5, 6, 7, 8, 9), and what follows
  a word that announces one in a command that is not known;
- private keys in any form, logins and tokens in URLs, authorization headers and cookies, SRTP keys;
- every secret that trunkline itself was given, looked for in every file in plain, Base64, URL, hex and type 7 form.
"""
KEPT = """
Certificates are named by the first sixteen digits of their SHA-256 everywhere.

What was not taken out: names, addresses, numbers, certificates, and what people wrote into descriptions and banners, as far as
it does not look like a secret. Read it before you pass it on.
"""
PSEUDONYMS = """
Names, addresses and numbers are pseudonyms, the same in every file, and made anew for each bundle; who made it may have a key
to them. How things relate is as it was: two addresses share a subnet if the real ones do, private ones are private, the last
part of an address is real, a pattern matches the numbers that it matched. Behind a mask shorter than /24 bits may be set that
were not. Loopback, masks and the domains of vendors are real.
Certificates are given in words without PEM, by number. What people wrote into descriptions, comments and banners is <removed>.

This makes it hard to see whose trunk this is, not impossible: software, hardware, the size and shape of the configuration,
times and time zones, short extensions, and names that no rule knows (of lists or classes that are not usual) are as they were.
Whoever knows the network recognises it. Read it before you pass it on.
"""


def readme(
    found: Diagnosis, software: str, names: Mapping[str, object], taken: Mapping[str, int], *, is_anonymous: bool
) -> Iterator[str]:
    """`software` is that of both ends, `names` are the files, `taken` is how many secrets of each kind were taken out."""
    yield f"Link {found.link}: CUBE {found.cube}, CUCM cluster {found.cluster}"
    yield f"Software: {software}"
    yield f"Examined {moment(found.at)}, documents of revision {found.revision[:10]}"
    yield f"Health: {found.health}. {found.summary[:1].upper()}{found.summary[1:]}"
    yield from WORDS.rstrip().split("\n")
    yield ""
    yield "Files"
    for name, what in FILES.items():
        if _is_there(name, names):
            yield f"  {name:<30} {what}"
    yield from _missing(names)
    yield from TAKEN_OUT.rstrip().split("\n")
    yield from (PSEUDONYMS if is_anonymous else KEPT).rstrip().split("\n")
    yield ""
    yield f"Taken out: {in_words(taken)}."


def _is_there(name: str, names: Mapping[str, object]) -> bool:
    start = name.partition("*")[0]
    end = name.partition("*")[2]
    return (
        name in names
        or (start != name and any(one.startswith(start) and one.endswith(end) for one in names))
        or (name.endswith("/") and any(one.startswith(name) for one in names))
    )


def _missing(names: Mapping[str, object]) -> Iterator[str]:
    if "cube/running-config.txt" not in names:
        yield "  (no configuration of the CUBE: it could not be read; diagnosis.txt and cube/summary.txt say why)"


def in_words(taken: Mapping[str, int]) -> str:
    """ "SNMP community 1, password 3", or "nothing"."""
    return ", ".join(f"{kind} {count}" for kind, count in sorted(taken.items())) or "nothing"
