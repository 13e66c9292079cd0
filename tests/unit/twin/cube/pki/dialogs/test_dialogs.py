"""Every branch of the PKI dialogs, as a driver meets it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from support.console import NOW, SMALL, Console, authority, make_router, wish
from trunkline.twin.ca import Authority, Held, pem_of
from trunkline.twin.cube.pki.store import Key, Store

ACCEPT = "% Do you accept this certificate? [yes/no]: "
FAILED = "% Error in saving certificate: status = FAIL"
CONFIG = """hostname cube1
ip domain name example.com
service timestamps log datetime msec
crypto pki trustpoint T
 enrollment terminal pem
 fqdn none
 serial-number none
 ip-address none
 subject-name CN=cube1.example.com,O=Example
 subject-alt-name cube1.example.com
 rsakeypair K
"""


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def held(root: Authority) -> Held:
    return root.issue(wish())


def console_of(train: str = "17.9", config: str = CONFIG) -> Console:
    """In configuration mode."""
    router = make_router(train, config)
    assert isinstance(router.pki, Store)
    for header in router.running.headers("crypto pki trustpoint "):
        router.pki.on_trustpoint(header.split()[-1])
    console = Console(router)
    console.type("configure terminal")
    return console


def store(console: Console) -> Store:
    assert isinstance(console.router.pki, Store)
    return console.router.pki


def paste(console: Console, pem: str, end: str = "quit") -> str:
    return console.type(*pem.strip().splitlines(), end)


def enrolled(root: Authority, held: Held, train: str = "17.9") -> Console:
    console = console_of(train)
    store(console).install("T", root.issuer.certificate, held.certificate, Key("K", held.key, NOW))
    return console


class TestAuthenticate:
    def test_accepted(self, root: Authority) -> None:
        console = console_of()
        invitation = console.type("crypto pki authenticate T")
        assert invitation.endswith('\nEnd with a blank line or the word "quit" on a line by itself\n\n')
        question = paste(console, root.issuer.pem)
        assert question.endswith(ACCEPT)
        assert "       Fingerprint MD5: " in question
        assert "\n      Fingerprint SHA1: " in question
        assert console.type("yes").endswith(
            "Trustpoint CA certificate accepted.\n% Certificate successfully imported\n\ncube1(config)#"
        )
        assert store(console).trustpoints["T"].ca == root.issuer.certificate

    def test_the_question_insists(self, root: Authority) -> None:
        console = console_of()
        console.type("crypto pki authenticate T")
        paste(console, root.issuer.pem)
        assert console.type("perhaps").endswith(ACCEPT)
        assert "rejected" in console.type("no")
        assert store(console).trustpoints["T"].ca is None

    def test_an_intermediate_is_announced(self, root: Authority) -> None:
        console = console_of()
        console.type("crypto pki authenticate T")
        shown = paste(console, root.below("issuing", NOW).issuer.pem)
        assert "Trustpoint 'T' is a subordinate CA and holds a non self signed cert\nCertificate has" in shown

    @pytest.mark.parametrize(
        ("pin", "is_taken"), [("sha1", True), ("md5", True), ("0" * 40, False)], ids=["sha1", "md5", "another"]
    )
    @pytest.mark.parametrize("train", ["15.6", "17.9", "26.1"])
    def test_pinned(self, root: Authority, train: str, pin: str, is_taken: bool) -> None:
        """No question; a wrong pin is refused on every train."""
        algorithms: dict[str, hashes.HashAlgorithm] = {"sha1": hashes.SHA1(), "md5": hashes.MD5()}
        digits = root.issuer.certificate.fingerprint(algorithms[pin]).hex() if pin in algorithms else pin
        console = console_of(train)
        console.type("crypto pki trustpoint T", f"fingerprint {digits}", "exit", "crypto pki authenticate T")
        shown = paste(console, root.issuer.pem)
        assert ACCEPT not in shown
        assert shown.endswith("(config)#")
        assert ("Certificate validated - fingerprints matched." in shown) is is_taken
        assert (FAILED in shown) is not is_taken
        assert (store(console).trustpoints["T"].ca is not None) is is_taken

    def test_26_wants_a_pin(self, root: Authority) -> None:
        console = console_of("26.1")
        console.type("crypto pki authenticate T")
        shown = paste(console, root.issuer.pem)
        assert "Trustpoint fingerprint must be supplied.\nTrustpoint CA certificate is rejected. Abort.\n" + FAILED in shown

    @pytest.mark.parametrize("pasted", ["", "not base64 at all!", "MIIBAAAA"])
    def test_rubbish(self, pasted: str) -> None:
        console = console_of()
        console.type("crypto pki authenticate T")
        assert FAILED in console.type(*([pasted] if pasted else []), "quit")

    def test_a_blank_line_ends_the_paste_and_what_follows_is_a_command(self, root: Authority) -> None:
        console = console_of()
        console.type("crypto pki authenticate T")
        assert paste(console, root.issuer.pem, end="").endswith(ACCEPT)
        console.type("yes")
        assert "^" in console.type("quit")  # it reaches configuration mode

    def test_one_ca_each(self, root: Authority, held: Held) -> None:
        shown = enrolled(root, held).type("crypto pki authenticate T")
        assert "% Please delete your existing CA certificate first." in shown
        assert shown.endswith("(config)#")

    def test_unknown(self) -> None:
        assert "% Certificate Authority (trustpoint) X is unknown" in console_of().type("crypto pki authenticate X")

    def test_a_url_that_nobody_answers(self) -> None:
        console = console_of()
        console.type("crypto pki trustpoint S", "enrollment url http://10.9.9.9:80", "exit")
        assert "status = FAIL, cert length = 0" in console.type("crypto pki authenticate S")

    def test_control_c_leaves_the_paste(self) -> None:
        console = console_of()
        console.type("crypto pki authenticate T", "-----BEGIN CERTIFICATE-----")
        assert console.keys("\x03").endswith("(config)#")


class TestEnroll:
    def request(self, console: Console) -> x509.CertificateSigningRequest:
        shown = console.type("crypto pki enroll T", "yes")
        start, end = shown.index("-----BEGIN"), shown.index("---End - This line")
        console.type("no")
        return x509.load_pem_x509_csr(shown[start:end].strip().encode() + b"\n")

    def authenticated(self, root: Authority, train: str = "17.9", *lines: str) -> Console:
        console = console_of(train)
        console.type("crypto pki trustpoint T", *lines, "exit")
        store(console).trustpoints["T"].ca = root.issuer.certificate
        return console

    def test_the_request_says_what_the_lines_say(self, root: Authority) -> None:
        request = self.request(self.authenticated(root))
        assert request.subject.rfc4514_string() == "O=Example,CN=cube1.example.com"
        alternative = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert alternative.get_values_for_type(x509.DNSName) == ["cube1.example.com"]

    @pytest.mark.parametrize(
        ("line", "name"), [("hash sha256", "sha256"), ("hash sha384", "sha384"), ("hash sha512", "sha512")]
    )
    def test_its_hash_is_the_trustpoints(self, root: Authority, line: str, name: str) -> None:
        request = self.request(self.authenticated(root, "17.9", line))
        assert request.signature_hash_algorithm
        assert request.signature_hash_algorithm.name == name

    def test_the_key_is_the_one_named_and_made_where_missing(self, root: Authority) -> None:
        console = self.authenticated(root)
        request = self.request(console)
        assert list(store(console).keys) == ["K"]
        assert request.public_key() == store(console).keys["K"].private.public_key()
        assert self.request(console).public_key() == request.public_key()

    def test_a_name_goes_in_unless_there_is_none(self, root: Authority) -> None:
        console = self.authenticated(root, "17.9", "fqdn sbc.example.com")
        shown = console.type("crypto pki enroll T")
        assert "% The subject name in the certificate will include: sbc.example.com" in shown
        console.type("no")
        pending = store(console).trustpoints["T"].request
        assert pending
        assert "sbc.example.com" in {str(one.value) for one in pending.subject}

    def test_redisplay(self, root: Authority) -> None:
        console = self.authenticated(root)
        console.type("crypto pki enroll T")
        first = console.type("yes")
        assert first.endswith("Redisplay enrollment request? [yes/no]: ")
        assert console.type("yes").endswith("Redisplay enrollment request? [yes/no]: ")
        assert console.type("no").endswith("\n\ncube1(config)#")

    def test_questions_that_the_lines_leave_open(self, root: Authority) -> None:
        console = self.authenticated(root, "15.6", "no serial-number", "no ip-address")
        assert console.type("crypto pki enroll T").endswith(
            "% Include the router serial number in the subject name? [yes/no]: "
        )
        assert console.type("no").endswith("% Include an IP address in the subject name? [no]: ")
        assert console.type("").endswith("Display Certificate Request to terminal? [yes/no]: ")

    def test_without_a_ca_it_is_asked_for_first(self, root: Authority) -> None:
        console = console_of()
        shown = console.type("crypto pki enroll T")
        assert "% You must authenticate the Certificate Authority before\nyou can enroll with it.\n% Attempting" in shown
        assert paste(console, root.issuer.pem).endswith(ACCEPT)

    def test_again(self, root: Authority, held: Held) -> None:
        """The old certificate stays until the new one is imported."""
        console = enrolled(root, held)
        assert console.type("crypto pki enroll T").endswith("Do you want to continue with re-enrollment? [yes/no]: ")
        console.type("yes", "no")
        trustpoint = store(console).trustpoints["T"]
        assert trustpoint.identity == held.certificate
        assert trustpoint.request is not None
        assert "Certificate request(s) ..... Yes" in console.type("do show crypto pki trustpoints T status")

    def test_the_log_may_interrupt(self, root: Authority) -> None:
        console = self.authenticated(root, "17.15")
        console.type("do terminal monitor")
        shown = console.type("crypto pki enroll T")
        assert "%PKI-6-CSR_FINGERPRINT:" in shown
        assert shown.index("CSR Fingerprint SHA1") < shown.index("Display Certificate Request")


class TestImport:
    def test_a_certificate_for_another_key(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        console.type("do terminal monitor", "crypto pki import T certificate")
        shown = paste(console, root.issue(wish()).pem)
        assert "%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key does not match for Trustpoint-T." in shown
        assert "% Failed to parse or verify imported certificate" in shown
        assert store(console).trustpoints["T"].identity == held.certificate

    def test_of_another_ca(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        console.type("crypto pki import T certificate")
        other = Authority.create("Example Root", NOW)
        other = Authority((Held(other.issuer.certificate, other.issuer.key),))
        shown = paste(console, other.issue(wish(), held.key).pem)
        assert "% Failed to parse or verify imported certificate" in shown

    @pytest.mark.parametrize("days", [-30, 4000])
    def test_the_clock_decides(self, root: Authority, held: Held, days: int) -> None:
        console = enrolled(root, held)
        console.router.clock_skew = timedelta(days=days)
        console.type("crypto pki import T certificate")
        assert "% Failed to parse" in paste(console, root.issue(wish(), held.key).pem)

    def test_renewed(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        console.type("crypto pki import T certificate")
        renewed = root.issue(wish(), held.key)
        assert "% Router Certificate successfully imported\n\n" in paste(console, renewed.pem)
        assert store(console).trustpoints["T"].identity == renewed.certificate

    def test_without_a_ca(self) -> None:
        assert "% You must authenticate the Certificate Authority before" in console_of().type(
            "crypto pki import T certificate"
        )

    def test_pem_files_into_a_trustpoint_in_use(self, root: Authority, held: Held) -> None:
        shown = enrolled(root, held).type("crypto pki import T pem terminal password secret123")
        assert "% Trustpoint 'T' is in use." in shown

    def test_pem_files_with_a_wrong_password(self, root: Authority, held: Held) -> None:
        console = console_of()
        console.type("crypto pki import P pem terminal password wrong")
        paste(console, root.issuer.pem)
        paste(console, held.key_pem.replace("MII", "XII"))
        assert "% PEM files import failed." in paste(console, held.pem)
        assert "P" not in store(console).trustpoints


class TestExport:
    def test_ca_first(self, root: Authority, held: Held) -> None:
        shown = enrolled(root, held).ask("crypto pki export T pem terminal")
        assert shown[0] == "% CA certificate:"
        second = shown.index("% General Purpose Certificate:")
        assert "\n".join(shown[1:second]).strip() == root.issuer.pem.strip()
        assert "\n".join(shown[second + 1 :]).strip() == held.pem.strip()

    def test_not_enrolled(self, root: Authority) -> None:
        console = console_of()
        store(console).trustpoints["T"].ca = root.issuer.certificate
        shown = console.ask("crypto pki export T pem terminal")
        assert shown[:3] == [
            "% The specified trustpoint is not enrolled (T).",
            "% Only export the CA certificate in PEM format.",
            "% CA certificate:",
        ]

    def test_a_key_only_where_it_may_leave(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        assert console.ask("crypto pki export T pem terminal 3des secret123") == ["% RSA keypair K is not exportable."]
        store(console).keys["K"].is_exportable = True
        shown = console.ask("crypto pki export T pem terminal 3des secret123")
        assert "% Key name: K" in shown
        assert "Proc-Type: 4,ENCRYPTED" in shown

    def test_nothing_there(self) -> None:
        assert console_of().ask("crypto pki export X pem terminal") == ["% Trustpoint 'X' does not exist"]


class TestRemoval:
    def test_asks_when_it_holds_something(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held, "15.6")
        shown = console.type("no crypto pki trustpoint T")
        assert "\nreceived from the related Certificate Authority.\n" in shown  # 17 has a blank before it
        console.type("no")
        assert "T" in store(console).trustpoints
        console.type("no crypto pki trustpoint T", "yes")
        assert "T" not in store(console).trustpoints
        assert console.router.running.headers("crypto pki trustpoint") == ()
        assert list(store(console).keys) == ["K"]  # keys stay

    def test_does_not_ask_when_empty(self) -> None:
        assert console_of().ask("no crypto pki trustpoint T") == []

    def test_the_chain_alone(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        shown = console.type("no crypto pki certificate chain T")
        assert "This will remove all certificates for trustpoint T" in shown
        console.type("yes")
        assert store(console).trustpoints["T"].is_empty
        assert console.router.running.headers("crypto pki trustpoint") == ("crypto pki trustpoint T",)

    def test_a_key_takes_its_certificates_along(self, root: Authority, held: Held) -> None:
        console = enrolled(root, held)
        assert "% Keys to be removed are named 'K'." in console.type("crypto key zeroize rsa K")
        console.type("yes")
        assert store(console).keys == {}
        assert store(console).trustpoints["T"].identity is None
        assert "No RSA keys found" in console.type("crypto key zeroize rsa K")


class TestKeys:
    def test_options_in_any_order(self) -> None:
        console = console_of()
        console.type("crypto key generate rsa modulus 1024 exportable label A")
        console.type("cry key gen rsa general-keys label B mod 1024")
        assert {label: key.is_exportable for label, key in store(console).keys.items()} == {"A": True, "B": False}

    @pytest.mark.parametrize("bits", ["256", "384", "521"])
    def test_ec(self, bits: str) -> None:
        console = console_of()
        assert f"% Generating {bits} bit EC keys" in console.type(f"crypto key generate ec keysize {bits} label E")
        assert "Key type: EC KEYS" in console.type("do show crypto key mypubkey ec E")

    def test_without_a_label_the_host_name_serves(self) -> None:
        console = console_of(config=SMALL)
        console.type("crypto key generate rsa modulus 1024")
        assert list(store(console).keys) == ["cube1.example.com"]
        nameless = console_of(config="hostname cube1\n")
        assert nameless.ask("crypto key generate rsa modulus 1024") == ["% Please define a domain-name first."]

    @pytest.mark.parametrize("options", ["modulus 100", "modulus 100000", "label"])
    def test_refused(self, options: str) -> None:
        console = console_of()
        assert "%" in console.type(f"crypto key generate rsa {options}")
        assert store(console).keys == {}

    def test_classic_ios_asks_before_it_replaces(self) -> None:
        console = console_of("15.6")
        console.type("crypto key generate rsa label K modulus 1024")
        before = store(console).keys["K"]
        console.type("crypto key generate rsa label K modulus 1024", "no")
        assert store(console).keys["K"] is before
        console.type("crypto key generate rsa label K modulus 1024", "yes")
        assert store(console).keys["K"] is not before


def test_the_startup_configuration_refers_to_files(root: Authority, held: Held) -> None:
    console = enrolled(root, held)
    console.type("end", "write memory")
    running, startup = console.ask("show running-config"), console.ask("show startup-config")
    assert "  \tquit" in running
    assert "  \tquit" not in startup
    assert any(line.startswith(" certificate ca ") and " nvram:" in line and line.endswith("CA.cer") for line in startup)


def test_the_chain_is_printed_and_read_back(root: Authority, held: Held) -> None:
    console = enrolled(root, held)
    console.type("end")
    copied = make_router("17.9", "\n".join(console.ask("show running-config")))
    assert isinstance(copied.pki, Store)
    assert copied.pki.trustpoints["T"].ca == root.issuer.certificate
    assert copied.pki.trustpoints["T"].identity == held.certificate
    assert copied.pki.keys == {}
    assert pem_of(held.certificate) == held.pem


def test_an_old_release_knows_no_alternative_names() -> None:
    console = Console(make_router("15.6"))
    console.type("configure terminal", "crypto pki trustpoint T")
    assert "Invalid input" in console.type("subject-alt-name cube1.example.com")


def test_what_was_logged_is_shown() -> None:
    router = make_router("17.9")
    router.syslog("%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key does not match for Trustpoint-T.")
    router.syslog("%SYS-5-CONFIG_I: Configured from console by kim")
    (line,) = Console(router).ask("show logging | include PKI-3")
    assert line.endswith("for Trustpoint-T.")
