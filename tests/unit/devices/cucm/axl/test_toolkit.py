"""Which schema is taken, how it is cut down, and how it is kept."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import zeep
from lxml import etree
from zeep.transports import Transport

from trunkline.devices.cucm.axl.toolkit import OPERATIONS, VERSIONS, Cache, Schema, pruned, version_for
from trunkline.twin.cucm.axl.schema import toolkit_zip

RELEASE = "14.0.1.13900(155)"
TRUNK = {
    "name": "x",
    "product": "SIP Trunk",
    "class": "Trunk",
    "protocol": "SIP",
    "protocolSide": "Network",
    "devicePoolName": "Default",
    "locationName": "Hub_None",
    "securityProfileName": "s",
    "sipProfileName": "p",
    "presenceGroupName": "Standard Presence group",
    "callingAndCalledPartyInfoFormat": "Deliver DN only in connected party",
    "destinations": {"destination": [{"addressIpv4": "10.0.0.1", "port": "5061", "sortOrder": "1"}]},
}


def archive(names: Iterable[str], content: bytes = b"<a/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, content)
    return buffer.getvalue()


class TestVersion:
    @pytest.mark.parametrize(
        ("release", "supported", "version"),
        [
            ("15.0.1.11901(2)", VERSIONS, "15.0"),
            ("14.0.1.13900(155)", VERSIONS, "14.0"),
            ("14.0.1.13900(155)", ["12.5"], "12.5"),
            ("12.5.1.11900(146)", VERSIONS, "12.5"),
            ("17.0.1.1(1)", ["17.0", "15.0"], "15.0"),
            ("12.0.1.1(1)", VERSIONS, None),
            ("14.0.1", ["11.5"], None),
            ("", VERSIONS, None),
        ],
    )
    def test_the_newest_that_all_three_know(self, release: str, supported: list[str], version: str | None) -> None:
        assert version_for(release, supported) == version


class TestPruning:
    def test_it_says_the_same_with_a_fraction_of_the_schema(self, schema: Schema, tmp_path: Path) -> None:
        zipfile.ZipFile(io.BytesIO(toolkit_zip())).extractall(tmp_path)
        whole = tmp_path / "schema" / "12.5"
        (tmp_path / "AXLAPI.wsdl").write_bytes(schema.wsdl)
        (tmp_path / "AXLSoap.xsd").write_bytes(schema.xsd)
        messages = [message(folder / "AXLAPI.wsdl") for folder in (whole, tmp_path)]
        assert messages[0] == messages[1]
        assert len(schema.xsd) * 8 < (whole / "AXLSoap.xsd").stat().st_size

    def test_it_holds_every_operation_used_and_no_other(self, schema: Schema) -> None:
        wsdl = etree.fromstring(schema.wsdl)
        named = {operation.get("name") for operation in wsdl.iter("{http://schemas.xmlsoap.org/wsdl/}operation")}
        assert {name for name in named if name} == OPERATIONS

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"not a zip", "cannot be read"),
            (archive([]), "holds no schema"),
            (archive(["schema/11.5/AXLAPI.wsdl"]), "holds 11.5, trunkline knows 15.0, 14.0, 12.5"),
            (archive(["schema/12.5/AXLAPI.wsdl"]), "cannot be read"),
            (archive(["schema/12.5/AXLAPI.wsdl", "schema/12.5/AXLSoap.xsd"], b"<cut"), "cannot be read"),
        ],
    )
    def test_what_is_no_toolkit_is_said_to_be_none(self, content: bytes, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            pruned(content, RELEASE, VERSIONS)


class TestCache:
    def test_what_was_stored_is_found(self, schema: Schema, tmp_path: Path) -> None:
        cache = Cache(tmp_path, "cucm-pub.example.com")
        assert cache.find() is None
        cache.store(RELEASE, schema)
        assert cache.find() == (RELEASE, schema)
        assert [path.name for path in cache.path.parent.iterdir()] == [cache.path.name]

    def test_clusters_have_files_of_their_own_whatever_their_names(self, schema: Schema, tmp_path: Path) -> None:
        Cache(tmp_path, "../a").store(RELEASE, schema)
        assert Cache(tmp_path, "b").find() is None
        assert Cache(tmp_path, "../a").path.parent == tmp_path / "axl"

    def test_any_damage_is_noticed(self, schema: Schema, tmp_path: Path) -> None:
        cache = Cache(tmp_path, "c")
        cache.store(RELEASE, schema)
        whole = cache.path.read_bytes()
        for position in (0, 5, 40, 120, len(whole) // 2, len(whole) - 1):
            damaged = bytearray(whole)
            damaged[position] ^= 1
            cache.path.write_bytes(bytes(damaged))
            assert cache.find() is None, position
        for length in (0, 1, 100, len(whole) - 1):
            cache.path.write_bytes(whole[:length])
            assert cache.find() is None, length


def message(wsdl: Path) -> bytes:
    """addSipTrunk as zeep writes it."""
    client = zeep.Client(str(wsdl), transport=Transport())
    service = client.create_service("{http://www.cisco.com/AXLAPIService/}AXLAPIBinding", "https://x/axl/")
    return bytes(etree.tostring(client.create_message(service, "addSipTrunk", sipTrunk=TRUNK)))
