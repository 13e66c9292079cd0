"""Published schemas and generated pages say what the code does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.pages import lagging
from support.scene import EXAMPLES
from trunkline.desired.documents.fields import Becomes
from trunkline.desired.documents.walk import fields_at, models_in
from trunkline.desired.published.schemas import MODELS, schemas


def test_no_generated_file_lags() -> None:
    assert lagging() == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_points_at_its_schema(path: Any) -> None:
    hint = re.match(r"# yaml-language-server: \$schema=(\S+)", path.read_text())
    assert hint
    schema = json.loads((path.parent / hint[1]).read_text())
    kind = path.parent.name.removesuffix("s") if path.parent != EXAMPLES else "estate"
    assert schema["title"] == f"trunkline {kind}"


def models(model: Any, seen: set[Any]) -> Iterator[Any]:
    if model not in seen:
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            for inner in models_in(field.annotation):
                yield from models(inner, seen)


EVERY_MODEL = [found for seen in [set()] for model in MODELS.values() for found in models(model, seen)]


@pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model.__name__)
def test_an_editor_can_show_what_every_field_means(model: Any) -> None:
    assert model.__doc__
    assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_every_field_that_is_not_a_mapping_of_fields_says_what_it_becomes_or_is_inside_one_that_becomes_nothing() -> None:
    access = {"Intervals", "Guard", "Management", "Axl", "Platform", "Waiver", "AcmeAccount"}
    access |= {f"{kind}Issuer" for kind in ("Local", "Manual", "Acme", "Est", "Cfssl")}
    silent = [
        f"{model.__name__}.{name}"
        for model in EVERY_MODEL
        for name, field in model.model_fields.items()
        if model.__name__ not in access
        and not list(models_in(field.annotation))
        and not any(isinstance(entry, Becomes) for entry in field.metadata)
    ]
    assert silent == []


@pytest.mark.parametrize("kind", MODELS)
def test_schemas_are_strict_and_say_what_must_be(kind: str) -> None:
    schema = schemas()[kind]
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        assert part["type"] == "object"
    assert schema["$schema"].endswith("2020-12/schema")


def test_fields_at_a_place() -> None:
    assert "server_group" in fields_at(MODELS["link"], ("dial_peers", "outbound"))
    assert "address" in fields_at(MODELS["cluster"], ("nodes", 0))
