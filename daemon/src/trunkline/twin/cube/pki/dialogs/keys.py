"""`crypto key generate` and `crypto key zeroize`. Sources: transcripts of IOS 15 and 17; VG400 configuration guide."""

import asyncio

from trunkline.twin.ca import PrivateKey, new_key
from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.config.matching import Mismatch, Pattern, find
from trunkline.twin.cube.pki.dialogs import asking
from trunkline.twin.cube.pki.store import Key, Store

WORDS = ("general-keys", "usage-keys", "signature", "encryption", "exportable", "label", "modulus", "redundancy", "keysize")
VALUED = frozenset({"label", "modulus", "keysize"})
KEYWORDS = tuple(Pattern.of(word, word) for word in WORDS)
BACKGROUND_BITS = 4096
LEAST_BITS = 1024  # old releases take less; no library of today does


def options(text: str) -> dict[str, str]:
    """The options in any order, as IOS takes them. Raises Mismatch."""
    found: dict[str, str] = {}
    words = text.split()
    while words:
        word = find(KEYWORDS, words.pop(0)).means
        if word in VALUED and not words:
            raise Mismatch("incomplete")
        found[word] = words.pop(0) if word in VALUED else "yes"
    return found


@command("crypto key generate rsa", "config")
@command("crypto key generate rsa", "privileged")
@command("crypto key generate rsa <options...>", "config")
@command("crypto key generate rsa <options...>", "privileged")
async def generate_rsa(call: Call) -> None:
    wanted = options(call.arguments.get("options", ""))
    label = wanted.get("label") or _default_label(call)
    if not label:
        call.terminal.write("% Please define a domain-name first.")
        return
    stated = wanted.get("modulus", str(LEAST_BITS))
    if not stated.isdigit() or not LEAST_BITS <= int(stated) <= BACKGROUND_BITS:
        raise Mismatch("invalid", call.arguments["words"].index(stated))
    if not await _may_take(call, "RSA", label):
        return
    bits = int(stated if "modulus" in wanted else await _ask_bits(call))
    if "modulus" in wanted:
        call.terminal.write()
        call.terminal.write(f"% The key modulus size is {bits} bits")
    if bits >= BACKGROUND_BITS and call.router.train.generates_in_background:
        call.terminal.write("% Generating crypto RSA keys in background ...")
        _keep_in_background(call, label, bits, is_exportable="exportable" in wanted)
        return
    await _generate(call, label, ("rsa", bits), is_exportable="exportable" in wanted)


@command("crypto key generate ec <options...>", "config")
@command("crypto key generate ec <options...>", "privileged")
async def generate_ec(call: Call) -> None:
    wanted = options(call.arguments["options"])
    label = wanted.get("label") or _default_label(call)
    if wanted.get("keysize") not in ("256", "384", "521"):
        raise Mismatch("incomplete")
    if await _may_take(call, "EC", label):
        await _generate(call, label, ("ec", int(wanted["keysize"])), is_exportable="exportable" in wanted)


def _default_label(call: Call) -> str:
    domain = call.router.domain
    return f"{call.router.hostname}.{domain}" if domain else ""


async def _may_take(call: Call, kind: str, label: str) -> bool:
    """Whether the label is free; IOS XE replaces a key without asking, classic IOS asks."""
    if label not in asking.store_of(call).keys:
        call.terminal.write(f"The name for the keys will be: {label}")
        return True
    call.terminal.write(f"% You already have {kind} keys defined named {label}.")
    if not call.router.train.replaces_keys_silently:
        return await asking.is_accepted(call, "% Do you really want to replace them? [yes/no]: ")
    call.terminal.write("% They will be replaced.")
    return True


async def _ask_bits(call: Call) -> str:
    for line in (
        "Choose the size of the key modulus in the range of 512 to 4096 for your",
        "  General Purpose Keys. Choosing a key modulus greater than 512 may take",
        "  a few minutes.",
        "",
    ):
        call.terminal.write(line)
    answer = (await call.terminal.ask("How many bits in the modulus [1024]: ")).strip()
    return answer if answer.isdigit() else "1024"


async def _generate(call: Call, label: str, kind: tuple[str, int], *, is_exportable: bool) -> None:
    name, bits = kind
    exportable = "exportable" if is_exportable else "non-exportable"
    call.terminal.write(f"% Generating {bits} bit {name.upper()} keys, keys will be {exportable}...")
    await call.terminal.flush()
    private: PrivateKey = await asyncio.to_thread(new_key, name, bits)
    if call.router.faults.seconds_per_key:
        await asyncio.sleep(call.router.faults.seconds_per_key)
    asking.store_of(call).keys[label] = Key(label, private, call.router.clock(), is_exportable)
    call.terminal.write(f"[OK] (elapsed time was {max(1, round(call.router.faults.seconds_per_key))} seconds)")
    call.terminal.write()


def _keep_in_background(call: Call, label: str, bits: int, *, is_exportable: bool) -> None:
    """Only a log line tells when the key is there."""
    router, store = call.router, asking.store_of(call)

    async def work() -> None:
        private = await asyncio.to_thread(new_key, "rsa", bits)
        await asyncio.sleep(router.faults.seconds_per_key)
        store.keys[label] = Key(label, private, router.clock(), is_exportable)
        router.syslog(f"%CRYPTO_ENGINE-5-KEY_ADDITION: A key named {label} has been generated or imported by parser")

    router.spawn(work())


@command("crypto key zeroize rsa|ec", "config")
@command("crypto key zeroize rsa|ec <label>", "config")
async def zeroize(call: Call) -> None:
    store, label = asking.store_of(call), call.arguments.get("label")
    kind = call.arguments["rsa|ec"]
    doomed = [key for key in store.keys.values() if key.kind == kind and label in (None, key.label)]
    if not doomed:
        named = f" by the name of '{label}'" if label else ""
        call.terminal.write(f"% No {kind.upper()} keys found{named}.")
        return
    call.terminal.write(
        f"% Keys to be removed are named '{label}'." if label else f"% All {kind.upper()} keys will be removed."
    )
    call.terminal.write("% All router certs issued using these keys will also be removed.")
    if await asking.is_accepted(call, "Do you really want to remove these keys? [yes/no]: "):
        _destroy(store, [key.label for key in doomed])
        call.router.announce()


def _destroy(store: Store, labels: list[str]) -> None:
    for label in labels:
        del store.keys[label]
    for trustpoint in store.trustpoints.values():
        if trustpoint.key_label in labels:
            trustpoint.identity = trustpoint.request = None
