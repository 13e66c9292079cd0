"""The cluster's own AXL schema: fetched once per release, cut down to what is used, kept on disk.

A whole AXL schema costs zeep 0.7 s and 125 MiB; the operations below cost a twentieth of the time and a third of the
memory.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

OBJECTS = ("SipTrunk", "SipTrunkSecurityProfile", "SipProfile", "RoutePattern")
OPERATIONS = frozenset(
    {f"{verb}{name}" for verb in ("get", "add", "update", "remove") for name in OBJECTS}
    | {"listSipTrunk", "listRoutePattern", "resetSipTrunk", "listChange"}
)
VERSIONS = ("15.0", "14.0", "12.5")
"""Newest first. Trunks, profiles and route patterns are the same in all three; before 12.5 they are not."""
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
REFERENCES = ("type", "base", "itemType", "ref")
RECIPE = hashlib.sha256(" ".join(sorted(OPERATIONS)).encode()).hexdigest()[:8]
"""A schema cut for other operations is another file."""


@dataclass(frozen=True)
class Schema:
    """WSDL and XSD of one AXL version, holding what OPERATIONS reach."""

    version: str  # "12.5"
    wsdl: bytes = field(repr=False)
    xsd: bytes = field(repr=False)


def version_for(release: str, supported: Iterable[str]) -> str | None:
    """The newest version that trunkline knows and a cluster of this release ("15.0.1.11901(2)") can speak."""
    have = _numbers(release)
    return next((known for known in VERSIONS if known in set(supported) and _numbers(known) <= have), None)


def _numbers(version: str) -> tuple[int, ...]:
    """Major and minor number: all that tells one AXL version from another."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def pruned(archive_bytes: bytes, release: str, supported: Iterable[str]) -> Schema:
    """The schema for a cluster out of its toolkit. Raises ValueError for an archive that does not hold one."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive_bytes)) as archive:
            folders = {name.split("/")[1] for name in archive.namelist() if re.match(r"schema/[\d.]+/", name)}
            version = version_for(release, folders & set(supported))
            if version is None:
                has = ", ".join(sorted(folders)) or "no schema"
                raise ValueError(f"its AXL toolkit holds {has}, trunkline knows {', '.join(VERSIONS)}")
            wsdl = _parse(archive.read(f"schema/{version}/AXLAPI.wsdl"))
            xsd = _parse(archive.read(f"schema/{version}/AXLSoap.xsd"))
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise ValueError(f"its AXL toolkit cannot be read: {error}") from error
    messages = _prune_wsdl(wsdl)
    _prune_xsd(xsd, _elements(wsdl, messages))
    return Schema(version, etree.tostring(wsdl), etree.tostring(xsd))


def _parse(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True))


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


@dataclass(frozen=True)
class Cache:
    """The pruned schema of one cluster on disk: a line of JSON that says what follows and its digest, then WSDL and XSD.

    A damaged or half-written file is as good as none.
    """

    directory: Path
    cluster: str  # the publisher's name

    @property
    def path(self) -> Path:
        name = re.sub(r"[^\w.-]", "_", self.cluster)
        return self.directory / "axl" / f"{name}-{RECIPE}.schema"

    def find(self) -> tuple[str, Schema] | None:
        """The release of the cluster for which it was fetched, and the schema; None where there is nothing usable."""
        try:
            line, _, content = self.path.read_bytes().partition(b"\n")
            header = json.loads(line)
            size, version, release = int(header["wsdl_bytes"]), str(header["version"]), str(header["release"])
            if header["sha256"] != _digest(release, version, size, content):
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return release, Schema(version, content[:size], content[size:])

    def store(self, release: str, schema: Schema) -> None:
        """Keep a schema; readers see the former file or this one, never a part. Raises OSError."""
        content = schema.wsdl + schema.xsd
        header = {
            "version": schema.version,
            "release": release,
            "wsdl_bytes": len(schema.wsdl),
            "sha256": _digest(release, schema.version, len(schema.wsdl), content),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(header).encode() + b"\n" + content)
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _digest(release: str, version: str, wsdl_bytes: int, content: bytes) -> str:
    return hashlib.sha256(f"{release} {version} {wsdl_bytes}\n".encode() + content).hexdigest()
