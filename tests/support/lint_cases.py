"""For every rule a change of the examples that breaks it, what `trunkline check` then prints, and a near one that does not."""

from dataclasses import dataclass
from textwrap import indent

from support.examples import CLUSTER, CUBE, ESTATE, LINK, MODERN_CUBE, MODERN_LINK, Edit, changed, examples
from support.pems import pem_of

CA = pem_of("Voice Root CA", is_ca=True)
OWN = pem_of("vg-yohur.example.com", "Voice Root CA")


@dataclass(frozen=True)
class Case:
    fails: tuple[Edit, ...]
    said: str
    passes: tuple[Edit, ...]


def pinned(pem: str, names: str = "") -> Edit:
    stated = f"  names: [{names}]\n" if names else ""
    return (CUBE, "identity:\n", f"identity:\n{stated}  certificate: |\n{indent(pem, '    ')}")


def outbound(text: str) -> Edit:
    """Fields of the outbound dial-peer of the article's link."""
    return (LINK, '    destination_pattern: "1..."\n', f'    destination_pattern: "1..."\n    {text}\n')


def waiver(rule: str, until: str) -> Edit:
    return (MODERN_CUBE, "", f"waivers:\n  - {{rule: {rule}, reason: the carrier insists on it, until: {until}}}\n")


def renewed(more: str = "", names: str = "vg-yohur.example.com") -> Edit:
    """The article's CUBE has its certificate renewed by issuer `lab`."""
    return (CUBE, "identity:\n", f"identity:\n  issuer: lab\n  names: [{names}]\n{more}")


def windows(rule: str) -> Edit:
    return (ESTATE, "", f"renewal:\n  windows: [{{rule: {rule}, minutes: 240, zone: Asia/Seoul}}]\n")


def trustpoint(length: int) -> Edit:
    return (CUBE, "trustpoint: sip-trunk-cert", f"trustpoint: {'sip-'.ljust(length, 'x')}")


def renewed_modern(bits: int) -> Edit:
    """The other CUBE, with an EC key."""
    more = f"  issuer: lab\n  names: [cube-busan.example.com]\n  key: {{type: ec, bits: {bits}}}\n"
    return (MODERN_CUBE, "identity:\n", f"identity:\n{more}")


def managed(more: str = "") -> Edit:
    return (CLUSTER, "", f"certificates: {{mode: managed, issuer: lab{more}}}\n")


ISSUER = (ESTATE, "", "issuers:\n  lab: {kind: local, passphrase: env:TRUNKLINE_CA_PASSPHRASE, validity_days: 90}\n")
SHARED_NAME = (CUBE, "username: env:TRUNKLINE_LAB_CUBE_USER", "username: &who env:TRUNKLINE_LAB_CUBE_USER")
FALLS_BACK = (MODERN_CUBE, "srtp: required", "srtp: fallback")
FALLS_BACK_TOO = (MODERN_LINK, "srtp: required", "srtp: fallback")
WITH_NAME = (CUBE, "identity:\n", "identity:\n  names: [cube.example.com]\n")
WITH_SAME_NAME = (MODERN_LINK, "  name: cube-busan TLS\n", "  name: cube-busan TLS\n  names: [cube.example.com]\n")
OLD_RELEASE = (MODERN_CUBE, 'release: "17.9"', 'release: "17.2"')
WITHOUT_CIPHERS = (
    (MODERN_CUBE, "  tls_cipher:\n    10: [ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256]\n", ""),
    (MODERN_LINK, "    cipher_class: 10\n", ""),
)

CASES: dict[str, Case] = {
    "TL049": Case(
        ((CUBE, "  port: 2222\n", "  port: 2222\n  syslog_address: 127.72.86.90\n"),),
        f"{CUBE}:7:3: warning TL049: 127.72.86.90 is an address of {MODERN_CUBE} too: its syslog is nobody's. "
        "Give each CUBE addresses of its own, or let a relay send the lines with their names",
        ((CUBE, "  port: 2222\n", "  port: 2222\n  syslog_address: 127.72.86.91\n"),),
    ),
    "TL003": Case(
        (SHARED_NAME, (CUBE, "password: env:TRUNKLINE_LAB_CUBE_PASSWORD", "password: *who")),
        f"{CUBE}:8:13: error TL003: an alias stands here. Write the value out: documents are read without aliases",
        (SHARED_NAME,),
    ),
    "TL004": Case(
        ((CUBE, 'release: "15.6"', "release: '15.7'\nrelease: '15.6'"),),
        f"{CUBE}:4:1: error TL004: `release` is stated twice. Keep one of the two",
        ((CUBE, 'release: "15.6"', "# release: '15.7'\nrelease: '15.6'"),),
    ),
    "TL005": Case(
        ((CUBE, "address_hiding: true", "address_hiding: yes"),),
        f"{CUBE}:20:3: error TL005: voice_service.address_hiding must be true or false. "
        "Write true or false, without quotes",
        ((CUBE, "address_hiding: true", "address_hiding: True"),),
    ),
    "TL010": Case(
        ((LINK, "cluster: seoul", "cluster: soul"),),
        f"{LINK}:4:1: error TL010: there is no clusters/soul.yaml. Write it, or name one of seoul",
        ((LINK, "cluster: seoul", 'cluster: "seoul"'),),
    ),
    "TL011": Case(
        ((LINK, "tag: 200", "tag: 102"),),
        f"{LINK}:16:5: error TL011: dial-peer tag 102 of vg-yohur is used for outbound of link yohur-seoul and for inbound "
        "of link yohur-seoul. Give each dial-peer a tag of its own",
        ((LINK, "tag: 200", "tag: 103"),),
    ),
    "TL012": Case(
        (pinned(CA + OWN),),
        f"{CUBE}:16:3: error TL012: identity.certificate is the CA CN=Voice Root CA, not the CUBE's own certificate. "
        "Take the block under `% General Purpose Certificate:`",
        (pinned(OWN),),
    ),
    "TL013": Case(
        (outbound('lines: ["incoming called .T"]'),),
        f"{LINK}:13:13: error TL013: IOS does not store `incoming called` as it stands. Write `incoming called-number …`",
        (outbound('lines: ["incoming called-number .T"]'),),
    ),
    "TL014": Case(
        (FALLS_BACK, FALLS_BACK_TOO),
        f"{MODERN_CUBE}:21:3: warning TL014: early offer is forced where SRTP may fall back, for which delayed offer is "
        "recommended. Remove it, or make srtp required",
        (FALLS_BACK, FALLS_BACK_TOO, (MODERN_CUBE, "early_offer: forced", "early_offer: off")),
    ),
    "TL015": Case(
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields:\n    x509SubjectName: vg-yohur.example.com\n"),),
        f"{LINK}:23:5: error TL015: x509SubjectName is typed by hand. Remove it: the names come from the CUBE's certificate; "
        "further ones go into security_profile.names",
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  names: [vg-yohur.example.com]\n"),),
    ),
    "TL016": Case(
        ((LINK, "    codec: g711ulaw\n    vad: false\n  inbound:", "    codec: g711ulaw\n  inbound:"),),
        f"{LINK}:10:3: warning TL016: the outbound dial-peer 100 does not say vad, so IOS has it on. "
        "State `vad: false`, or `vad: true` if you mean it",
        ((LINK, "    vad: false\n  inbound:", '    lines: ["no vad"]\n  inbound:'),),
    ),
    "TL017": Case(
        (outbound('lines: ["session target ipv4:10.9.9.9:5061"]'),),
        f"{LINK}:13:13: error TL017: 10.9.9.9 is a peer of vg-yohur and not in its trusted list. "
        f"Add it to voice_service.trusted of {CUBE}",
        (outbound('lines: ["session target ipv4:10.9.9.9:5061"]'), (CUBE, "[10.72.86.0/24]", "[10.9.9.0/24]")),
    ),
    "TL018": Case(
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields:\n    incomingTransport: TCP+UDP\n"),),
        f"{LINK}:22:3: error TL018: the CUBE speaks TLS and the security profile does not. "
        "Remove these fields, or state `tls: null`",
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields:\n    incomingTransport: TLS\n"),),
    ),
    "TL019": Case(
        ((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields:\n    incomingPort: 5071\n"),),
        f"{LINK}:23:5: error TL019: incomingPort is 5071, the CUBE calls port 5061. Remove it, or change tls.port",
        (
            (LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields:\n    incomingPort: 5071\n"),
            (LINK, "port: 5061", "port: 5071"),
        ),
    ),
    "TL020": Case(
        ((LINK, "    codec: g711ulaw\n    vad: false\n  inbound:", "    codec: g722-64\n    vad: false\n  inbound:"),),
        f"{LINK}:13:5: error TL020: IOS 15.6 encrypts G.711 and G.729 only, not g722-64. "
        "Use g711ulaw, g711alaw or g729r8, or set srtp: none",
        (
            (LINK, "    codec: g711ulaw\n    vad: false\n  inbound:", "    codec: g722-64\n    vad: false\n  inbound:"),
            (LINK, "srtp: fallback", "srtp: none"),
            (CUBE, "srtp: fallback", "srtp: none"),
        ),
    ),
    "TL021": Case(
        (WITH_NAME, WITH_SAME_NAME),
        f"{LINK}:20:1: error TL021: cube.example.com with port 5061 stands in the security profile of link busan-seoul too. "
        "Give one of the two links another tls.port",
        (
            WITH_NAME,
            WITH_SAME_NAME,
            (LINK, "port: 5061", "port: 5071"),
        ),
    ),
    "TL022": Case(
        (pinned(OWN, "other.example.com"),),
        f"{CUBE}:16:11: error TL022: other.example.com is not among the names of the certificate: vg-yohur.example.com. "
        "Enroll a certificate with that name, or correct the name",
        (pinned(OWN, "VG-Yohur.example.com"),),
    ),
    "TL023": Case(
        (outbound('lines: ["description what is this?"]'),),
        f"{LINK}:13:13: error TL023: the line holds a question mark, on which IOS prints help. Say it without `?`",
        (outbound('lines: ["description what this is"]'),),
    ),
    "TL024": Case(
        (OLD_RELEASE, *WITHOUT_CIPHERS),
        f"{MODERN_LINK}:8:3: error TL024: IOS 17.2 has no voice class tls-profile, which came with 17.3. "
        "Leave it out, or correct the release",
        ((MODERN_CUBE, 'release: "17.9"', 'release: "17.8"'),),
    ),
    "TL025": Case(
        ((MODERN_CUBE, "tls_version: v1.2", "tls_version: v1.3"),),
        f"{MODERN_CUBE}:23:3: error TL025: IOS 17.9 has no TLS 1.3, which came with 17.14. "
        "Leave it out, or correct the release",
        ((MODERN_CUBE, "tls_version: v1.2", "tls_version: v1.3"), (MODERN_CUBE, '"17.9"', '"17.14"')),
    ),
    "TL026": Case(
        ((CUBE, "", 'lines: ["snmp-server community public RO"]\n'),),
        f"{CUBE}:29:9: error TL026: this line would put a secret into git. Leave it out and set it on the CUBE by hand",
        ((CUBE, "", 'lines: ["ip domain name example.com"]\n'),),
    ),
    "TL027": Case(
        ((MODERN_CUBE, "border_element: true", "border_element:\n    license_capacity: 225"),),
        f"{MODERN_CUBE}:18:3: error TL027: IOS 17.9 counts sessions by itself and refuses a licensed capacity. "
        "Write `border_element: true`",
        ((CUBE, '"15.6"', '"17.1"'),),
    ),
    "TL028": Case(
        ((LINK, "name: SIP-TRUNK-YOHUR", "name: SIP-TRUNK-BUSAN"),),
        f"{MODERN_LINK}:35:3: error TL028: trunk SIP-TRUNK-BUSAN is stated by two links. Give each link a trunk of its own\n"
        f"{LINK}:26:3: error TL028: trunk SIP-TRUNK-BUSAN is stated by two links. Give each link a trunk of its own",
        ((LINK, "name: SIP-TRUNK-YOHUR", "name: SIP-TRUNK-BUSAN-2"),),
    ),
    "TL029": Case(
        ((CLUSTER, "publisher: true", "publisher: false"),),
        f"{CLUSTER}:3:1: error TL029: seoul has 0 nodes marked as publisher. Mark exactly one with `publisher: true`",
        ((CLUSTER, "publisher: true", 'publisher: True'),),
    ),
    "TL030": Case(
        ((MODERN_CUBE, "", "waivers:\n  - {rule: TL099, reason: a rule of another time, until: 2027-03-31}\n"),),
        f"{MODERN_CUBE}:32:5: error TL030: TL099 is no rule that can be waived. See docs/reference/lint.md",
        (FALLS_BACK, FALLS_BACK_TOO, waiver("TL014", "2027-03-31")),
    ),
    "TL031": Case(
        (FALLS_BACK, FALLS_BACK_TOO, (MODERN_CUBE, "early_offer: forced", "early_offer: off"), waiver("TL014", "2026-03-31")),
        f"{MODERN_CUBE}:32:5: warning TL031: the waiver of TL014 ended on 2026-03-31. "
        "Mend what it covered, or give it a new date and reason",
        (FALLS_BACK, FALLS_BACK_TOO, waiver("TL014", "2026-11-24")),
    ),
    "TL032": Case(
        (waiver("TL014", "2027-03-31"),),
        f"{MODERN_CUBE}:32:5: warning TL032: the waiver of TL014 covers nothing in this document. Remove it",
        (FALLS_BACK, FALLS_BACK_TOO, waiver("TL014", "2027-03-31")),
    ),
    "TL033": Case(
        ((LINK, "name: vg-yohur TLS", "name: cube-busan TLS"),),
        f"{LINK}:21:3: error TL033: security profile cube-busan TLS of seoul is stated differently by link busan-seoul. "
        "State it alike in both, or give it another name or tag here",
        ((LINK, "name: trunkline vg-yohur", "name: trunkline cube-busan"),),
    ),
    "TL034": Case(
        ((MODERN_LINK, "srtp: required", "srtp: none"),),
        "\n".join(
            f"{MODERN_LINK}:{line}:3: warning TL034: SRTP is none for the link and required for its {role} dial-peer. "
            f"State the same in srtp of the link and in voice_service.srtp of {MODERN_CUBE} or the dial-peer"
            for line, role in ((13, "outbound"), (23, "inbound"))
        ),
        ((MODERN_LINK, "srtp: required", "srtp: none"), (MODERN_CUBE, "srtp: required", "srtp: none")),
    ),
    "TL035": Case(
        ((MODERN_CUBE, "  address: 10.72.86.90\n", "  address: 10.72.86.86\n"),),
        f"{CUBE}:12:3: error TL035: 10.72.86.86 is an address of cube-busan already. Correct one of the two",
        ((MODERN_CUBE, "  address: 10.72.86.90\n", "  address: 10.72.86.87\n"),),
    ),
    "TL036": Case(
        ((MODERN_LINK, "[10.72.86.0/24]", "[10.72.87.0/24]"),),
        "\n".join(
            f"{MODERN_LINK}:7:3: error TL036: {node} is in none of the remote prefixes. "
            "Add its address, or leave remote_prefixes out"
            for node in ("cucm-pub (10.72.86.74)", "cucm-sub1 (10.72.86.75)", "cucm-sub2 (10.72.86.76)")
        ),
        ((MODERN_LINK, "[10.72.86.0/24]", "[10.72.86.72/29]"),),
    ),
    "TL037": Case(
        (outbound('lines: ["dial-peer voice 900 voip"]'),),
        f"{LINK}:13:13: error TL037: `dial-peer voice 900 voip` is no setting of its section: it opens another one, leaves its "
        "own, or acts at once. Remove it: only settings can be stated as lines",
        (outbound('lines: ["description voice 900 voip"]'),),
    ),
    "TL038": Case(
        (renewed(),),
        f"{CUBE}:16:3: error TL038: there is no issuer lab in estate.yaml. State it under issuers, or name one of none yet",
        (ISSUER, renewed()),
    ),
    "TL044": Case(
        ((ESTATE, "", "issuers:\n  lab: {kind: manual}\n"), renewed()),
        f"{ESTATE}:20:3: error TL044: the chain of issuer lab is not stated, and people cannot be asked for it. "
        "State `chain`: the issuing CA and those above it, in PEM",
        ((ESTATE, "", "issuers:\n  lab: {kind: manual, chain: file:ca.pem}\n"), renewed()),
    ),
    "TL045": Case(
        (ISSUER,),
        f"{ESTATE}:20:3: warning TL045: no identity names issuer lab. Name it in an identity, or remove it",
        (ISSUER, renewed()),
    ),
    "TL039": Case(
        (ISSUER, renewed(), windows("0 2 1 jan *")),
        f"{CUBE}:16:3: error TL039: a certificate of 90 days that begins on 2026-11-24 ends before two maintenance windows "
        "have opened. Let windows open more often, or certificates live longer",
        (ISSUER, renewed(), windows("0 2 * * sun")),
    ),
    "TL040": Case(
        (ISSUER, renewed(), windows("0 2 1 * *")),
        f"{CUBE}:16:3: warning TL040: a certificate of 90 days that begins on 2026-11-24 is switched before it is due, since "
        "less than two maintenance windows open between then and its end. "
        "Let windows open more often, or let `remaining` be more",
        (ISSUER, renewed(), windows("0 2 1,11,21 * *")),
    ),
    "TL041": Case(
        (ISSUER, renewed("  key: {type: ec, bits: 384}\n")),
        f"{CUBE}:18:3: error TL041: SIP of IOS 15.6 takes no EC key of 384 bits. "
        "Use type rsa with 2048 bits; such keys came with 16.10",
        (ISSUER, renewed("  key: {type: ec, bits: 256}\n")),
    ),
    "TL046": Case(
        (ISSUER, renewed_modern(384)),
        f"{MODERN_CUBE}:18:3: error TL046: link busan-seoul binds a key on P-384 without `curve-size 384`: the CUBE offers "
        "P-256 alone, and nodes refuse its certificate. Use type ec with 256 bits, or bind it by a TLS profile without "
        'cipher_class, with `lines: ["cipher ecdsa-cipher curve-size 384"]` in tls.profile of links/busan-seoul.yaml',
        (
            ISSUER,
            renewed_modern(384),
            (MODERN_LINK, "    cipher_class: 10\n", '    lines: ["cipher ecdsa-cipher curve-size 384"]\n'),
        ),
    ),
    "TL047": Case(
        (ISSUER, managed(", key: {type: ec, bits: 256}")),
        f"{CLUSTER}:18:44: error TL047: the certificates of Cisco CallManager that a trunk presents have RSA keys. "
        "Use type rsa with 2048, 3072 or 4096 bits",
        (ISSUER, managed(", key: {type: rsa, bits: 3072}")),
    ),
    "TL048": Case(
        (ISSUER, (ESTATE, "enforcement: enforce", "enforcement: observe"), managed()),
        f"{CLUSTER}:18:16: warning TL048: the certificates of seoul are managed, but no enforced TLS link leads there, so no "
        "pass renews them. Set `enforcement: enforce` for one of its TLS links, or `mode: watched`",
        (ISSUER, managed()),
    ),
    "TL042": Case(
        (ISSUER, renewed(names="vg-yohur")),
        f"{CUBE}:17:3: error TL042: vg-yohur is no full DNS name. Write it with its domain",
        (ISSUER, renewed()),
    ),
    "TL043": Case(
        (ISSUER, renewed(), trustpoint(60)),
        f"{CUBE}:18:3: error TL043: the trustpoint's name has 60 characters, and renewed ones need 4 more than it. "
        "Name a trustpoint of at most 59 characters",
        (ISSUER, renewed(), trustpoint(59)),
    ),
}  # fmt: skip
"""By code. The rules about whole files are not here: no edit of a document breaks them."""

FOLDERS: dict[str, tuple[dict[str, bytes], str, dict[str, bytes]]] = {
    "TL001": (
        {},
        "estate.yaml:1:1: error TL001: there are no documents here. "
        "Put estate.yaml, cubes/, clusters/ and links/ into this folder, or point trunkline at the right one",
        {"estate.yaml": b"enforcement: observe\n"},
    ),
    "TL002": (
        {**examples(), "trunks/a.yaml": b"a: 1\n"},
        "trunks/a.yaml:1:1: error TL002: no document has its place here. "
        "Put it into cubes/, clusters/ or links/, or move it out of the folder of desired state",
        examples(),
    ),
    "TL007": (
        {**examples(), "certificates/vg-yohur.pem": b"not yet"},
        "certificates/vg-yohur.pem:1:1: error TL007: there is no certificate in it. "
        "Put the certificate that the CA signed there, in PEM form, and nothing secret",
        {**examples(), "certificates/vg-yohur.pem": OWN.encode()},
    ),
    "TL006": (
        {**examples(), "cubes/vg-yohur.yml": examples()[CUBE]},
        "cubes/vg-yohur.yml:1:1: error TL006: cubes/vg-yohur.yaml states the same object. Keep one of the two",
        {path.replace(".yaml", ".yml"): content for path, content in examples().items()},
    ),
}


def folders(code: str) -> tuple[dict[str, bytes], str, dict[str, bytes]]:
    """A folder that breaks a rule, what is said of it, and one that does not."""
    if code in FOLDERS:
        return FOLDERS[code]
    case = CASES[code]
    return changed(*case.fails), case.said, changed(*case.passes)
