"""The simulated certificate API on real sockets: users, uploads, replication, renewal, restarts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from support.cluster import ClusterScene, running_cluster, until
from trunkline.twin.ca import Authority, Held, Wish, certify, new_key, pem_of, self_signed
from trunkline.twin.cucm.web.access import PlatformUser

NOW = datetime.now(UTC)
KEY = new_key()  # one key for every certificate here: making them is slow
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("certificates")) as running:
        yield running


def certificate(name: str, *, age_days: int = 0, days: int = 100, organization: str = "") -> str:
    moment = NOW - timedelta(days=age_days)
    return self_signed(Wish(name, moment, days, names=(name,), organization=organization), KEY).pem


def files(scene: ClusterScene, node: str, name: str) -> list[str]:
    """The file names in CallManager-trust that begin with a name."""
    rows = scene.rest("GET", "/trust/certificate", node, params={"service": "CallManager"}).json()
    return [row["filename"] for row in rows if row["filename"].startswith(name)]


def message(response: object) -> str:
    return str(response.json()["message"])  # type: ignore[attr-defined]


class TestWhoMayAsk:
    def test_application_users_are_strangers_here(self, scene: ClusterScene) -> None:
        answer = scene.rest("GET", "/snapshot/server", auth=scene.cluster.spec.axl_user)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="CMPlatform Realm"'

    def test_privilege_0_reads_only(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.platform_users["cucm-pub"].update(reader=PlatformUser("r", 0)))
        assert scene.rest("GET", "/snapshot/server", auth=("reader", "r")).status_code == 200
        body = {"service": ["CallManager"], "certificates": [certificate("reader.example.com")]}
        assert scene.rest("POST", "/trust/certificates", auth=("reader", "r"), json=body).status_code == 403

    def test_users_belong_to_one_node(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.platform_users["cucm-sub1"].update(local=PlatformUser("l")))
        assert scene.rest("GET", "/options", "cucm-sub1", auth=("local", "l")).status_code == 200
        assert scene.rest("GET", "/options", "cucm-sub2", auth=("local", "l")).status_code == 401


class TestTrust:
    def test_a_snapshot_holds_own_certificates_and_trust_of_each_unit(self, scene: ClusterScene) -> None:
        body = scene.rest("GET", "/snapshot/server", "cucm-sub1").json()
        assert body["server"] == "cucm-sub1.example.com"
        assert {entry["service"] for entry in body["identities"]} == {"CallManager", "tomcat"}
        assert {entry["service"] for entry in body["trusts"]} == {"CallManager-trust", "tomcat-trust"}

    def test_an_upload_on_the_publisher_reaches_the_subscribers_later(self, scene: ClusterScene) -> None:
        assert scene.trust(certificate("spread.example.com")).status_code == 200
        assert files(scene, "cucm-pub", "spread")
        until(lambda: all(files(scene, node, "spread") for node in NODES), "replicated")

    def test_an_upload_on_a_subscriber_stays_there(self, scene: ClusterScene) -> None:
        scene.trust(certificate("local.example.com"), "cucm-sub1")
        scene.trust(certificate("later.example.com"))
        until(lambda: bool(files(scene, "cucm-sub2", "later")), "replicated")
        assert [bool(files(scene, node, "local")) for node in NODES] == [False, True, False]

    def test_a_removal_on_any_node_is_one_on_all(self, scene: ClusterScene) -> None:
        scene.trust(certificate("gone.example.com"))
        until(lambda: all(files(scene, node, "gone") for node in NODES), "replicated")
        query = {"service": "CallManager-trust", "filename": files(scene, "cucm-sub2", "gone")[0]}
        assert scene.rest("DELETE", "/trust/certificates", "cucm-sub2", params=query).status_code == 200
        until(lambda: not any(files(scene, node, "gone") for node in NODES), "removed everywhere")
        assert scene.rest("DELETE", "/trust/certificates", "cucm-sub1", params=query).status_code == 404

    def test_a_later_certificate_of_the_same_common_name_replaces_even_of_another_organisation(
        self, scene: ClusterScene
    ) -> None:
        scene.trust(certificate("twice.example.com", age_days=10))
        scene.trust(certificate("twice.example.com", age_days=5, organization="another"))
        assert len(files(scene, "cucm-pub", "twice")) == 1
        rows = scene.rest("GET", "/trust/certificate", params={"service": "CallManager"}).json()
        pem = next(row["certificate"] for row in rows if row["filename"].startswith("twice"))
        assert "another" in x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()

    @pytest.mark.parametrize(("passes_over", "status"), [(False, 400), (True, 200)])
    def test_an_earlier_one_does_not_get_in(self, scene: ClusterScene, passes_over: bool, status: int) -> None:
        name = f"older{status}.example.com"
        scene.trust(certificate(name))
        before = files(scene, "cucm-pub", name)
        scene.do(lambda: setattr(scene.cluster.behaviour, "passes_over_older", passes_over))
        assert scene.trust(certificate(name, age_days=3)).status_code == status
        assert files(scene, "cucm-pub", name) == before

    def test_the_same_certificate_again_is_refused(self, scene: ClusterScene) -> None:
        pem = certificate("again.example.com")
        scene.trust(pem)
        assert message(scene.trust(pem)) == "Certificate already exists in the trust-store"

    def test_expired_wildcard_and_unreadable_ones_are_refused(self, scene: ClusterScene) -> None:
        assert message(scene.trust(certificate("old.example.com", age_days=50, days=10))) == "Certificate is expired"
        assert message(scene.trust(certificate("*.example.com"))) == "wildcard certificates are not supported"
        assert message(scene.trust("nonsense")) == "Unable to read the certificate"

    def test_services_are_a_list_here(self, scene: ClusterScene) -> None:
        body = {"service": "CallManager", "certificates": [certificate("list.example.com")]}
        assert scene.rest("POST", "/trust/certificates", json=body).status_code == 400
        assert scene.rest("POST", "/trust/certificates", data="{").status_code == 400

    def test_a_node_that_was_down_catches_up(self, scene: ClusterScene) -> None:
        scene.lab.call(scene.cluster.stop_node("cucm-sub2"))
        scene.trust(certificate("missed.example.com"))
        scene.lab.call(scene.cluster.start_node("cucm-sub2"))
        until(lambda: bool(files(scene, "cucm-sub2", "missed")), "caught up")


class TestRenewal:
    """CSR, certificate, upload: the order that works, and every refusal on the way."""

    def request(self, scene: ClusterScene, **fields: object) -> x509.CertificateSigningRequest:
        body = {"service": "CallManager", "distribution": "this-server", "commonName": "cucm-pub.example.com", **fields}
        answer = scene.rest("POST", "/csr", json=body)
        assert answer.status_code == 200, answer.text
        return x509.load_pem_x509_csr(answer.json()["csr"].encode())

    def issued(self, csr: x509.CertificateSigningRequest, issuer: Held, names: tuple[str, ...]) -> str:
        return pem_of(certify(Wish(names[0], NOW, names=names), csr.public_key(), issuer))

    def upload(self, scene: ClusterScene, *pems: str) -> tuple[int, str]:
        answer = scene.rest("POST", "/identity/certificates", json={"service": "CallManager", "certificates": list(pems)})
        return answer.status_code, message(answer)

    def test_from_request_to_restart(self, scene: ClusterScene) -> None:
        issuer, name, node = (
            Authority.create("renewal root", NOW).issuer,
            "cucm-pub.example.com",
            scene.cluster.nodes["cucm-pub"],
        )
        csr = self.request(scene)
        leaf = self.issued(csr, issuer, (name,))
        assert self.upload(scene, leaf) == (400, "CA certificate is not available in the trust-store")
        scene.trust(issuer.pem)
        wrong_names = self.issued(csr, issuer, (name, "more.example.com"))
        assert self.upload(scene, wrong_names) == (400, "CSR SAN and Certificate SAN does not match")
        another = pem_of(certify(Wish(name, NOW, names=(name,)), KEY.public_key(), issuer))
        assert self.upload(scene, another) == (400, "CSR Public Key and Certificate Public Key do not match")
        before = node.served.pem
        assert self.upload(scene, leaf, issuer.pem)[0] == 200
        assert self.upload(scene, leaf)[1].endswith("CallManager.csr does not exist")  # the request is used up
        assert node.identity.pem == leaf and node.served.pem == before
        scene.lab.call(scene.cluster.restart_callmanager("cucm-pub"))
        assert node.served.pem == leaf

    def test_a_new_request_takes_the_place_of_the_one_before(self, scene: ClusterScene) -> None:
        first, second = self.request(scene), self.request(scene)
        assert first.public_key() != second.public_key()
        shown = scene.rest("GET", "/csr", params={"service": "CallManager"}).json()["csr"]
        assert x509.load_pem_x509_csr(shown.encode()).public_key() == second.public_key()
        scene.rest("DELETE", "/csr", params={"service": "callmanager"})
        assert scene.rest("GET", "/csr", params={"service": "CallManager"}).status_code == 404

    def test_a_multi_server_certificate_is_copied_to_every_node(self, scene: ClusterScene) -> None:
        issuer = Authority.create("multi root", NOW).issuer
        scene.trust(issuer.pem)
        csr = self.request(scene, distribution="multi-server", commonName="cucm-pub-ms.example.com")
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        assert set(names) == {f"{node}.example.com" for node in NODES}
        assert self.upload(scene, self.issued(csr, issuer, tuple(names)))[0] == 200
        until(lambda: len({node.identity.pem for node in scene.cluster.nodes.values()}) == 1, "one certificate for all")

    def test_wildcards_cannot_be_requested(self, scene: ClusterScene) -> None:
        body = {"service": "tomcat", "distribution": "this-server", "commonName": "*.example.com"}
        assert scene.rest("POST", "/csr", json=body).status_code == 400
