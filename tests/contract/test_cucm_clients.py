"""Ordinary clients against the simulated cluster: zeep on the schema that it serves, curl, openssl."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ciscoaxl
import pytest
import zeep
from zeep.transports import Transport

from support.cluster import PROFILE, TRUNK, ClusterScene, running_cluster, until
from trunkline.twin.lab.spec import AXL_USER, PLATFORM_USER


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("clients")) as running:
        yield running


@pytest.fixture(scope="module")
def service(scene: ClusterScene, tmp_path_factory: pytest.TempPathFactory) -> object:
    """zeep, as in any guide: the whole toolkit unpacked, nothing special set."""
    session, base = scene.https("cucm-pub"), f"https://{scene.address('cucm-pub')}:8443"
    session.auth = AXL_USER
    folder = tmp_path_factory.mktemp("toolkit")
    archive = session.get(f"{base}/plugins/axlsqltoolkit.zip").content
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
    client = zeep.Client(str(folder / "schema/current/AXLAPI.wsdl"), transport=Transport(session=session))
    return client.create_service("{http://www.cisco.com/AXLAPIService/}AXLAPIBinding", f"{base}/axl/")


def test_zeep_makes_reads_lists_and_removes_a_trunk(service: object) -> None:
    profile = {
        "name": "zeep",
        "securityMode": "Encrypted",
        "incomingTransport": "TLS",
        "outgoingTransport": "TLS",
        "x509SubjectName": "zeep.example.com",
        "incomingPort": 5061,
        "sipV150OutboundSdpOfferFiltering": "Use Default Filter",
    }
    assert service.addSipTrunkSecurityProfile(profile)["return"].startswith("{")  # type: ignore[attr-defined]
    service.addSipTrunk(  # type: ignore[attr-defined]
        {
            "name": "zeep",
            "product": "SIP Trunk",
            "class": "Trunk",
            "protocol": "SIP",
            "protocolSide": "Network",
            "devicePoolName": "Default",
            "locationName": "Hub_None",
            "securityProfileName": "zeep",
            "sipProfileName": "Standard SIP Profile",
            "presenceGroupName": "Standard Presence group",
            "callingAndCalledPartyInfoFormat": "Deliver DN only in connected party",
            "destinations": {"destination": [{"addressIpv4": "10.1.2.3", "port": 5061, "sortOrder": 1}]},
        }
    )
    shown = service.getSipTrunk(name="zeep")["return"]["sipTrunk"]  # type: ignore[attr-defined]
    assert shown["destinations"]["destination"][0]["addressIpv4"] == "10.1.2.3"
    listed = service.listSipTrunk(searchCriteria={"name": "ze%"}, returnedTags={"name": ""})  # type: ignore[attr-defined]
    assert [trunk["name"] for trunk in listed["return"]["sipTrunk"]] == ["zeep"]
    service.resetSipTrunk(name="zeep")  # type: ignore[attr-defined]
    service.removeSipTrunk(name="zeep")  # type: ignore[attr-defined]
    with pytest.raises(zeep.exceptions.Fault, match="zeep was not found"):
        service.getSipTrunk(name="zeep")  # type: ignore[attr-defined]


def test_curl_logs_in_with_the_lab_ca_and_is_refused_without(scene: ClusterScene) -> None:
    ca, address = scene.directory / ".lab" / "seoul-ca.pem", scene.address("cucm-pub")
    url, resolve = "https://cucm-pub.example.com:8443/axl/", f"cucm-pub.example.com:8443:{address}"
    curl = ["curl", "-sS", "-u", ":".join(AXL_USER), "--resolve", resolve, url]
    assert "AXL Web Service" in run([*curl, "--cacert", str(ca)]).stdout
    assert run(curl).returncode == 60  # the CA is not known


def test_curl_reads_the_certificates_of_a_node(scene: ClusterScene) -> None:
    ca, address = scene.directory / ".lab" / "seoul-ca.pem", scene.address("cucm-sub1")
    url = "https://cucm-sub1.example.com:9443/platformcom/api/v1/certmgr/config/snapshot/server"
    resolve = f"cucm-sub1.example.com:9443:{address}"
    shown = run(["curl", "-sS", "-u", ":".join(PLATFORM_USER), "--resolve", resolve, "--cacert", str(ca), url]).stdout
    assert '"server":"cucm-sub1.example.com"' in shown


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_openssl_sees_the_callmanager_certificate_and_the_demand_for_its_own(scene: ClusterScene, tmp_path: Path) -> None:
    scene.make_trunk()
    node = scene.cluster.nodes["cucm-pub"]
    until(lambda: bool(node.sip.trunks), "it listens")
    (tmp_path / "node.pem").write_text(node.identity.pem)
    shown = run(["openssl", "s_client", "-connect", f"{node.loopback}:5061", "-CAfile", str(tmp_path / "node.pem"), "-tls1_2"])
    text = shown.stdout + shown.stderr
    assert "Verify return code: 0 (ok)" in text and "CN = cucm-pub.example.com" in text.replace("CN=", "CN = ")
    assert "alert" in text or "No client certificate CA names sent" in text


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)


@pytest.mark.parametrize("version", ["11.5", "12.0"])
def test_ciscoaxl_speaks_to_it_in_older_versions(
    scene: ClusterScene, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they would replace what ciscoaxl says about verification
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ucm = ciscoaxl.axl(*AXL_USER, scene.address("cucm-pub"), version)
    scene.axl("addSipTrunkSecurityProfile", f"<sipTrunkSecurityProfile>{PROFILE}</sipTrunkSecurityProfile>")
    scene.axl("addSipTrunk", f"<sipTrunk>{TRUNK}</sipTrunk>")
    assert [trunk["name"] for trunk in ucm.get_sip_trunks()] == ["yohur"]
    assert ucm.get_sip_trunk(name="yohur")["destinations"]["destination"][0]["port"] == 5061
    ucm.update_sip_trunk(name="yohur", description=f"by {version}", callerName="reception")  # a field until 12.0
    assert ucm.get_sip_trunk(name="yohur")["callerName"] == "reception"
    assert "was not found" in str(ucm.get_sip_trunk(name="nothing"))  # it returns faults instead of raising them
