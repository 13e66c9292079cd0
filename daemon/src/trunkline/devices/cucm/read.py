"""What AXL answers, as settings and references. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from trunkline.model.key import Key, Kind
from trunkline.model.profile import subject_names

BOOLEANS = {"t": "true", "true": "true", "1": "true", "f": "false", "false": "false", "0": "false"}
BOOLEAN_FIELDS = frozenset(
    """acceptInboundRdnis acceptOutOfDialogRefer acceptOutboundRdnis acceptPresenceSubscription acceptUnsolicitedNotification
    allowChargingHeader allowDeviceOverride allowMultipleCodecs allowPresentationSharingUsingBfcp
    allowRRAndRSBandwidthModifier allowReplaceHeader allowiXApplicationMedia applLevelAuthentication
    authorizationCodeRequired blockEnable callStats clientCodeRequired confJointEnable
    connectCallBeforePlayingAnnouncement deliverConferenceBridgeIdentifier destAddrIsSrv destRouteString
    digestAuthentication enableAnatForEarlyOfferCalls enableCiscoRecordingQsigTunneling enableDccEnforcement
    enableExternalQoS enableOutboundOptionsPing enableQsigUtf8 enableVad fallbackToLocalRsvp faxInvite
    inactiveSDPRequired isAssuredSipServiceEnabled isEmergencyServiceNumber isPaiEnabled isRpidEnabled
    isScriptTraceEnabled mlppUserAuthorization mtpRequired pathReplacementSupport patternUrgency
    provideOutsideDialtone pstnAccess redirectByApplication rejectAnonymousIncomingCall rejectAnonymousOutgoingCall
    retryVideoCallAsAudio rfc2543Hold ringing180 runOnEveryNode scriptTraceEnabled semiAttendedTransfer sendGeoLocation
    sendRecvSDPInMidCallInvite srtpAllowed srtpFallbackAllowed stutterMsgWaiting supportOverlapSending t38Invite
    traceFlag transmitSecurityStatus transmitUtf8 unattendedPort useCallerIdCallerNameinUriOutgoingRequest
    useDevicePoolCalledCssUnkn useDevicePoolCdpnTransformCss useDevicePoolCgpnTransformCss
    useDevicePoolCgpnTransformCssUnkn useDevicePoolCntdPnTransformationCss useDevicePoolRdnTransformCss
    useImePublicIpPort useOrigCallingPartyPresOnDivert""".split()  # noqa: SIM905 - one word a name reads better
)
"""Every field of type `boolean` of trunks, profiles and route patterns in AXL 12.5, 14.0 and 15.0; none of these names
is of another type elsewhere."""
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NOT_SETTINGS = frozenset({"uuid", "ctiid", "versionStamp"})  # name the object, or change by themselves
DEFAULT_PORT = "5060"
EVIDENCE_CHARACTERS = 200
REFERENCES = {
    Kind.SIP_TRUNK: (("securityProfileName", Kind.SIP_SECURITY_PROFILE), ("sipProfileName", Kind.SIP_PROFILE)),
    Kind.ROUTE_PATTERN: (("gatewayName", Kind.SIP_TRUNK),),
}


class AxlFault(Exception):  # noqa: N818 - the SOAP word
    """An AXL error. `code` is None where the fault is not one of AXL's own."""

    def __init__(self, code: int | None, message: str, operation: str) -> None:
        super().__init__(f"{operation}: {message}" + (f" ({code})" if code is not None else ""))
        self.code, self.message, self.operation = code, message, operation

    @property
    def is_not_found(self) -> bool:
        """Whether the object itself is missing.

        5007 also means a bad foreign key (in add and update) and a lost change queue (in listChange), so it counts only
        together with the operation and the text.
        """
        is_lookup = self.operation.startswith(("get", "remove", "reset"))
        return is_lookup and self.code in (5007, 5003) and "not found" in self.message

    @property
    def is_duplicate(self) -> bool:
        """-239 is what the database answers to a second row of the same name."""
        return self.operation.startswith("add") and (self.code == -239 or "duplicate value in a UNIQUE INDEX" in self.message)


def fault_in(envelope: etree._Element, operation: str) -> AxlFault | None:
    """The fault of an answer. `axlError` comes with and without a namespace: only local names count."""
    fault = envelope.find(f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault")
    if fault is None:
        return None
    texts = {etree.QName(element).localname: (element.text or "").strip() for element in fault.iter() if _is_element(element)}
    code = texts.get("axlcode", "")
    message = texts.get("axlmessage") or texts.get("faultstring") or "a fault without a text"
    return AxlFault(int(code) if re.fullmatch(r"-?\d+", code) else None, message, operation)


def _is_element(node: etree._Element) -> bool:
    return isinstance(node.tag, str)


def normalised(field: str, value: str) -> str:
    """The form in which two values of a field are compared."""
    if field == "x509SubjectName":
        return ",".join(sorted(set(subject_names(value))))
    if field == "destinations":
        return ", ".join(_join(*split_destination(entry)) for entry in value.split(",") if entry.strip())
    if field in BOOLEAN_FIELDS:
        return BOOLEANS.get(value.strip().lower(), value)
    return value.strip()


def split_destination(entry: str) -> tuple[str, str]:
    """Address and port of "10.1.2.3:5061", "[2001:db8::1]:5061" or, with the default port, of the address alone."""
    entry = entry.strip()
    if entry.startswith("["):
        address, _, rest = entry[1:].partition("]")
        return address, rest.removeprefix(":") or DEFAULT_PORT
    address, _, port = entry.partition(":")
    return address, port or DEFAULT_PORT


def _join(address: str, port: str) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def settings_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """The plain fields of an object; a null, in whatever form it came, is left out.

    A null foreign key is `<x/>`, `<x xsi:nil="true"/>` or, from CUCM 14 on, `<x uuid=""/>` (Cisco AXL developer guide).
    """
    settings: dict[str, str] = {}
    for field, value in answer.items():
        if field in NOT_SETTINGS:
            continue
        if field == "destinations":
            settings[field] = destinations_text(value)
        elif field == "destination" and isinstance(value, Mapping):
            settings.update({name: text_of(value.get(name)) for name in ("gatewayName", "routeListName")})
        else:
            settings[field] = normalised(field, text_of(value))
    return {field: value for field, value in settings.items() if value}


def text_of(value: Any) -> str:
    """A plain value, or the name behind a foreign key; empty for null in any of its forms and for what has fields."""
    if isinstance(value, Mapping):
        value = value.get("_value_1")
    if value is None or isinstance(value, list | Mapping):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def destinations_text(value: Any) -> str:
    """`address:port` of each destination, in the order of sortOrder."""
    entries = (value or {}).get("destination") if isinstance(value, Mapping) else None
    ordered = sorted(entries or [], key=lambda entry: int(text_of(entry.get("sortOrder")) or 0))
    return ", ".join(
        _join(
            text_of(entry.get("addressIpv4")) or text_of(entry.get("addressIpv6")), text_of(entry.get("port")) or DEFAULT_PORT
        )
        for entry in ordered
    )


def needs_of(key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
    """What an object refers to."""
    named = REFERENCES.get(key.kind, ())
    return frozenset(Key(key.target, kind, settings[name]) for name, kind in named if settings.get(name))
