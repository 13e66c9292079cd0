"""What a release refuses or warns of, whatever the grammar says. Source: Cisco IOS voice command reference."""

import re

from trunkline.twin.cube.router import Router
from trunkline.twin.cube.trains import Train

WEAK_TLS = re.compile(r"^transport tcp tls v1\.[01]( minimum)?$")
STRICT_CIPHER = re.compile(r"^crypto signaling .*\bstrict-cipher\b")
BIND = re.compile(r"^(no )?(voice-class sip )?bind (control|media|all)\b")
LICENSE_CAPACITY = "mode border-element license capacity"
BIND_REFUSAL = "Error: You cannot change the interface binding for a dial-peer that is processing live traffic."
LICENSE_REFUSAL = (
    "Error: CUBE SIP trunk licensing is now based on dynamic session counting. "
    "Static license capacity configuration has been deprecated."
)
RELOAD_REMARK = "You need to save and reload the router for this configuration change to be effective."


def refusal(router: Router, line: str) -> tuple[str, ...]:
    """What is printed instead of doing the line; nothing where it is done. `line` has its keywords written out."""
    if BIND.match(line) and router.call_legs:
        return (BIND_REFUSAL,)
    if line.startswith(LICENSE_CAPACITY) and not router.train.has_license_capacity:
        return (LICENSE_REFUSAL,)
    if WEAK_TLS.match(line) and router.train.refuses_weak_tls and not router.running.headers("system mode insecure"):
        return (
            "%Error:Insecure configurations are not permitted in secure mode. To proceed, set the system mode to insecure ",
            "using the command system mode insecure, and then try again.",
            f"Module: SIPUA, Command: {line} , Reason: Weak tls version, Remediation: Use stronger tls version",
            "to enhance security",
            "%ERROR: Security policy check failed, configuration can't be applied",
        )
    return ()


def remark(train: Train, line: str) -> tuple[str, ...]:
    """What is printed although the line was done."""
    if line.startswith("mode border-element"):
        return (RELOAD_REMARK,)
    if WEAK_TLS.match(line) and train.warns_of_weak_tls:
        return _warning(line, "Weak tls version", "Use stronger tls version to enhance security")
    if STRICT_CIPHER.match(line) and train.warns_of_strict_cipher:
        reason = "strict-cipher includes weak ciphers like RSA_WITH_AES_128_CBC_SHA"
        return _warning(line, reason, "Use stronger cipher(s) to enhance security")
    return ()


def _warning(line: str, reason: str, remediation: str) -> tuple[str, ...]:
    return (
        f"SECURITY WARNING - Module: SIPUA, Command: {line}, Reason: {reason}, ",
        f"Remediation: {remediation}",
    )
