"""The published JSON Schemas of the documents."""

from typing import Any

from trunkline.desired.documents import Cluster, Cube, Document, Estate, Link

MODELS: dict[str, type[Document]] = {"estate": Estate, "cube": Cube, "cluster": Cluster, "link": Link}


def schemas() -> dict[str, dict[str, Any]]:
    """By document kind; draft 2020-12."""
    made = {}
    for name, model in MODELS.items():
        schema = model.model_json_schema()
        made[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"trunkline {name}", **schema}
    return made
