"""What the PKI commands print, line by line against captures of real devices: words, columns, blanks, order."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from support.console import NOW, SMALL, Console, authority, body_of, make_router, wish
from trunkline.twin.ca import Held, new_key
from trunkline.twin.cube.pki.store import Key, Store
from trunkline.twin.cube.router import Router

pytestmark = pytest.mark.samples


def lines_of(samples: Path, name: str) -> list[str]:
    return (samples / f"{name}.txt").read_text().splitlines()


def layout(lines: list[str], *, has_blanks: bool = True) -> list[str]:
    """Lines with their values blotted out. `has_blanks` is off for captures that lost the blanks at line ends on the way."""
    blotted = []
    for line in lines:
        text = re.sub(r"\b[0-9A-F]{8}( [0-9A-F]{2,8})+", "HEX", line)
        text = re.sub(r"\d\d:\d\d:\d\d [A-Z]{3} [A-Z][a-z]{2} \d{1,2} \d{4}", "DATE", text)
        text = re.sub(r"(?<=\(hex\): )\w+", "SERIAL", text)
        text = re.sub(r"(?<=^    )(\w+)=.*$", r"\1=VALUE", text)
        text = re.sub(r"(?<=^    )(Name|Serial Number|IP Address): .*$", r"\1: VALUE", text)
        text = re.sub(r"(?<=: nvram:).*$", "FILE", text)
        text = re.sub(r"(?<=Trustpoints: ).*?(?= ?$)", "NAMES", text)
        text = re.sub(r"(?<=Trustpoint: ).*?(?= ?$)", "NAME", text)
        text = re.sub(r"(?<=Label: ).*$", "LABEL", text)
        text = re.sub(r"^    (http|ldap):.*$", "    URL", text)
        text = re.sub(r"(?<=CA ISSUERS: ).*$", "URL", text)
        text = re.sub(r"(SHA\d+|MD5) with", "HASH with", text)
        blotted.append(text if has_blanks else text.rstrip())
    return blotted


def issued(subject: x509.Name, issuer: Held, extensions: list[tuple[x509.ExtensionType, bool]]) -> Held:
    """A certificate with exactly these extensions."""
    key = new_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(3)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return Held(builder.sign(issuer.key, hashes.SHA256()), key)


def name(*pairs: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def usage(**bits: bool) -> x509.KeyUsage:
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
        "encipher_only decipher_only"
    )
    return x509.KeyUsage(**{bit: bits.get(bit, False) for bit in every.split()})


def installed(router: Router, label: str, ca: x509.Certificate, held: Held | None) -> None:
    """A trustpoint as an administrator left it."""
    assert isinstance(router.pki, Store)
    router.configure(router.running.root, f"crypto pki trustpoint {label}")
    if held is None:
        router.pki.trustpoints[label].ca = ca
        return
    router.pki.install(label, ca, held.certificate, Key(label, held.key, NOW))
    router.pki.trustpoints[label].authenticated_at = NOW


def own_ca(*extensions: tuple[x509.ExtensionType, bool]) -> Held:
    """A root with two RDNs and only the extensions given."""
    key = new_key()
    subject = name((NameOID.ORGANIZATION_NAME, "cisco"), (NameOID.COMMON_NAME, "RSA-CA"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0x4BE62C7CF3A30DDB)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, is_critical)
    return Held(builder.sign(key, hashes.SHA256()), key)


CA_USAGE = usage(digital_signature=True, key_cert_sign=True, crl_sign=True)


def test_verbose_certificates(samples: Path) -> None:
    ca = own_ca((CA_USAGE, True))
    subject = name(
        (NameOID.ORGANIZATION_NAME, "cisco"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "PKI"), (NameOID.COMMON_NAME, "ROUTER")
    )
    own = issued(subject, ca, [(usage(digital_signature=True, key_encipherment=True, data_encipherment=True), True)])
    router = make_router("17.6")
    installed(router, "openssl_test", ca.certificate, own)
    shown = Console(router).ask("show crypto pki certificates verbose openssl_test")
    assert layout(shown) == layout(lines_of(samples, "show_crypto_pki_certificates_verbose_X__iosxe_17__c8kv"))


def test_verbose_certificates_with_many_extensions(samples: Path) -> None:
    """That capture has lost the blanks at line ends, and its image prints no install time."""
    identifier = x509.SubjectKeyIdentifier(b"\x01" * 20)
    authority_id = x509.AuthorityKeyIdentifier(b"\x02" * 20, None, None)
    url = x509.UniformResourceIdentifier("ldap:///CN=ca")
    points = x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])
    access = x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, url)])
    usages = x509.ExtendedKeyUsage(
        [x509.ObjectIdentifier(oid) for oid in ("1.3.6.1.5.5.8.2.2", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")]
    )
    ca_name = name((NameOID.DOMAIN_COMPONENT, "com"), (NameOID.DOMAIN_COMPONENT, "qytang"), (NameOID.COMMON_NAME, "CA"))
    issuer = own_ca()
    ca = issued(ca_name, issuer, [(CA_USAGE, True), (identifier, False), (x509.BasicConstraints(True, None), True)])
    subject = name(
        (x509.ObjectIdentifier("1.2.840.113549.1.9.2"), "c8kv3"),
        (NameOID.ORGANIZATION_NAME, "q"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "qb"),
        (NameOID.COMMON_NAME, "c8kv3"),
    )
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (points, False),
        (usages, False),
        (access, False),
        (authority_id, False),
    ]
    extensions += [(identifier, False), (usage(digital_signature=True, key_encipherment=True), True)]
    own = issued(subject, ca, extensions)
    router = make_router("16.12")
    installed(router, "CA", ca.certificate, own)
    installed(router, "DTLS", ca.certificate, None)
    shown = layout(Console(router).ask("show crypto pki certificates verbose CA"), has_blanks=False)
    wanted = lines_of(samples, "show_crypto_pki_certificates_verbose_X__iosxe_17__c8kv_eku_crldp")[1:]
    # the CA of the capture is a root of three RDNs; ours is signed by one of two
    position = shown.index("CA Certificate")
    wanted_position = wanted.index("CA Certificate")
    assert shown[:position] == layout(wanted[:wanted_position], has_blanks=False)
    assert [line for line in shown[position:] if "=" not in line] == [
        line for line in layout(wanted[wanted_position:], has_blanks=False) if "=" not in line and line
    ]


def test_plain_certificates(samples: Path) -> None:
    """Of a chain whose middle is known to one trustpoint; stored in NVRAM on the capture of 16.12's kind."""
    url = x509.UniformResourceIdentifier("http://www.example.com/crl")
    points = x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])
    root = own_ca()
    pair = name((NameOID.ORGANIZATION_NAME, "Cisco"), (NameOID.COMMON_NAME, "CA SHA2"))
    ca = issued(pair, root, [(points, False)])
    subject = name((NameOID.SERIAL_NUMBER, "PID:X SN:Y"), (NameOID.COMMON_NAME, "X-1"))
    own = issued(subject, ca, [(points, False)])
    router = make_router("16.12")
    installed(router, "CISCO_IDEVID_SUDI", ca.certificate, own)
    shown = Console(router).ask("show crypto pki certificates CISCO_IDEVID_SUDI")
    wanted = lines_of(samples, "show_crypto_pki_certificates__iosxe_16__c3850")
    assert layout(shown) == layout([line for line in wanted[1:] if line != "        "])


def test_a_self_signed_certificate(samples: Path) -> None:
    router = make_router("16.12")
    console = Console(router)
    console.type(
        "configure terminal",
        "crypto pki trustpoint TP-self-signed-4146203551",
        "enrollment selfsigned",
        "fqdn none",
        "serial-number none",
        "ip-address none",
        "subject-name cn=IOS-Self-Signed-Certificate-4146203551",
        "exit",
        "crypto pki enroll TP-self-signed-4146203551",
        "yes",
        "end",
        "write memory",
    )
    shown = layout(console.ask("show crypto pki certificates"), has_blanks=False)
    wanted = lines_of(samples, "show_crypto_pki_certificates__iosxe_16__csr1000")
    assert shown == layout([line for line in wanted if line.strip()], has_blanks=False)


def test_a_pending_request(samples: Path) -> None:
    router = make_router("15.6")
    installed(router, "VPN1", authority().issuer.certificate, None)
    console = Console(router)
    console.type("configure terminal", "crypto pki trustpoint VPN1", "enrollment terminal", "exit", "crypto pki enroll VPN1")
    console.type("yes", "yes", "10.10.20.2", "no", "end")
    shown = console.ask("show crypto pki certificates VPN1")
    wanted = lines_of(samples, "show_crypto_pki_certificates__ios__pending_request")
    assert layout(shown[: len(wanted)], has_blanks=False) == layout(wanted, has_blanks=False)


def test_trustpoint_status(samples: Path) -> None:
    root = own_ca()
    pair = name((NameOID.ORGANIZATION_NAME, "Cisco"), (NameOID.COMMON_NAME, "CA"))
    own = issued(pair, root, [])
    router = make_router("16.12")
    installed(router, "SLA-TrustPoint", root.certificate, None)
    installed(router, "CISCO_IDEVID_SUDI", root.certificate, own)
    shown = Console(router).ask("show crypto pki trustpoints status")
    wanted = lines_of(samples, "show_crypto_pki_trustpoints_status__iosxe_16__isr4451")
    upto = wanted.index("Trustpoint CISCO_IDEVID_SUDI0:")

    def blotted(lines: list[str]) -> list[str]:
        return [re.sub(r"^     cn=.*$", "     NAME", line) for line in layout(lines)]

    assert blotted(shown) == blotted(wanted[:upto])


def test_trustpoints(samples: Path) -> None:
    router = make_router("17.6")
    installed(router, "SLA-TrustPoint", own_ca().certificate, None)
    shown = Console(router).ask("show crypto pki trustpoints")
    wanted = lines_of(samples, "show_crypto_pki_trustpoints__iosxe_17__1")
    assert layout(shown) == layout(wanted[: wanted.index("Trustpoint CISCO_IDEVID_SUDI:")])[: len(shown)] or layout(
        shown[1:]
    ) == layout(wanted[1 : wanted.index("Trustpoint CISCO_IDEVID_SUDI:")])


@pytest.mark.parametrize(
    ("capture", "command", "train", "options"),
    [
        ("show_crypto_key_mypubkey_rsa_NAME__iosxe_17__1", "rsa test", "17.6", "rsa general-keys label test modulus 2048"),
        (
            "show_crypto_key_mypubkey_rsa_NAME__iosxe_17__exportable4096",
            "rsa test",
            "17.15",
            "rsa exportable general-keys label test modulus 2048",
        ),
        ("show_crypto_key_mypubkey_ec__iosxe_17__1", "ec", "17.6", "ec keysize 256 label test"),
    ],
)
def test_keys(samples: Path, capture: str, command: str, train: str, options: str) -> None:
    console = Console(make_router(train))
    console.type("configure terminal", f"crypto key generate {options}", "end")
    shown = console.ask(f"show crypto key mypubkey {command}")
    wanted = lines_of(samples, capture)[1:]
    blot = re.compile(r"(?<=Key name: ).*|\d{4}(?= bits)")

    def head(lines: list[str]) -> list[str]:
        """All but the hex, which is as long as the key."""
        return [blot.sub("VALUE", line) for line in layout(lines) if not re.match(r"^  (HEX|[0-9A-F]{8})", line)]

    assert head(shown) == head(wanted)
    if "4096" not in capture:  # a web page, without blanks at line ends
        full, last = [line for line in shown if re.match(r"^  [0-9A-F]{8}", line)], [line for line in wanted if line]
        assert re.fullmatch(r"  ([0-9A-F]{8} ){8}", full[0])
        assert re.fullmatch(r"  ([0-9A-F]{8} ){8}", wanted[-3])
        assert full[-1] == full[-1].rstrip()
        assert last[-1] == last[-1].rstrip()


def dialog(text: str) -> list[str]:
    """A transcript without names, values and base64 bodies; the base64 is one word, however long."""
    lines = []
    for line in text.splitlines():
        if lines[-1:] == ["<base64>"] and re.fullmatch(r"[A-Za-z0-9+/=]+", line):
            continue
        if re.fullmatch(r"[A-Za-z0-9+/=]{20,}|<base64.*>", line):
            lines.append("<base64>")
            continue
        line = re.sub(r"^\S+\(config\)#\s?", "P#", line)  # noqa: PLW2901 - blotted step by step
        line = re.sub(r"\b[0-9A-F]{8}( [0-9A-F]{8})+", "HEX", line)  # noqa: PLW2901
        line = re.sub(r"(?<=will include: ).*", "NAME", line)  # noqa: PLW2901
        line = re.sub(r"\b(DTLS|CCM-cert-02|sip-trunk-cert|gnmitrustpoint1|TP)\b", "TP", line)  # noqa: PLW2901
        line = re.sub(r"\d+\.\d+\.\d+\.\d+", "ADDRESS", line)  # noqa: PLW2901
        lines.append(line.rstrip())
    return lines


ENROLLING = (
    "configure terminal",
    "crypto pki trustpoint TP",
    "enrollment terminal",
    "subject-name CN=cube1.example.com",
    "ip-address 10.72.86.86",
    "exit",
)


def test_authenticate_enroll_import(samples: Path) -> None:
    """The whole way of a trustpoint, as one transcript."""
    console, root = Console(make_router("17.9")), authority()
    console.type(*ENROLLING)
    shown = console.type("crypto pki authenticate TP", *root.issuer.pem.strip().splitlines(), "", "yes")
    shown += console.type("crypto pki enroll TP", "no")
    printed = console.type("yes")
    shown += printed + console.type("no")
    request = x509.load_pem_x509_csr(_framed(printed))
    certificate = signed(request, root.issuer)
    shown += console.type("crypto pki import TP certificate", *pem(certificate), "")
    transcript = dialog("cube1(config)#" + shown)
    wanted = (samples / "dialog_crypto_pki_authenticate_enroll_import_terminal__iosxe_17__c8kv.txt").read_text()
    wanted = wanted[: wanted.index("CSR3#show")]
    assert transcript == [*dialog(wanted.rstrip()), "", "P#"]


def _framed(printed: str) -> bytes:
    body = [line for line in printed.splitlines() if re.fullmatch(r"[A-Za-z0-9+/=]{4,64}", line) and line != "yes"]
    return "\n".join(["-----BEGIN CERTIFICATE REQUEST-----", *body, "-----END CERTIFICATE REQUEST-----", ""]).encode()


def signed(request: x509.CertificateSigningRequest, issuer: Held) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(request.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .sign(issuer.key, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> list[str]:
    return certificate.public_bytes(serialization.Encoding.PEM).decode().strip().splitlines()


def test_a_certificate_that_is_no_ca(samples: Path) -> None:
    """The article's own transcript."""
    console, root = Console(make_router("15.6")), authority()
    console.type("configure terminal", "crypto pki trustpoint CCM-cert-02", "enrollment terminal", "exit")
    shown = console.type("crypto pki authenticate CCM-cert-02", *root.issue(wish()).pem.strip().splitlines(), "", "yes")
    wanted = (samples / "dialog_crypto_pki_authenticate__ios15__non_ca_cert.txt").read_text()
    wanted = re.sub(r"\(.*\)\n(?=[a-z])", "", wanted)  # the author's remark amid the base64
    transcript = dialog("VG_yohur(config)#" + shown)
    assert transcript[: len(dialog(wanted))] == dialog(wanted)


@pytest.mark.parametrize("part", [0, 1])
def test_26_takes_no_unpinned_ca(samples: Path, part: int) -> None:
    console, root = Console(make_router("26.1")), authority()
    pin = root.issuer.certificate.fingerprint(hashes.SHA1()).hex()
    lines = ["configure terminal", "crypto pki trustpoint TP", "enrollment terminal", *([f"fingerprint {pin}"] if part else [])]
    console.type(*lines, "exit", "crypto pki authenticate TP")
    shown = console.type(*root.issuer.pem.strip().splitlines(), "quit")
    wanted = (samples / "dialog_crypto_pki_authenticate__iosxe_26__fingerprint_required.txt").read_text().split("---\n")[part]
    assert wanted.strip() in shown


def test_export(samples: Path) -> None:
    """The article's transcript ends within the second block."""
    root = authority()
    router = make_router("15.6")
    installed(router, "sip-trunk-cert", root.issuer.certificate, root.issue(wish()))
    console = Console(router)
    console.type("configure terminal")
    shown = dialog("VG(config)#" + console.type("crypto pki export sip-trunk-cert pem terminal"))
    wanted = re.sub(r"\n\(.*\)(?=\n)", "", (samples / "dialog_crypto_pki_export_pem_terminal__ios15.txt").read_text())
    assert shown[: len(dialog(wanted))] == dialog(wanted)


def test_import_of_pem_files(samples: Path) -> None:
    root = authority()
    own = root.issue(wish())
    key = own.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(b"Cisco12345"),
    ).decode()
    console = Console(make_router("17.9"))
    console.type("configure terminal")
    shown = console.type("crypto pki import TP pem terminal password Cisco12345")
    shown += console.type(*root.issuer.pem.strip().splitlines(), "")
    shown += console.type(*key.strip().splitlines(), "", "quit")
    shown += console.type(*own.pem.strip().splitlines(), "")
    wanted = (samples / "dialog_crypto_pki_import_pem_terminal__iosxe_17__c9300.txt").read_text()
    wanted = wanted[: wanted.index("Jun 23")]
    transcript = [re.sub(r"DEK-Info.*", "DEK-Info", line) for line in dialog("C9300(config)#" + shown)]
    assert transcript == [re.sub(r"DEK-Info.*", "DEK-Info", line) for line in dialog(wanted)]


def test_removing_a_trustpoint(samples: Path) -> None:
    root = authority()
    router = make_router("17.9")
    installed(router, "gnmitrustpoint1", root.issuer.certificate, None)
    console = Console(router)
    console.type("configure terminal")
    shown = dialog("C9300(config)#" + console.type("no crypto pki trustpoint gnmitrustpoint1", "yes"))
    wanted = dialog((samples / "dialog_no_crypto_pki_trustpoint__iosxe_17__c9300.txt").read_text())
    assert shown[: len(wanted)] == wanted


def variants(samples: Path) -> list[list[str]]:
    text = (samples / "dialog_crypto_key_generate_rsa__ios__variants.txt").read_text()
    return [
        [re.sub(r"^\S+#", "", line) for line in part.strip().splitlines()] for part in re.split(r"^--- .*\n", text, flags=re.M)
    ]


def seconds(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+ seconds", "9 seconds", line).rstrip() for line in lines]


def test_generating_a_key(samples: Path) -> None:
    sized, asked, replaced, questioned = variants(samples)
    console = Console(make_router("17.9"))
    console.type("configure terminal")
    shown = console.type(sized[0]).splitlines()
    assert seconds(shown[: len(sized) - 1]) == seconds(sized[:-1])
    shown = console.type(asked[0], "2048").splitlines()
    assert seconds(shown)[: len(asked)] == seconds(asked)
    console.type("crypto key generate rsa general-keys modulus 2048 label ca")
    shown = console.type(replaced[0]).splitlines()
    assert seconds(shown)[: len(replaced)] == seconds(replaced)
    classic = Console(make_router("15.6"))
    classic.type("configure terminal", "crypto key generate rsa label x modulus 1024")
    assert [line.rstrip() for line in classic.type("crypto key generate rsa label x modulus 1024").splitlines()][
        1:
    ] == questioned


def test_a_long_key_is_made_in_the_background(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trunkline.twin.cube.pki.dialogs.keys.new_key", lambda kind, bits: new_key(kind, 1024))
    console = Console(make_router("17.15"))
    lines = (samples / "dialog_crypto_key_generate_rsa_4096_background__iosxe_17.txt").read_text().splitlines()
    shown = console.type(re.sub(r"^\S+# ", "", lines[0])).splitlines()
    assert [line for line in shown[1:-1] if line] == lines[1:]


def test_zeroizing_every_key(samples: Path) -> None:
    lines = (samples / "dialog_crypto_key_zeroize_rsa__ios_iosxe.txt").read_text().splitlines()
    console = Console(make_router("17.9"))
    console.type("configure terminal", "crypto key generate rsa label x modulus 1024")
    shown = console.type("crypto key zeroize rsa", "yes").splitlines()
    assert shown[1 : len(lines)] == lines[1:]


def test_a_self_signed_enrolment(samples: Path) -> None:
    wanted = (samples / "dialog_crypto_pki_enroll_selfsigned__ios.txt").read_text()
    wanted = wanted[wanted.index("% The fully-qualified") :]
    console = Console(make_router("15.6", SMALL))
    console.type("configure terminal", "crypto pki trustpoint T", "enrollment selfsigned", "fqdn none", "exit")
    shown = console.type("crypto pki enroll T", "no", "no", "yes").splitlines()[1:]
    assert [line for line in shown if line][:-1] == wanted.strip().splitlines()


def test_a_second_self_signed_certificate(samples: Path) -> None:
    console = Console(make_router("26.1"))
    for label in ("A", "B"):
        console.type("configure terminal", f"crypto pki trustpoint {label}", "enrollment selfsigned")
        console.type("fqdn none", "serial-number none", "ip-address none", "exit")
        shown = console.type(f"crypto pki enroll {label}")
        if label == "A":
            console.type("yes")
    wanted = (samples / "dialog_second_selfsigned_trustpoint__iosxe_26.txt").read_text()
    assert wanted.replace("TP-self-signed-4130127353", "A").strip() in shown
    console.type("yes", "yes")
    assert isinstance(console.router.pki, Store)
    assert list(console.router.pki.trustpoints) == ["B"]
    assert console.router.running.headers("crypto pki trustpoint") == ("crypto pki trustpoint B",)


def test_base64_without_frame_is_taken_too() -> None:
    console = Console(make_router("17.9"))
    console.type("configure terminal", "crypto pki trustpoint T", "enrollment terminal", "exit", "crypto pki authenticate T")
    assert "successfully imported" in console.type(*body_of(authority().issuer.pem), "quit", "yes")
