"""docs/reference/documents.md, made from the models. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trunkline.desired.documents.fields import FORMS, Becomes
from trunkline.desired.documents.walk import models_in
from trunkline.desired.published.schemas import MODELS

TABLE = "| field | form | default | meaning | becomes |\n|---|---|---|---|---|\n"


def page() -> str:
    """One section for each kind of document and for each mapping inside it; a mapping that two share is told once."""
    told: set[type[BaseModel]] = set()
    return HEAD + "\n".join(text for model in MODELS.values() for text in _sections(model, told))


def _sections(model: type[BaseModel], told: set[type[BaseModel]]) -> Iterator[str]:
    if model in told:
        return
    told.add(model)
    schema = model.model_json_schema()["properties"]
    level = "##" if model in MODELS.values() else "###"
    rows = "".join(_row(name, field, schema[name]) for name, field in model.model_fields.items())
    yield f"{level} {model.__name__}\n\n{' '.join((model.__doc__ or '').split())}\n\n{TABLE}{rows}"
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from _sections(inner, told)


def _row(name: str, field: FieldInfo, schema: Mapping[str, Any]) -> str:
    becomes = next((entry.text for entry in field.metadata if isinstance(entry, Becomes)), "")
    cells = (f"`{name}`", words(schema), _default(field), field.description or "", becomes)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be stated"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        return "its defaults"
    if value is None or isinstance(value, bool):
        return f"`{'null' if value is None else str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(value)}]`"
    return f"`{value}`" if value or value == 0 else "empty"


def words(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(words(branch) for branch in schema.get("anyOf") or schema["oneOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    return _of_type(schema)


def _of_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list of {words(schema['items'])}"
    if kind == "object":
        values = schema.get("additionalProperties") or next(iter(schema["patternProperties"].values()))
        return f"mapping to {words(values)}"
    if kind == "integer":
        return f"whole number{_bounds(schema)}"
    if kind == "string":
        longest = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
        return FORMS.get(schema.get("pattern", ""), "text") + longest
    return {"boolean": "`true`, `false`", "null": "`null`"}[str(kind)]


def _bounds(schema: Mapping[str, Any]) -> str:
    return f", {schema['minimum']} to {schema['maximum']}" if {"minimum", "maximum"} <= schema.keys() else ""


HEAD = """\
# Documents

Made from the models in `trunkline.desired.documents` by `make pages`; a test fails when it lags. The folder says what kind of
document a file is, and the file's stem is the object's name:

    estate.yaml            policy and defaults for all; may be left out
    cubes/NAME.yaml        one CUBE
    clusters/NAME.yaml     one CUCM cluster
    links/NAME.yaml        one trunk between a CUBE and a cluster; both ends derive from it

[desired-state/](../../desired-state) holds examples of a classic and a modern CUBE. `trunkline check PATH` finds every problem
at once; [lint.md](lint.md) lists its rules.

## What is derived, and typed nowhere

| on | what | comes from |
|---|---|---|
| CUBE | every node's address in the trusted list | the nodes of the clusters of its links |
| CUBE | a trustpoint `TL-…` for the issuer of every node's CallManager certificate, pinned | what each node presents |
| CUBE | targets, preferences and server-groups of outbound dial-peers | the cluster's nodes, `tls.port` |
| CUBE | `crypto signaling …`, `transport tcp tls`, `session transport tcp tls` | the link's `tls`, `identity` of the CUBE |
| cluster | CallManager-trust of every node | the issuer of the CUBE's certificate |
| cluster | the X.509 names of the security profile | the CUBE's certificate |
| cluster | the trunk's destination, its security profile and SIP profile | the CUBE's `signalling`, the link |

## YAML

Documents are read as YAML 1.2, in UTF-8, with or without byte order mark, with any line ends. Only `true` and `false` are truth
values; `yes`, `on`, `no` and `off` are words. Numbers such as `17.9` or `010`, which readers understand differently, fit no
field: put a release in quotes. Aliases, merge keys, tags, keys stated twice and a second document in a file are refused.

Secrets are never in documents, only where they are: `env:NAME` is a variable of the daemon's environment, `file:PATH` a file
below its `secrets_directory`. Which variables may be named is `secrets_environment` of the daemon's settings: unless stated,
those that begin with TRUNKLINE_.

Where a field is missing, `lines:` takes configuration lines as IOS shows them, and `fields:` takes fields of the AXL schema;
what they say counts before what other fields become. For example `crypto signaling default trustpoint X ecdsa-cipher` under
`sip_ua.lines` counts instead of the line that the link becomes. What has lines of its own below it, such as `voice class uri`,
cannot be said that way: make it on the CUBE, and refer to it.
What a document does not state stays as it is in `voice service voip`, `sip-ua` and on the cluster; dial-peers, voice classes
and TLS profiles that a document states are its own, and lines that it does not state go back to their default there.

## In an editor

`trunkline schema --write FOLDER` writes JSON Schemas (draft 2020-12); those of this release are in
[desired-state/schemas](../../desired-state/schemas). With the YAML extension of VS Code, or any editor with
yaml-language-server, a first line shows fields, their meaning and mistakes while you type:

```yaml
# yaml-language-server: $schema=../schemas/link.schema.json
```

or, once for the whole repository, in `.vscode/settings.json`:

```json
{
  "yaml.schemas": {
    "desired-state/schemas/estate.schema.json": "desired-state/estate.yaml",
    "desired-state/schemas/cube.schema.json": "desired-state/cubes/*.yaml",
    "desired-state/schemas/cluster.schema.json": "desired-state/clusters/*.yaml",
    "desired-state/schemas/link.schema.json": "desired-state/links/*.yaml"
  }
}
```

"""
