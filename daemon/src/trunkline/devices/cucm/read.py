"""AXL answers as settings: text by field, whatever form the cluster chose. Pure."""

from collections.abc import Mapping
from typing import Any

BOOLEANS = {"t": "true", "true": "true", "1": "true", "f": "false", "false": "false", "0": "false"}
BOOLEAN_FIELDS = frozenset(
    """acceptInboundRdnis acceptOutOfDialogRefer acceptOutboundRdnis acceptPresenceSubscription acceptUnsolicitedNotification
    allowChargingHeader allowReplaceHeader applLevelAuthentication blockEnable digestAuthentication
    enableOutboundOptionsPing isEmergencyServiceNumber isPaiEnabled isRpidEnabled mtpRequired patternUrgency
    provideOutsideDialtone pstnAccess retryVideoCallAsAudio runOnEveryNode srtpAllowed srtpFallbackAllowed
    supportOverlapSending transmitSecurityStatus transmitUtf8 unattendedPort allowDeviceOverride
    authorizationCodeRequired clientCodeRequired""".split()  # noqa: SIM905 - one word a name reads better
)


def normalised(field: str, value: str) -> str:
    """The form in which two values of a field are compared."""
    if field == "x509SubjectName":
        return ",".join(sorted(set(subject_names(value))))
    if field in BOOLEAN_FIELDS:
        return BOOLEANS.get(value.strip().lower(), value)
    return value.strip()


def subject_names(text: str) -> list[str]:
    """X.509 names; CUCM lets blank, comma, semicolon and colon separate them."""
    for separator in ",;:":
        text = text.replace(separator, " ")
    return [name.lower() for name in text.split()]


def settings_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """Every plain field of an object; null and empty are the same."""
    settings: dict[str, str] = {}
    for field, value in answer.items():
        if field == "destinations":
            settings[field] = destinations_text(value)
        elif field == "destination":
            settings["gatewayName"] = text_of((value or {}).get("gatewayName")) if isinstance(value, Mapping) else ""
        else:
            text = text_of(value)
            if text is not None:
                settings[field] = normalised(field, text)
    return {field: value for field, value in settings.items() if value is not None}


def text_of(value: Any) -> str:
    """A plain value, or the name behind a foreign key; empty for null in any of its forms."""
    if isinstance(value, Mapping):
        value = value.get("_value_1")
    if isinstance(value, list) or value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def destinations_text(value: Any) -> str:
    """`address:port` of each destination, in the order of sortOrder."""
    entries = (value or {}).get("destination") if isinstance(value, Mapping) else None
    ordered = sorted(entries or [], key=lambda entry: int(text_of(entry.get("sortOrder")) or 0))
    return ", ".join(f"{text_of(entry.get('addressIpv4'))}:{text_of(entry.get('port')) or 5060}" for entry in ordered)
