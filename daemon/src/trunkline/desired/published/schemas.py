"""The published JSON Schemas of the documents."""

import json
from typing import Any

from trunkline.desired.documents import Cluster, Cube, Document, Estate, Link

MODELS: dict[str, type[Document]] = {"estate": Estate, "cube": Cube, "cluster": Cluster, "link": Link}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """By document kind; draft 2020-12."""
    return {
        name: {"$schema": DIALECT, **model.model_json_schema(), "title": f"trunkline {name}"} for name, model in MODELS.items()
    }


def published() -> dict[str, str]:
    """The files of desired-state/schemas: their text by name. Fields keep their order, which editors offer them in."""
    return {f"{name}.schema.json": json.dumps(schema, indent=2) + "\n" for name, schema in schemas().items()}
