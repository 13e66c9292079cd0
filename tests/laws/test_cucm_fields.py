"""What the schema allows and a document states comes back from a cluster as it was stated: written by zeep, checked by the
genuine schema, stored, answered, read. No sockets: the session speaks to the simulated AXL in memory.
"""

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.devices.cucm import write
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience
from trunkline.devices.cucm.axl.door import Door
from trunkline.devices.cucm.axl.objects import Objects
from trunkline.devices.cucm.axl.session import AxlSession
from trunkline.devices.cucm.dialect import OBJECTS, CucmDialect
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource
from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.envelope import HttpRefusal
from trunkline.twin.cucm.axl.schema import VERSIONS_REFUSED, toolkit_zip
from trunkline.twin.cucm.axl.service import AxlService
from trunkline.twin.cucm.spec import KNOWN_NAMES

DIALECT, TARGET = CucmDialect(), "cluster/seoul"
FIXED: dict[Kind, dict[str, str]] = {
    Kind.SIP_SECURITY_PROFILE: {
        "securityMode": "Encrypted",
        "incomingTransport": "TLS",
        "outgoingTransport": "TLS",
        "incomingPort": "5061",
    },
    Kind.SIP_PROFILE: {},
    Kind.SIP_TRUNK: {
        "product": "SIP Trunk",
        "class": "Trunk",
        "protocol": "SIP",
        "protocolSide": "Network",
        "devicePoolName": "Default",
        "locationName": "Hub_None",
        "presenceGroupName": "Standard Presence group",
        "securityProfileName": "Non Secure SIP Trunk Profile",
        "sipProfileName": "Standard SIP Profile",
        "name": "x",
    },
}
LETTERS = {"description": "aZ09 -_.'é"}  # AXL takes no markup in the description of a security profile
TEXTS = {
    name: st.text(st.sampled_from(letters), min_size=1, max_size=20).map(str.strip).filter(bool)
    for name, letters in {**LETTERS, "": "aZ09 -_.&<'é"}.items()
}


class InMemory(requests.Session):
    """AXL without a network."""

    def __init__(self) -> None:
        super().__init__()
        database = Database({name: set(names) for name, names in KNOWN_NAMES.items()})
        self.service = AxlService(database, "14.0.1.13900(155)", (), lambda _operation, _name: None)

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]  # what Door uses of it
        response = requests.Response()
        if method == "GET":
            response.status_code, response._content = 200, toolkit_zip()
            return response
        try:
            response.status_code, response._content = self.service.answer(options["data"], options["headers"]["SOAPAction"])
        except HttpRefusal as refusal:
            response.status_code, response._content = refusal.status, VERSIONS_REFUSED.encode()
        return response


@lru_cache(maxsize=1)
def axl() -> AxlSession:
    """One session; not a fixture, since a failing example would print it."""
    node = NodeAccess("pub", "pub.example.com", "127.0.0.1", True)
    access = ClusterAccess((node,), "u", "p", "", "", "", Path(tempfile.mkdtemp(prefix="trunkline-law-")))
    made = AxlSession(access, Patience(sleep=lambda _seconds: None), door=Door(access, InMemory()))
    made.open()
    shutil.rmtree(access.cache_directory)
    return made


def values(name: str, facet: write.Facet) -> st.SearchStrategy[str] | None:
    """What a document may state for a field; None for one that refers to another object or has fields itself."""
    if not facet.is_plain or (name.endswith(("Name", "Names")) and name != "x509SubjectName"):
        return None
    if facet.is_boolean:
        return st.sampled_from(["true", "false"])
    if facet.allowed:
        return st.sampled_from([value for value in facet.allowed if value])
    if facet.is_integer:
        return st.integers(0, 99).map(str)
    longest = facet.longest
    return TEXTS.get(name, TEXTS[""]).filter(lambda text: longest is None or len(text) <= longest)


@pytest.mark.parametrize("kind", FIXED)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_stated_is_read_back(kind: Kind, data: st.DataObject) -> None:
    name, facets = OBJECTS[kind], axl().facets()[OBJECTS[kind]]
    choices = {field: values(field, facet) for field, facet in facets.items() if field not in FIXED[kind]}
    free = {field: choice for field, choice in choices.items() if choice is not None}
    stated = data.draw(st.fixed_dictionaries({}, optional=free))
    fields = {**write.REQUIRED.get(name, {}), **FIXED[kind], **stated, "name": "law"}
    assert write.objection(fields, facets) is None
    element = name[0].lower() + name[1:]
    axl().call(f"add{name}", **{element: write.arguments(fields, facets)})
    key = Key(TARGET, kind, "law")
    try:
        found, gaps = Objects(TARGET, axl()).read([key], is_full=True)
    finally:
        axl().call(f"remove{name}", name="law")
    wanted = DIALECT.canonical(Resource(key, fields)).settings
    assert not gaps
    assert {field: found[key].settings.get(field, "") for field in wanted} == dict(wanted)
