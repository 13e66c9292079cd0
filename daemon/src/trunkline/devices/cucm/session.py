"""AXL on the publisher; the only door to zeep."""

import logging
import re
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
from trunkline.devices.cucm.access import ClusterAccess, Patience, connection_error, pinned_session
from trunkline.devices.cucm.read import ENVELOPE, AxlFault, fault_in
from trunkline.devices.cucm.toolkit import OBJECTS, VERSIONS, Cache, Schema, pruned
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, OurBug, TrunklineError

log = logging.getLogger(__name__)

SETTINGS = Settings(strict=False, xml_huge_tree=True, xsd_ignore_sequence_order=True)
"""strict=False alone drops every field behind the first one that is out of order, in silence."""
BINDING = "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding"
ROLE = "Standard AXL API Access"
SSO_COOKIE = "JSESSIONIDSSO"
WRITES = ("add", "update", "remove", "reset", "apply", "restart", "do")


class VersionRefused(DeviceRefused):
    """HTTP 599: the cluster does not speak this AXL version; `supported` are those that it says it does."""

    def __init__(self, message: str, supported: tuple[str, ...]) -> None:
        super().__init__(message)
        self.supported = supported


@dataclass
class Door:
    """HTTP to AXL: logs in once, then lives on the session's cookie, and makes an error of every answer that is not AXL.

    The cookie JSESSIONIDSSO stands for the credentials for 30 idle minutes; the answer to an expired one is 404 or 401
    (Cisco AXL developer guide, "Authentication").
    """

    access: ClusterAccess
    http: requests.Session = field(repr=False)
    operation: str = ""
    logins: int = 0
    sent: int = 0  # requests
    is_welcome: bool = False  # these credentials have read something before

    @property
    def base(self) -> str:
        return f"https://{self.access.publisher.address}:{self.access.axl_port}"

    @property
    def where(self) -> str:
        publisher = self.access.publisher
        return f"AXL on {publisher.fqdn} ({publisher.address}:{self.access.axl_port})"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """An answer of status 200 or 500. Raises a TrunklineError for every other."""
        has_session = SSO_COOKIE in self.http.cookies
        response = self._send(method, path, is_login=not has_session, **options)
        if has_session and response.status_code in (401, 403, 404):
            self.http.cookies.clear()
            response = self._send(method, path, is_login=True, **options)
        problem = self._problem(response)
        if problem:
            raise problem
        self.is_welcome = True
        return response

    def _send(self, method: str, path: str, *, is_login: bool, **options: Any) -> requests.Response:
        self.sent += 1
        self.logins += is_login
        credentials = (self.access.axl_username, self.access.axl_password) if is_login else None
        try:
            return self.http.request(
                method, self.base + path, auth=credentials, timeout=self.access.timeouts, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            raise connection_error(self.where, self.access.publisher.fqdn, error) from error

    def _problem(self, response: requests.Response) -> TrunklineError | None:
        """The error behind an HTTP status; None for an answer that is worth parsing."""
        status, where = response.status_code, self.where
        if status == 401 and self.is_welcome and self.operation.startswith(WRITES):
            return AccessRefused(f"cannot {self.operation} through {where}: the user may only read; give it the role {ROLE}")
        if status == 401:
            return AccessRefused(f"cannot log in to {where}: wrong user or password; correct axl.username and axl.password")
        if status == 403:
            return AccessRefused(f"cannot use {where}: the user lacks the role {ROLE}")
        if status == 503:
            return DeviceBusy(f"cannot use {where} now: it is throttling (503); trunkline comes back later")
        if status == 599:
            return _version_refused(response.text, where)
        if status == 404:
            return DeviceUnreachable(
                f"cannot use {where}: there is no AXL (404); see whether the service Cisco AXL Web Service is activated"
            )
        return None if status in (200, 500) else DeviceUnreachable(f"cannot use {where}: it answered HTTP {status}")

    def soap(self, message: bytes, headers: Mapping[str, str], operation: str) -> requests.Response:
        """The answer to one operation, well-formed and no fault. Raises AxlFault or a TrunklineError.

        zeep would not notice: strict=False lets lxml mend an answer that was cut off, and what is missing then reads as
        absent.
        """
        self.operation = operation
        response = self.request("POST", "/axl/", data=message, headers=dict(headers))
        try:
            envelope = etree.fromstring(response.content, _parser())
        except etree.XMLSyntaxError as error:
            raise self._not_axl(response) from error
        if envelope.tag != f"{{{ENVELOPE}}}Envelope":
            raise self._not_axl(response)
        fault = fault_in(envelope, operation)
        if fault and fault.code == -1 and "Memory Allocation" in fault.message:
            raise DeviceBusy(f"cannot use {self.where} now: {fault.message}")
        if fault:
            raise fault
        if response.status_code != 200:
            raise self._not_axl(response)
        return response

    def _not_axl(self, response: requests.Response) -> DeviceUnreachable:
        kind = response.headers.get("content-type", "").partition(";")[0] or "nothing known"
        return DeviceUnreachable(
            f"cannot understand {self.where}: the answer to {self.operation} (HTTP {response.status_code}, {kind}) is not "
            "whole SOAP; see whether something stands between trunkline and the publisher"
        )


def _version_refused(text: str, where: str) -> VersionRefused:
    """A cluster says: "Incorrect axl version. Supported axl versions: 11.5,12.5,14"."""
    _, _, listed = text.partition("Supported axl versions:")
    supported = tuple(number if "." in number else f"{number}.0" for number in re.findall(r"\d+(?:\.\d+)?", listed))
    said = ", ".join(supported) or "not these"
    return VersionRefused(
        f"cannot use {where}: the cluster speaks the AXL versions {said}, trunkline {', '.join(VERSIONS)}", supported
    )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


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
        release = etree.fromstring(answer.content, _parser()).findtext(".//version")
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
            self.door.http.close()
        self.door = self._service = self._schema = self._facets = None


def _with_nil(arguments: Any) -> Any:
    """zeep's own word for xsi:nil in place of ours."""
    if arguments is write.NULL:
        return xsd.Nil
    if isinstance(arguments, Mapping):
        return {name: _with_nil(value) for name, value in arguments.items()}
    return [_with_nil(value) for value in arguments] if isinstance(arguments, list) else arguments
