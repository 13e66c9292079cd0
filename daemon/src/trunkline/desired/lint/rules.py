"""The table of rules: code, what each finds, why it matters, and a piece of a document that it objects to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from trunkline.desired.documents import Documents
from trunkline.desired.lint import addresses, article, claims, issuers, releases, renewals, senders, tidy
from trunkline.desired.lint.finding import Finding
from trunkline.model.desired import Severity


def nothing(documents: Documents) -> Iterator[Finding]:  # noqa: ARG001 - the form of a rule
    """For what is found while documents are read, or while rules are applied."""
    yield from ()


@dataclass(frozen=True)
class Rule:
    """A rule. `example` is YAML that breaks it; a test proves that. `find_on` finds what depends on the day."""

    code: str
    title: str
    why: str
    example: str
    find: Callable[[Documents], Iterator[Finding]] = nothing
    severity: Severity = Severity.ERROR
    find_on: Callable[[Documents, date], Iterator[Finding]] | None = None

    def findings(self, documents: Documents, today: date) -> Iterator[Finding]:
        return self.find_on(documents, today) if self.find_on else self.find(documents)


READING: tuple[Rule, ...] = (
    Rule(
        "TL001",
        "there are no documents",
        "An empty folder is a wrong path rather than a wish to delete everything; so is one above that of the documents.",
        "",
    ),
    Rule(
        "TL002",
        "a file is out of place or wrongly named",
        "The folder says what kind of document a file is, and its stem is the object's name.",
        "",
    ),
    Rule(
        "TL003",
        "a file is not YAML, or uses what is refused of it",
        "Aliases, merge keys and tags are refused: documents are read by people, and a few aliases unfold to gigabytes.",
        "username: &who env:TRUNKLINE_LAB_CUBE_USER\npassword: *who",
    ),
    Rule("TL004", "a key is stated twice", "Readers of YAML disagree on which one counts.", "release: '15.7'\nrelease: '15.6'"),
    Rule("TL005", "a document is against its schema", "See [documents.md](documents.md).", "address_hiding: yes"),
    Rule("TL006", "two files state the same object", "`a.yaml` and `a.yml` have the same stem.", ""),
    Rule(
        "TL007",
        "a file in certificates/ is not what a CA signed",
        "Certificates that people signed come back there, in PEM; a private key belongs nowhere near git.",
        "",
    ),
)

RULES: tuple[Rule, ...] = (
    Rule(
        "TL010",
        "a reference leads to nothing",
        "A link names its CUBE and cluster by file, and voice classes by the tags of the CUBE's document.",
        "cluster: soul",
        tidy.dangling,
    ),
    Rule(
        "TL011",
        "a dial-peer tag is used twice on one CUBE",
        "IOS merges both into one dial-peer, and calls in one direction find none. "
        "With `per: node` the outbound dial-peers take as many consecutive tags as the cluster has nodes.",
        "tag: 102",
        claims.tags_used_twice,
    ),
    Rule(
        "TL012",
        "the pinned identity is a CA certificate",
        "`crypto pki export` prints the CA's certificate first and the device's own second.",
        "certificate: |",
        article.ca_taken_for_identity,
    ),
    Rule(
        "TL013",
        "a line or interface is not in the form that IOS stores",
        "An abbreviation is accepted and stored in full, so that the device never shows what the document says.",
        'lines: ["incoming called .T"]',
        article.abbreviated,
    ),
    Rule(
        "TL014",
        "early offer is forced where SRTP may fall back",
        "Whoever offers decides between SRTP and RTP; Cisco recommends delayed offer with SRTP fallback.",
        "early_offer: forced",
        article.early_offer_with_srtp,
        Severity.WARNING,
    ),
    Rule(
        "TL015",
        "something derived is typed by hand",
        "The X.509 names come from the certificate, the destination from the CUBE's document: typed, they are wrong after the "
        "next change.",
        "x509SubjectName: vg-yohur.example.com",
        article.typed_by_hand,
    ),
    Rule(
        "TL016",
        "voice activity detection is left to its default",
        "IOS has it on unless told otherwise, and a line `no vad` that was forgotten is heard, not seen.",
        "codec: g711ulaw",
        article.vad_unstated,
        Severity.WARNING,
    ),
    Rule(
        "TL017",
        "the trusted list lacks a peer",
        "Since 15.1(2)T the CUBE drops calls from addresses that are not in it. Nodes of links are in it anyway.",
        'lines: ["session target ipv4:10.9.9.9:5061"]',
        addresses.untrusted_peer,
    ),
    Rule(
        "TL018",
        "TLS is on at one end only",
        "The other end answers a TLS handshake with silence or a reset.",
        "incomingTransport: TCP+UDP",
        addresses.tls_on_one_end,
    ),
    Rule(
        "TL019",
        "the ports of the two ends differ",
        "One end calls a port on which the other does not listen for this trunk.",
        "incomingPort: 5071",
        addresses.port_mismatch,
    ),
    Rule(
        "TL020",
        "SRTP with a codec that the release cannot encrypt",
        "IOS before XE encrypts G.711 and G.729 only; other calls fail or fall back to RTP.",
        "codec: g722-64",
        releases.srtp_codec,
    ),
    Rule(
        "TL021",
        "two trunks of a cluster claim the same name and port",
        "CUCM tells trunks apart by the pair of X.509 name and incoming port, and refuses a pair that stands in two profiles.",
        "names: [cube.example.com]",
        claims.name_port_collision,
    ),
    Rule(
        "TL022",
        "an expected name is not in the certificate",
        "The security profile takes its names from the certificate; one that is missing there is refused by the cluster.",
        "names: [other.example.com]",
        article.names_not_covered,
    ),
    Rule(
        "TL023",
        "a line cannot be sent to IOS",
        "IOS takes 254 characters, and prints help on a question mark.",
        'lines: ["description what is this?"]',
        tidy.untypable,
    ),
    Rule(
        "TL024",
        "the release does not know a voice class",
        "`srtp-crypto` came with 16.5, `tls-profile` with 17.3, `tls-cipher` with 17.8.",
        'release: "17.2"',
        releases.voice_classes,
    ),
    Rule(
        "TL025",
        "the release does not offer this TLS version",
        "TLS 1.3 and `minimum` came with 17.14; 26.1 refuses TLS 1.0 and 1.1 in secure mode.",
        "tls_version: v1.3",
        releases.tls_version,
    ),
    Rule(
        "TL026",
        "a raw line holds a secret",
        "Git keeps it for ever, and everybody who may read the repository has it.",
        'lines: ["snmp-server community public RO"]',
        tidy.secret_in_line,
    ),
    Rule(
        "TL027",
        "the release refuses a licensed capacity",
        "Since 17.2 the CUBE counts sessions by itself and refuses `license capacity`.",
        "license_capacity: 225",
        releases.license_capacity,
    ),
    Rule(
        "TL028",
        "a trunk or route pattern is stated twice",
        "Two passes would write the same object, each undoing the other's work.",
        "name: SIP-TRUNK-BUSAN",
        claims.claimed_twice,
    ),
    Rule(
        "TL029",
        "a cluster has not exactly one publisher",
        "AXL is asked on the publisher.",
        "publisher: false",
        claims.publishers,
    ),
    Rule(
        "TL033",
        "two links state one thing differently",
        "TLS profiles, server-groups and profiles of the cluster may be shared if they are stated alike. "
        "Two CUBEs cannot share a security profile: each would write the names of its own certificate.",
        "name: cube-busan TLS",
        claims.stated_differently,
    ),
    Rule(
        "TL034",
        "SRTP is not the same at both ends",
        "The cluster's end is `srtp` of the link, the CUBE's is in voice_service or the dial-peer; calls fail, or go in the "
        "clear. A trunk without TLS has no SRTP at the cluster.",
        "srtp: none",
        addresses.srtp_differs,
        Severity.WARNING,
    ),
    Rule(
        "TL035",
        "an address or name is stated twice",
        "A copied document in which a line was forgotten sends one device's lines to another.",
        "address: 10.72.86.86",
        claims.same_address,
    ),
    Rule(
        "TL036",
        "a node is in none of the remote prefixes",
        "With `signalling: remote-address` the CUBE has a certificate for these addresses only; the node's handshakes fail.",
        "remote_prefixes: [10.72.87.0/24]",
        addresses.unbound_node,
    ),
    Rule(
        "TL037",
        "a raw line leaves its section",
        "IOS would enter all lines behind it in another place, or carry it out at once. It is never sent, waived or not.",
        'lines: ["dial-peer voice 900 voip"]',
        tidy.stray,
    ),
    Rule(
        "TL038",
        "certificates are to be renewed by an issuer that is not there",
        "An identity names one of the issuers of estate.yaml, and a cluster whose certificates are managed does too.",
        "issuer: lab",
        renewals.issuers,
    ),
    Rule(
        "TL039",
        "maintenance windows leave no second try before a certificate ends",
        "Proven for the certificate in the document, and for each one that begins within 13 months, of the validity that the "
        "identity or the issuer states. See [renewal.md](renewal.md).",
        "windows: [{rule: 0 2 1 jan *, minutes: 240, zone: Asia/Seoul}]",
        find_on=renewals.no_retry,
    ),
    Rule(
        "TL040",
        "maintenance windows are so rare that certificates are renewed early",
        "Two windows do not always open between the day when a certificate is due and its end; then an earlier one is taken.",
        "windows: [{rule: 0 2 1 * *, minutes: 240, zone: Asia/Seoul}]",
        severity=Severity.WARNING,
        find_on=renewals.too_early,
    ),
    Rule(
        "TL041",
        "SIP of the release takes no such key",
        "`ecdsa-cipher` came with 15.6, its `curve-size 384` with 16.10.",
        "key: {type: ec, bits: 384}",
        renewals.key_of_release,
    ),
    Rule(
        "TL042",
        "a name to be certified is no full DNS name",
        "Few issuers sign a name without a domain, and the cluster compares whole names.",
        "names: [vg-yohur]",
        renewals.short_names,
    ),
    Rule(
        "TL043",
        "the trustpoint's name leaves no room for renewed ones",
        "Each renewed certificate has a trustpoint and a key of its own, named as the first with a number behind it.",
        "trustpoint: sip-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        renewals.no_room,
    ),
    Rule(
        "TL044",
        "an issuer's chain is not stated, and cannot be learned",
        "A device pins the issuing CA before it prints a request. See [issuers.md](issuers.md).",
        "lab: {kind: manual}",
        issuers.without_chain,
    ),
    Rule(
        "TL045",
        "no identity names an issuer",
        "It is left over, or an identity misses it.",
        "lab: {kind: local, passphrase: env:TRUNKLINE_CA_PASSPHRASE, validity_days: 90}",
        issuers.unused,
        Severity.WARNING,
    ),
    Rule(
        "TL046",
        "an EC key on a curve that the binding does not offer",
        "Unless the binding says `curve-size 384`, the CUBE offers P-256 alone; nodes then refuse a certificate on P-384. "
        "No release offers P-521 for SIP.",
        "key: {type: ec, bits: 384}",
        renewals.curve_unstated,
    ),
    Rule(
        "TL047",
        "a managed cluster is to have EC keys",
        "A trunk presents the certificate of the unit CallManager, and CUCM makes requests for it with RSA keys only.",
        "certificates: {mode: managed, issuer: lab, key: {type: ec, bits: 256}}",
        renewals.key_of_callmanager,
    ),
    Rule(
        "TL048",
        "a managed cluster whose certificates no pass renews",
        "They are renewed by the passes of a CUBE with an enforced TLS link to the cluster; there is none.",
        "certificates: {mode: managed, issuer: lab}",
        renewals.without_owner,
        Severity.WARNING,
    ),
    Rule(
        "TL049",
        "two CUBEs share an address that syslog comes from",
        "A line is told apart by the address that it comes from; what may be of two devices is counted as of none.",
        "syslog_address: 127.72.86.90",
        senders.shared_address,
        Severity.WARNING,
    ),
)

WAIVING: tuple[Rule, ...] = (
    Rule(
        "TL030",
        "a waiver names no rule that can be waived",
        "TL001 to TL007 and the rules about waivers cannot be waived.",
        "- {rule: TL099, reason: a rule of another time, until: 2027-03-31}",
    ),
    Rule(
        "TL031",
        "a waiver has run out",
        "It was given until a day, so that somebody looks again; what it covered counts again. It is a warning, so that a "
        "passing day stops a revision only where an error was waived.",
        "- {rule: TL014, reason: the carrier insists on it, until: 2026-03-31}",
        severity=Severity.WARNING,
    ),
    Rule(
        "TL032",
        "a waiver covers nothing",
        "What it covered was mended, or stands in another document: the waiver belongs into the file that the finding names.",
        "- {rule: TL014, reason: the carrier insists on it, until: 2027-03-31}",
        severity=Severity.WARNING,
    ),
)
