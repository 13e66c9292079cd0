"""`crypto pki enroll`: the request on the terminal, or a certificate that the router signs itself."""

import asyncio
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from trunkline.twin.ca import Wish, certify, new_key
from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config.running import interface_name
from trunkline.twin.cube.pki import request
from trunkline.twin.cube.pki.dialogs import asking
from trunkline.twin.cube.pki.dialogs.authenticate import ask_for_ca
from trunkline.twin.cube.pki.request import Wanted
from trunkline.twin.cube.pki.store import Key, Trustpoint


@command("crypto pki enroll <name>", "config")
async def enroll(call: Call) -> None:
    name = call.arguments["name"]
    trustpoint = asking.store_of(call).trustpoints.get(name)
    if trustpoint is None:
        call.terminal.write(asking.UNKNOWN_TRUSTPOINT.format(name=name))
        return
    if _value(call, trustpoint, "enrollment ") == "selfsigned":
        await _enroll_self(call, trustpoint)
        return
    if trustpoint.ca is None:
        call.terminal.write("% You must authenticate the Certificate Authority before")
        call.terminal.write("you can enroll with it.")
        call.terminal.write("% Attempting authentication first.")
        await ask_for_ca(call, trustpoint)
        return
    if trustpoint.identity is not None:
        call.terminal.write("% You already have a certificate from this Certificate Authority.")
        if not await asking.is_accepted(call, "Do you want to continue with re-enrollment? [yes/no]: "):
            return
    unexpected = call.router.faults.unexpected_question
    if unexpected and not await asking.is_accepted(call, unexpected):
        return
    call.terminal.write("% Start certificate enrollment .. ")
    call.terminal.write()
    await _request(call, trustpoint)


def _value(call: Call, trustpoint: Trustpoint, prefix: str) -> str:
    return call.router.running.value(prefix, f"crypto pki trustpoint {trustpoint.name}")


async def _request(call: Call, trustpoint: Trustpoint) -> None:
    wanted = await _wanted(call, trustpoint)
    key = await _key_for(call, trustpoint)
    trustpoint.request = request.signed(wanted, key)
    _log_request(call, trustpoint.name, trustpoint.request)
    if not await asking.is_accepted(call, "Display Certificate Request to terminal? [yes/no]: "):
        return
    while True:
        _write_request(call, trustpoint.request, has_frame=_value(call, trustpoint, "enrollment ") == "terminal pem")
        if not await asking.is_accepted(call, "Redisplay enrollment request? [yes/no]: "):
            call.terminal.write()
            return


async def _wanted(call: Call, trustpoint: Trustpoint) -> Wanted:
    """What the lines of the trustpoint say, and for what they leave open the answers."""
    subject, fqdn = _value(call, trustpoint, "subject-name "), _fqdn(call, trustpoint)
    if subject:
        call.terminal.write(f"% The subject name in the certificate will include: {subject}")
    if fqdn:
        call.terminal.write(f"% The subject name in the certificate will include: {fqdn}")
    else:
        call.terminal.write("% The fully-qualified domain name will not be included in the certificate")
    serial_number = await _serial_number(call, trustpoint)
    address = await _address(call, trustpoint)
    word = _value(call, trustpoint, "hash ") or call.router.train.trustpoint_hash or "sha1"
    return Wanted(subject, fqdn, serial_number, address, _value(call, trustpoint, "subject-alt-name "), word)


def _fqdn(call: Call, trustpoint: Trustpoint) -> str:
    """The router's own name where the trustpoint states none; empty for `fqdn none`."""
    stated, domain = _value(call, trustpoint, "fqdn "), call.router.domain
    own = f"{call.router.hostname}.{domain}" if domain else call.router.hostname
    return "" if stated == "none" else stated or own


async def _serial_number(call: Call, trustpoint: Trustpoint) -> str:
    lines = call.router.running.section(f"crypto pki trustpoint {trustpoint.name}")
    stated = next((line for line in lines if line.startswith("serial-number")), "")
    question = "% Include the router serial number in the subject name? [yes/no]: "
    if stated == "serial-number none" or (not stated and not await asking.is_accepted(call, question)):
        return ""
    number = call.router.serial_number
    call.terminal.write(f"% The serial number in the certificate will be: {number}")
    return number


async def _address(call: Call, trustpoint: Trustpoint) -> str:
    stated = _value(call, trustpoint, "ip-address ")
    if stated == "none":
        return ""
    if not stated:
        answer = (await call.terminal.ask("% Include an IP address in the subject name? [no]: ")).strip().lower()
        if not answer.startswith("y"):
            return ""
        stated = (await call.terminal.ask("Enter Interface name or IP Address[]: ")).strip()
    address = call.router.interface_address(interface_name(stated)) or stated
    call.terminal.write(f"% The IP address in the certificate is {address}")
    call.terminal.write()
    return address


async def _key_for(call: Call, trustpoint: Trustpoint) -> Key:
    """The key that the trustpoint names; one of default size is made where there is none."""
    store = asking.store_of(call)
    words = (_value(call, trustpoint, "rsakeypair ") or _value(call, trustpoint, "eckeypair ") or trustpoint.name).split()
    label = words[0]
    if label not in store.keys:
        bits = int(words[1]) if len(words) > 1 else call.router.train.default_key_bits
        is_ec = bool(_value(call, trustpoint, "eckeypair "))
        private = await asyncio.to_thread(new_key, "ec" if is_ec else "rsa", 256 if is_ec else bits)
        store.keys[label] = Key(label, private, call.router.clock())
        call.router.syslog(f"%CRYPTO_ENGINE-5-KEY_ADDITION: A key named {label} has been generated or imported by pki")
    trustpoint.key_label = label
    return store.keys[label]


def _write_request(call: Call, wanted: x509.CertificateSigningRequest, *, has_frame: bool) -> None:
    pem = wanted.public_bytes(serialization.Encoding.PEM).decode().strip().splitlines()
    body = pem if has_frame else pem[1:-1]
    for line in (
        "Certificate Request follows:",
        "",
        *body,
        "",
        "---End - This line not part of the certificate request---",
        "",
    ):
        call.terminal.write(line)


def _log_request(call: Call, name: str, wanted: x509.CertificateSigningRequest) -> None:
    """Lines that come in the middle of the dialog, in several rows each."""
    if not call.router.train.logs_requests:
        return
    der = wanted.public_bytes(serialization.Encoding.DER)
    call.router.syslog(f"%PKI-6-CERT_ENROLL_MANUAL: Manual enrollment for trustpoint {name}")
    rows = [f"CSR Fingerprint {title}: {_digest(der, kind)}" for title, kind in DIGESTS]
    call.router.syslog("\r\n                      ".join(["%PKI-6-CSR_FINGERPRINT:", *rows]))


DIGESTS = (("MD5 ", hashes.MD5()), ("SHA1", hashes.SHA1()), ("SHA2", hashes.SHA256()))  # noqa: S303 - IOS prints them


def _digest(data: bytes, kind: hashes.HashAlgorithm) -> str:
    digest = hashes.Hash(kind)
    digest.update(data)
    return digest.finalize().hex().upper()


async def _may_replace(call: Call, trustpoint: Trustpoint) -> bool:
    """There is one self-signed certificate on a router: a second one takes the place of the first, with its trustpoint."""
    running, store = call.router.running, asking.store_of(call)
    others = [held for held in store.trustpoints.values() if held.is_self_signed and held.ca is None and held is not trustpoint]
    if not others:
        return True
    call.terminal.write("The router has already generated a Self Signed Certificate for")
    call.terminal.write(f"trustpoint {others[0].name}.")
    call.terminal.write("If you continue the existing trustpoint and Self Signed Certificate")
    call.terminal.write("will be deleted.")
    call.terminal.write()
    if not await asking.is_accepted(call, "Do you want to continue generating a new Self Signed Certificate? [yes/no]: "):
        return False
    entry = running.find((f"crypto pki trustpoint {others[0].name}",))
    if entry is not None:
        running.root.children.remove(entry)
    del store.trustpoints[others[0].name]
    return True


async def _enroll_self(call: Call, trustpoint: Trustpoint) -> None:
    if not await _may_replace(call, trustpoint):
        return
    fqdn = _fqdn(call, trustpoint)
    if not fqdn:
        call.terminal.write("% The fully-qualified domain name will not be included in the certificate")
    await _serial_number(call, trustpoint)
    await _address(call, trustpoint)
    if not await asking.is_accepted(call, "Generate Self Signed Router Certificate? [yes/no]: "):
        return
    key = await _key_for(call, trustpoint)
    stated = _value(call, trustpoint, "subject-name ").partition("=")[2]
    wish = Wish(stated or f"IOS-Self-Signed-Certificate-{trustpoint.name.rpartition('-')[2]}", call.router.clock(), 3650)
    trustpoint.identity = certify(replace(wish, usages=()), key.private.public_key(), None, key.private)
    trustpoint.installed_at = call.router.clock()
    call.router.announce()
    call.terminal.write()
    call.terminal.write("Router Self Signed Certificate successfully created")
    call.terminal.write()
