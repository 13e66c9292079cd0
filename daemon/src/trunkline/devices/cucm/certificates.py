"""The certificate REST API of each node (CUCM 14 and later): what a node presents, and what it trusts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience, connection_error, pinned_session
from trunkline.devices.cucm.snapshot import Snapshot, read
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError

BASE = "/platformcom/api/v1/certmgr/config"


@dataclass
class CertificateSession:
    """The API of one node, with the platform user of that node: Basic authentication on every request."""

    access: ClusterAccess
    node: NodeAccess
    patience: Patience = field(default_factory=Patience)
    sent: int = 0  # requests
    _http: requests.Session | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        return f"the certificate API of {self.node.fqdn} ({self.node.address}:{self.access.platform_port})"

    def snapshot(self) -> Snapshot:
        """What the node presents and trusts; what of it is not understood is in `unread`."""
        response = self.patience.ask(lambda: self._request("GET", "/snapshot/server"))
        return replace(read(_body(response)), clock=clock_in(response.headers.get("Date")))

    def trust(self, pem: str) -> None:
        """Put a certificate into CallManager-trust; one that is there already is as good.

        CUCM keeps one certificate for each common name: a younger one takes the place of the one that is there, an
        older one is refused or passed over in silence (Cisco security guide 15, "Certificates").
        """
        wanted, before = Certificate.from_pem(pem), self.snapshot()
        if wanted in before.certificates:
            return
        body = {"service": [before.service], "certificates": [pem], "description": "trunkline"}
        refusal: DeviceRefused | None = None
        try:
            self.json("POST", "/trust/certificates", json=body)
        except DeviceRefused as refused:
            refusal = refused
        rival = next((held for held in before.certificates if held.common_name == wanted.common_name), None)
        if (refusal or rival) and wanted not in self.snapshot().certificates:
            why = f"it holds another one named {rival.common_name}, and keeps one for each name" if rival else ""
            raise DeviceRefused(
                f"cannot upload the certificate {wanted.sha256[:16]} to {self.where}: "
                + "; ".join(part for part in (*(refusal.lines if refusal else ()), why) if part),
                refusal.lines if refusal else (),
            )

    def distrust(self, sha256: str) -> None:
        """Remove a certificate from CallManager-trust; what is not there needs no removal."""
        before = self.snapshot()
        for filename, certificate in before.trusted:
            if certificate.sha256 == sha256:
                self._remove(before.service, filename, certificate)

    def _remove(self, service: str, filename: str, certificate: Certificate) -> None:
        query = {"service": f"{service}-trust", "filename": filename}
        try:
            self.json("DELETE", "/trust/certificates", params=query)
        except DeviceRefused as refused:
            if certificate in self.snapshot().certificates:
                raise DeviceRefused(
                    f"cannot remove {filename} from CallManager-trust through {self.where}: {'; '.join(refused.lines)}; "
                    f"remove it on the node's command line with `set cert delete CallManager {filename}`",
                    refused.lines,
                ) from refused

    def json(self, method: str, path: str, **options: Any) -> Any:
        """The body of an answer; None where it is not JSON. Raises a TrunklineError for every refusal."""
        response = self.patience.ask(lambda: self._request(method, path, **options))
        return _body(response)

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        if self._http is None:
            self._http = pinned_session(self.access.ca_pem, self.node)
        self.sent += 1
        url = f"https://{self.node.address}:{self.access.platform_port}{BASE}{path}"
        credentials = self.access.platform_credentials(self.node)
        try:
            response = self._http.request(
                method, url, auth=credentials, timeout=self.access.timeouts, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            raise connection_error(self.where, self.node.fqdn, error) from error
        if response.status_code in (200, 201, 202, 204):
            return response
        raise self._problem(response)

    def _problem(self, response: requests.Response) -> TrunklineError:
        status = response.status_code
        if status == 401:
            return AccessRefused(f"cannot log in to {self.where}: wrong platform user or password; correct platform.*")
        if status == 403:
            return AccessRefused(
                f"cannot use {self.where}: the platform user may only read; give it privilege 1 (`set account name`)"
            )
        if status == 503:
            return DeviceBusy(f"cannot use {self.where} now: it is busy (503)")
        said = _said(_body(response))
        if said:
            return DeviceRefused(f"cannot use {self.where}: it says `{said}`", (said,))
        if status in (404, 405, 501) and response.request.method != "GET":
            return DeviceRefused(f"cannot use {self.where}: HTTP {status}", (f"HTTP {status}",))
        cure = "; the API is there from CUCM 14 on" if status == 404 else ""
        return DeviceUnreachable(f"cannot use {self.where}: it answered HTTP {status}{cure}")

    def close(self) -> None:
        if self._http:
            self._http.close()
            self._http = None


def clock_in(date: str | None) -> datetime | None:
    """The time of an HTTP header `Date`, in UTC; None where there is none that can be read."""
    try:
        told = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        return None
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _body(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _said(body: Any) -> str:
    """Errors come as `message` or as `error`."""
    return str(body.get("message") or body.get("error") or "") if isinstance(body, Mapping) else ""
