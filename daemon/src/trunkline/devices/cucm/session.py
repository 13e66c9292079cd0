"""AXL; the only door to zeep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from lxml import etree
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from zeep import Client, Settings, xsd
from zeep.exceptions import Fault, TransportError, ValidationError, XMLSyntaxError
from zeep.helpers import serialize_object
from zeep.transports import Transport

from trunkline.devices.cucm.access import ClusterAccess, pinned_session
from trunkline.devices.cucm.toolkit import Cache
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError

SETTINGS = Settings(strict=False, xml_huge_tree=True, xsd_ignore_sequence_order=True)
"""strict=False alone drops every field behind the first one that is out of order, in silence."""
BINDING = "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding"
NIL = xsd.Nil
ATTEMPTS = 4


class AxlFault(Exception):  # noqa: N818 - the SOAP word
    """An AXL error. 5007 means "not found" for get, update and remove, and something else for listChange."""

    def __init__(self, code: int | None, message: str, operation: str) -> None:
        super().__init__(f"{operation}: {message} ({code})")
        self.code, self.message, self.operation = code, message, operation

    @property
    def is_not_found(self) -> bool:
        is_lookup = self.operation.startswith(("get", "update", "remove"))
        return is_lookup and self.code == 5007 and "not found" in self.message


class _StatusTransport(Transport):
    """Looks at the HTTP status before zeep does: zeep makes one unknown fault of every one of them."""

    def __init__(self, session: requests.Session, where: str, timeout_seconds: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # zeep publishes no types
            session=session, timeout=int(timeout_seconds), operation_timeout=int(timeout_seconds)
        )
        self.where = where

    def post(self, address: str, message: Any, headers: Any) -> Any:
        try:
            response = self.session.post(address, data=message, headers=headers, timeout=self.operation_timeout)
        except requests.RequestException as error:
            raise connection_error(self.where, error) from error
        problem = problem_of_status(response, self.where)
        if problem:
            raise problem
        return response


def connection_error(where: str, error: requests.RequestException) -> TrunklineError:
    """What a failed connection means, without the URL that requests puts into its messages."""
    if isinstance(error, requests.exceptions.SSLError):
        return AccessRefused(
            f"cannot trust {where}: its certificate is not signed by the pinned CA, or does not bear the node's name; "
            "put the CA of the tomcat certificates into axl.ca and the right names into nodes"
        )
    if isinstance(error, requests.exceptions.Timeout):
        return DeviceUnreachable(f"cannot reach {where}: no answer in time")
    return DeviceUnreachable(f"cannot reach {where}: the connection failed; see whether the node is up")


def problem_of_status(response: requests.Response, where: str) -> TrunklineError | None:
    """The error behind an HTTP status; None for an answer that is worth parsing."""
    status = response.status_code
    if status == 401:
        return AccessRefused(
            f"cannot use {where}: wrong user or password, or the user may only read; correct the secret, or give the user "
            "the role Standard AXL API Access"
        )
    if status == 403:
        return AccessRefused(f"cannot use {where}: the user lacks the role Standard AXL API Access")
    if status == 503:
        return DeviceBusy(f"cannot use {where} now: it is throttling (503); trunkline comes back later")
    if status == 599:
        return AccessRefused(f"cannot use {where}: the cluster does not speak this AXL version; {response.text[:200].strip()}")
    is_xml = "xml" in response.headers.get("content-type", "")
    if status in (200, 500) and is_xml:
        return None
    return DeviceUnreachable(f"cannot use {where}: it answered HTTP {status} instead of AXL")


@dataclass
class AxlSession:
    """AXL on the publisher. Answers are plain dictionaries."""

    access: ClusterAccess
    throttled: int = 0
    _service: Any = None
    _factory: Any = None
    _http: requests.Session | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        publisher = self.access.publisher
        return f"AXL on {publisher.fqdn} ({publisher.address}:{self.access.axl_port})"

    def open(self) -> None:
        """Make the client ready: from the cache, or by fetching the schema once."""
        if self._service is not None:
            return
        credentials = (self.access.axl_username, self.access.axl_password)
        self._http = pinned_session(self.access.ca_pem, self.access.publisher, credentials)
        cache = Cache(self.access.cache_directory, self.access.publisher.fqdn)
        _, path = cache.find() or self._fetch(cache)
        transport = _StatusTransport(self._http, self.where, self.access.timeout_seconds)
        client = Client(str(path), settings=SETTINGS, transport=transport)
        address = f"https://{self.access.publisher.address}:{self.access.axl_port}/axl/"
        self._service = client.create_service(BINDING, address)

    def _fetch(self, cache: Cache) -> tuple[str, Any]:
        assert self._http is not None  # noqa: S101 - open made it
        url = f"https://{self.access.publisher.address}:{self.access.axl_port}/plugins/axlsqltoolkit.zip"
        try:
            response = self._http.get(url, timeout=self.access.timeout_seconds)
        except requests.RequestException as error:
            raise connection_error(self.where, error) from error
        if response.status_code != 200:
            raise problem_of_status(response, self.where) or DeviceUnreachable(f"cannot fetch the schema of {self.where}")
        try:
            return cache.store(response.content)
        except ValueError as error:
            raise AccessRefused(f"cannot use {self.where}: {error}") from error

    def call(self, operation: str, **arguments: Any) -> Any:
        """One operation; retried only where AXL says later. Raises AxlFault or a TrunklineError."""
        self.open()
        for attempt in Retrying(
            retry=retry_if_exception_type(DeviceBusy),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            stop=stop_after_attempt(ATTEMPTS),
            reraise=True,
        ):
            with attempt:
                return self._once(operation, arguments)
        return None

    def _once(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        try:
            answer = getattr(self._service, operation)(**arguments)
        except Fault as fault:
            raise self._classified(fault, operation) from fault
        except DeviceBusy:
            self.throttled += 1
            raise
        except (ValidationError, TypeError) as error:
            raise DeviceRefused(
                f"cannot say {operation} to {self.where}: {error}; correct `fields:` of the document"
            ) from error
        except (XMLSyntaxError, TransportError) as error:
            raise DeviceUnreachable(f"cannot understand {self.where}: the answer to {operation} is not SOAP") from error
        return serialize_object(answer, dict)

    def _classified(self, fault: Fault, operation: str) -> Exception:
        code, message = None, str(fault.message)
        if isinstance(fault.detail, etree._Element):
            for element in fault.detail.iter():
                name = etree.QName(element).localname
                if name == "axlcode" and element.text:
                    code = int(element.text)
                elif name == "axlmessage" and element.text:
                    message = element.text
        if code == -1 and "Memory Allocation" in message:
            return DeviceBusy(f"cannot use {self.where} now: {message}")
        return AxlFault(code, message, operation)

    def close(self) -> None:
        if self._http:
            self._http.close()
        self._service = None
