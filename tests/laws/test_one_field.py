"""Changing any one field of any document plans exactly the lines and fields that it implies, and one pass converges.

The devices are puppets: they show what the forecast predicts, so that this is about documents and the loop alone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.one_field import CUBES, Edit, documents, edited, fresh, load, passes, said, settled, table
from support.puppets import Puppet, Stage
from trunkline.desired.documents.walk import models_in
from trunkline.desired.parse import model_of
from trunkline.desired.published.schemas import MODELS

TABLE = table()
SILENT_MODELS = {
    "Waiver",  # heeded by `trunkline check` only
    "LocalIssuer", "ManualIssuer", "AcmeIssuer", "AcmeAccount", "EstIssuer", "CfsslIssuer",  # how a CA is asked
}  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Stage:
    """Devices that are as the documents want them."""
    return settled()


def models_below(model: Any) -> Iterator[Any]:
    yield model
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from models_below(inner)


def field_of(edit: Edit) -> set[str]:
    """The model and field that an edit changes; a field that two dial-peers have in common counts for both."""
    here: list[Any] = [model_of(f"{edit.document}.yaml")]
    found: set[str] = set()
    for part in edit.where:
        named = [model for model in here if part in model.model_fields]
        if named:
            found = {f"{model.__name__}.{part}" for model in named}
            here = [inner for model in named for inner in models_in(model.model_fields[str(part)].annotation)]
    return found


def test_every_field_of_every_document_is_in_the_table() -> None:
    every = {
        f"{model.__name__}.{name}"
        for kind in MODELS.values()
        for model in models_below(kind)
        if model.__name__ not in SILENT_MODELS
        for name in model.model_fields
    }
    whole = {  # they are mappings, whose fields are in the table one by one
        "Cube.management", "Cube.signalling", "Cube.identity", "Cube.voice_service", "Cube.sip_ua", "Cube.voice_classes",
        "Cluster.certificates", "Estate.renewal",
        "Cluster.axl", "Cluster.platform", "Estate.intervals", "Estate.guard", "Link.dial_peers", "Link.security_profile",
        "Link.sip_profile", "Link.trunk", "DialPeers.outbound", "DialPeers.inbound",
    }  # fmt: skip
    waivers = {"Cube.waivers", "Cluster.waivers", "Link.waivers"}  # the estate's are in the table
    assert every - whole - waivers - {field for edit in TABLE for field in field_of(edit)} == set()


def test_an_edit_that_implies_nothing_says_why() -> None:
    assert [str(edit) for edit in TABLE if bool(edit.implies) == bool(edit.why)] == []


@pytest.mark.parametrize("edit", TABLE, ids=str)
def test_one_field_plans_what_it_implies_and_converges_in_one_pass(edit: Edit, base: Stage) -> None:
    stage = base.copy()
    wanted = documents(edited(load(), edit))
    first = passes(stage, wanted)
    assert said(first) == list(edit.implies)
    assert [finished.failure for finished in first] == [None, None]
    assert [finished.remaining for finished in first] == [(), ()]
    assert said(passes(stage, wanted)) == []


@pytest.mark.parametrize("edit", [edit for edit in TABLE if edit.implies], ids=str)
def test_taking_it_back_takes_one_pass_too(edit: Edit, base: Stage) -> None:
    stage = base.copy()
    before = [shown(puppet) for puppet in stage.puppets]
    passes(stage, documents(edited(load(), edit)))
    back = passes(stage, documents(load()))
    assert [finished.remaining for finished in back] == [(), ()]
    assert [shown(puppet) for puppet in stage.puppets] == before


def shown(puppet: Puppet) -> set[tuple[str, str]]:
    """What a device shows, without what goes without saying."""
    return {
        (str(key), value)
        for key, resource in puppet.observed.resources.items()
        for slot, value in resource.settings.items()
        if value != puppet.language.implied(key, slot)
    }


SAYING = [edit for edit in TABLE if edit.implies]


@settings(max_examples=25)
@given(edits=st.lists(st.sampled_from(SAYING), min_size=2, max_size=6, unique_by=lambda edit: (edit.document, edit.path)))
def test_many_fields_at_once_converge_in_one_pass(edits: list[Edit], base: Stage) -> None:
    data = load()
    for edit in edits:
        try:
            data = edited(data, edit)
        except (KeyError, TypeError, IndexError):
            continue  # an earlier edit took away what this one would change
    wanted = documents(data)
    stage = base.copy()
    passes(stage, wanted)
    assert said(passes(stage, wanted)) == []


def test_the_documents_converge_from_nothing() -> None:
    stage = fresh()
    assert [finished.is_converged for finished in passes(stage, documents(load()))] == [True] * len(CUBES)
