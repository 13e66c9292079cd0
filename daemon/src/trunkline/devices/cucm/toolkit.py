"""The cluster's own AXL schema: fetched once per version, cut down to what is used, kept on disk.

A whole AXL schema costs zeep 0.7 s and 125 MiB; the operations below cost a twentieth of both.
"""

import hashlib
import io
import zipfile
from pathlib import Path

from lxml import etree

OBJECTS = ("SipTrunk", "SipTrunkSecurityProfile", "SipProfile", "RoutePattern")
OPERATIONS = frozenset(
    {f"{verb}{name}" for verb in ("get", "add", "update", "remove", "list") for name in OBJECTS}
    | {"resetSipTrunk", "restartSipTrunk", "applySipTrunkSecurityProfile", "applySipProfile"}
    | {"listProcessNode", "getCCMVersion", "listChange"}
)
VERSIONS = ("15.0", "14.0", "12.5")
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
REFERENCES = ("type", "base", "itemType", "ref")


def choose(archive: zipfile.ZipFile) -> str:
    """The newest version that both the cluster and trunkline know. Raises ValueError where there is none."""
    folders = {name.split("/")[1] for name in archive.namelist() if name.startswith("schema/") and name.count("/") >= 2}
    for version in VERSIONS:
        if version in folders:
            return version
    raise ValueError(f"the toolkit holds {', '.join(sorted(folders)) or 'no schema'}, trunkline knows {', '.join(VERSIONS)}")


def pruned(archive_bytes: bytes) -> tuple[str, bytes, bytes]:
    """Version, WSDL and XSD, holding only what OPERATIONS reach. Raises ValueError for an archive that is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive_bytes)) as archive:
            version = choose(archive)
            wsdl = etree.fromstring(archive.read(f"schema/{version}/AXLAPI.wsdl"))
            xsd = etree.fromstring(archive.read(f"schema/{version}/AXLSoap.xsd"))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise ValueError(f"the AXL toolkit cannot be read: {error}") from error
    messages = _prune_wsdl(wsdl)
    _prune_xsd(xsd, _elements(wsdl, messages))
    return version, etree.tostring(wsdl), etree.tostring(xsd)


def _prune_wsdl(wsdl: etree._Element) -> set[str]:
    """Keep the operations used; returns the messages that they speak."""
    messages: set[str] = set()
    for container in (*wsdl.iter(f"{WSDL}portType"), *wsdl.iter(f"{WSDL}binding")):
        for operation in container.findall(f"{WSDL}operation"):
            if operation.get("name") not in OPERATIONS:
                container.remove(operation)
                continue
            for part in operation:
                messages.add((part.get("message") or "").rpartition(":")[2])
    for message in wsdl.findall(f"{WSDL}message"):
        if message.get("name") not in messages:
            wsdl.remove(message)
    return messages


def _elements(wsdl: etree._Element, messages: set[str]) -> set[str]:
    return {
        (part.get("element") or "").rpartition(":")[2]
        for message in wsdl.findall(f"{WSDL}message")
        if message.get("name") in messages
        for part in message
    }


def _prune_xsd(xsd: etree._Element, elements: set[str]) -> None:
    """Keep the elements and whatever they reach; drop documentation."""
    etree.strip_elements(xsd, f"{XSD}annotation", with_tail=False)
    named = {child.get("name"): child for child in xsd if isinstance(child.tag, str) and child.get("name")}
    reached: set[str] = set()
    todo = [name for name in elements if name in named]
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        todo.extend(_mentions(named[name]) & named.keys() - reached)
    for child in list(xsd):
        if child.get("name") not in reached:
            xsd.remove(child)


def _mentions(element: etree._Element) -> set[str]:
    found = set()
    for node in element.iter():
        for attribute in REFERENCES:
            value = node.get(attribute)
            if value:
                found.add(value.rpartition(":")[2])
        found |= {word.rpartition(":")[2] for word in (node.get("memberTypes") or "").split()}
    return found


class Cache:
    """Pruned schemas on disk, by cluster version. A damaged entry is as good as none."""

    def __init__(self, directory: Path, cluster: str) -> None:
        self._directory = directory / "axl" / hashlib.sha256(cluster.encode()).hexdigest()[:16]

    def find(self) -> tuple[str, Path] | None:
        """AXL version and the path of the WSDL; None where there is nothing usable."""
        try:
            version, digest = (self._directory / "digest").read_text().split()
            content = self._read()
        except (OSError, ValueError):
            return None
        return (version, self._directory / "AXLAPI.wsdl") if _digest(*content) == digest else None

    def _read(self) -> tuple[bytes, bytes]:
        return (self._directory / "AXLAPI.wsdl").read_bytes(), (self._directory / "AXLSoap.xsd").read_bytes()

    def store(self, archive_bytes: bytes) -> tuple[str, Path]:
        """Prune and keep; the digest is written last, so that half an entry is never found."""
        version, wsdl, xsd = pruned(archive_bytes)
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / "digest").unlink(missing_ok=True)
        (self._directory / "AXLAPI.wsdl").write_bytes(wsdl)
        (self._directory / "AXLSoap.xsd").write_bytes(xsd)
        (self._directory / "digest").write_text(f"{version} {_digest(wsdl, xsd)}")
        return version, self._directory / "AXLAPI.wsdl"


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
