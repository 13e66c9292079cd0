"""HTTP to AXL on the publisher, and what each of its refusals means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from lxml import etree

from trunkline.devices.cucm.access import ClusterAccess, connection_error
from trunkline.devices.cucm.axl.toolkit import VERSIONS
from trunkline.devices.cucm.read import ENVELOPE, fault_in
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError

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

    def leave(self) -> None:
        """Close the connections and forget the login; the counters stay."""
        self.http.close()
        self.http.cookies.clear()

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
            return AccessRefused(f"cannot use {where}: the user lacks the role {ROLE}; give it to the user")
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
            envelope = etree.fromstring(response.content, parser())
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
    listed = text.partition("Supported axl versions:")[2].partition("<")[0]
    supported = tuple(number if "." in number else f"{number}.0" for number in re.findall(r"\d+(?:\.\d+)?", listed))
    said = ", ".join(supported) or "not these"
    return VersionRefused(
        f"cannot use {where}: the cluster speaks the AXL versions {said}, trunkline {', '.join(VERSIONS)}; "
        "it needs CUCM 12.5 or later",
        supported,
    )


def parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
