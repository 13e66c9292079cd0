"""AXL on the publisher; the only door to zeep."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from lxml import etree
from zeep import Client, Settings, xsd
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import ValidationError
from zeep.helpers import serialize_object
from zeep.transports import Transport

from trunkline.devices.cucm import write
from trunkline.devices.cucm.access import ClusterAccess, Patience, pinned_session
from trunkline.devices.cucm.axl.door import Door, VersionRefused, parser
from trunkline.devices.cucm.axl.toolkit import OBJECTS, VERSIONS, Cache, Schema, pruned
from trunkline.devices.cucm.read import ENVELOPE, AxlFault
from trunkline.model.errors import DeviceRefused, DeviceUnreachable, OurBug

log = logging.getLogger(__name__)

SETTINGS = Settings(strict=False, xml_huge_tree=True, xsd_ignore_sequence_order=True)
"""strict=False alone drops every field behind the first one that is out of order, in silence."""
BINDING = "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding"


class _Transport(Transport):
    """zeep's way to the world: documents out of memory, messages through the door."""

    def __init__(self, door: Door, schema: Schema) -> None:
        super().__init__(session=door.http)  # type: ignore[no-untyped-call]  # zeep has no types
        self._door = door
        self._documents = {"AXLAPI.wsdl": schema.wsdl, "AXLSoap.xsd": schema.xsd}

    def load(self, url: str) -> bytes:
        return self._documents[url.rpartition("/")[2]]

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> requests.Response:  # noqa: ARG002 - zeep's form
        operation = headers.get("SOAPAction", "").strip('"').rpartition(" ")[2]
        return self._door.soap(message, headers, operation)


@dataclass
class AxlSession:
    """AXL on the publisher. Answers are plain dictionaries. Opened by the first call."""

    access: ClusterAccess
    patience: Patience = field(default_factory=Patience)
    release: str = ""  # of the cluster: "15.0.1.11901(2)"
    schema_fetches: int = 0
    door: Door | None = None
    _schema: Schema | None = None
    _service: Any = None
    _facets: write.Facets | None = None

    @property
    def version(self) -> str:
        """Of AXL: "12.5"; empty while the session is not open."""
        return self._schema.version if self._schema else ""

    def open(self) -> None:
        """Make the client ready: with the schema kept on disk, or by fetching it once per release of the cluster."""
        if self._service is not None:
            return
        publisher = self.access.publisher
        door = self.door = self.door or Door(self.access, pinned_session(self.access.ca_pem, publisher))
        cache = Cache(self.access.cache_directory, publisher.fqdn)
        kept = cache.find()
        self.release, supported = self._negotiate(door, kept[1].version if kept else VERSIONS[0])
        self._schema = kept[1] if kept and kept[0] == self.release else self._fetch(door, cache, supported)
        client = Client("file:///axl/AXLAPI.wsdl", transport=_Transport(door, self._schema), settings=SETTINGS)
        self._service = client.create_service(BINDING, f"{door.base}/axl/")

    def refresh(self) -> None:
        """Ask the cluster for its release again: after an upgrade its schema is another one."""
        if self.door is None or self._schema is None:
            self.open()
            return
        try:
            is_same = self._ask_release(self.door, self._schema.version) == self.release
        except VersionRefused:
            is_same = False
        if not is_same:
            self.close()
            self.open()

    def _negotiate(self, door: Door, first: str) -> tuple[str, tuple[str, ...]]:
        """The release of the cluster, and the AXL versions that it may speak."""
        try:
            return self._ask_release(door, first), VERSIONS
        except VersionRefused as refused:
            known = tuple(version for version in VERSIONS if version in refused.supported)
            if not known:
                raise
        return self._ask_release(door, known[0]), known

    def _ask_release(self, door: Door, version: str) -> str:
        """getCCMVersion by hand: before the release is known there is no schema for zeep."""
        namespace = f"http://www.cisco.com/AXL/API/{version}"
        message = (
            f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:ns="{namespace}"><soapenv:Body><ns:getCCMVersion/>'
            "</soapenv:Body></soapenv:Envelope>"
        )
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"CUCM:DB ver={version} getCCMVersion"'}
        try:
            answer = self.patience.ask(lambda: door.soap(message.encode(), headers, "getCCMVersion"))
        except AxlFault as fault:
            raise DeviceRefused(f"cannot ask {door.where} for its release: it says `{fault.message}`") from fault
        release = etree.fromstring(answer.content, parser()).findtext(".//version")
        if not release:
            raise DeviceUnreachable(f"cannot understand {door.where}: its answer to getCCMVersion holds no version")
        return release.strip()

    def _fetch(self, door: Door, cache: Cache, supported: tuple[str, ...]) -> Schema:
        """Out of the toolkit that every publisher serves to AXL users."""
        self.schema_fetches += 1
        door.operation = "axlsqltoolkit.zip"
        response = self.patience.ask(lambda: door.request("GET", "/plugins/axlsqltoolkit.zip"))
        try:
            schema = pruned(response.content, self.release, supported)
        except ValueError as error:
            raise DeviceRefused(f"cannot use {door.where}: {error}; trunkline needs CUCM 12.5 or later") from error
        try:
            cache.store(self.release, schema)
        except OSError as error:
            log.warning("cannot keep the AXL schema in %s: %s; it is fetched anew next time", cache.path.parent, error.strerror)
        return schema

    def facets(self) -> write.Facets:
        """What the cluster's schema says of each field."""
        self.open()
        assert self._schema  # noqa: S101 - open made it
        if self._facets is None:
            self._facets = write.facets_of(self._schema.xsd, OBJECTS)
        return self._facets

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """One operation; asked again only where AXL says later. Raises AxlFault or a TrunklineError."""
        self.open()
        try:
            return self.patience.ask(lambda: self._once(operation, arguments))
        except VersionRefused:  # the cluster was upgraded behind this session
            self.close()
            self.open()
            return self.patience.ask(lambda: self._once(operation, arguments))

    def _once(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = getattr(self._service, operation)(**_with_nil(arguments))
        except (ValidationError, TypeError) as error:
            raise OurBug(f"cannot say {operation}: {error}; this is a bug of trunkline, please report it") from error
        except ZeepError as error:
            where = self.door.where if self.door else "AXL"
            raise DeviceUnreachable(f"cannot understand {where}: its answer to {operation} does not fit its schema") from error
        return serialize_object(answer, dict) or {}

    def close(self) -> None:
        """Forget everything but the counters; the next call opens anew."""
        if self.door:
            self.door.leave()
        self._service = self._schema = self._facets = None


def _with_nil(arguments: Any) -> Any:
    """zeep's own word for xsi:nil in place of ours."""
    if arguments is write.NULL:
        return xsd.Nil
    if isinstance(arguments, Mapping):
        return {name: _with_nil(value) for name, value in arguments.items()}
    return [_with_nil(value) for value in arguments] if isinstance(arguments, list) else arguments
