"""The certificate REST API of each node (CUCM 14 and later): what a node presents, and what it trusts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, pinned_session
from trunkline.devices.cucm.session import connection_error
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError

BASE = "/platformcom/api/v1/certmgr/config"
ALREADY_THERE = ("already exists", "already present", "same certificate")


@dataclass(frozen=True)
class Snapshot:
    """One node's certificates. `service` is the spelling that this node uses for CallManager."""

    identity: Certificate | None
    trusted: tuple[tuple[str, Certificate], ...]  # file name, certificate
    service: str = "CallManager"


@dataclass
class CertificateSession:
    """The API of one node."""

    access: ClusterAccess
    node: NodeAccess
    _http: requests.Session | None = None
    _service: str = "CallManager"

    @property
    def where(self) -> str:
        return f"the certificate API of {self.node.fqdn} ({self.node.address}:{self.access.platform_port})"

    def _request(self, method: str, path: str, **options: Any) -> Any:
        if self._http is None:
            credentials = (self.access.platform_username, self.access.platform_password)
            self._http = pinned_session(self.access.ca_pem, self.node, credentials)
        url = f"https://{self.node.address}:{self.access.platform_port}{BASE}{path}"
        try:
            response = self._http.request(method, url, timeout=self.access.timeout_seconds, **options)
        except requests.RequestException as error:
            raise connection_error(self.where, error) from error
        if response.ok:
            return _json(response)
        raise self._problem(response)

    def _problem(self, response: requests.Response) -> TrunklineError:
        status = response.status_code
        if status in (401, 403):
            return AccessRefused(
                f"cannot use {self.where}: wrong platform user or password, or its privilege is 0; correct the secret, or "
                "`set account name` with privilege 1"
            )
        if status == 503:
            return DeviceBusy(f"cannot use {self.where} now: it is busy (503)")
        body = _json(response)
        said = str(body.get("message") or body.get("error") or "") if isinstance(body, Mapping) else ""
        if not said:
            return DeviceUnreachable(f"cannot use {self.where}: it answered HTTP {status}")
        return DeviceRefused(f"cannot use {self.where}: it says `{said}`", (said,))

    def snapshot(self) -> Snapshot:
        """Raises DeviceUnreachable for an answer of another shape."""
        found = snapshot_of(self._request("GET", "/snapshot/server"))
        if found is None:
            raise DeviceUnreachable(f"cannot understand {self.where}: its snapshot has another shape than is known")
        self._service = found.service
        return found

    def trust(self, pem: str) -> None:
        """Upload to CallManager-trust; a certificate that is there already is as good."""
        body = {"service": [self._service], "certificates": [pem], "description": "trunkline"}
        try:
            self._request("POST", "/trust/certificates", json=body)
        except DeviceRefused as refused:
            if not any(phrase in str(refused).lower() for phrase in ALREADY_THERE):
                raise

    def distrust(self, sha256: str) -> None:
        """Remove from CallManager-trust; what is not there needs no removal."""
        for filename, certificate in self.snapshot().trusted:
            if certificate.sha256 == sha256:
                query = {"service": f"{self._service}-trust", "filename": filename}
                self._request("DELETE", "/trust/certificates", params=query)

    def close(self) -> None:
        if self._http:
            self._http.close()
            self._http = None


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return {}


def snapshot_of(body: Any) -> Snapshot | None:
    """The answer of /snapshot/server; None for another shape. Pure."""
    try:
        identities = {str(entry["service"]): Certificate.from_pem(entry["certificate"]) for entry in body["identities"]}
        trusted = tuple(
            (str(held["filename"]), Certificate.from_pem(held["certificate"]))
            for entry in body["trusts"]
            if str(entry["service"]).lower() == "callmanager-trust"
            for held in entry["certificate_data"]
        )
    except (KeyError, TypeError, ValueError):
        return None
    service = next((name for name in identities if name.lower() == "callmanager"), "CallManager")
    return Snapshot(identities.get(service), trusted, service)
