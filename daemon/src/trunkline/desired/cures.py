"""What is said of a document that cannot be used, and what to do about it: one sentence each."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from trunkline.desired.documents.fields import ENV_OR_FILE, FORMS

NO_DOCUMENTS = "Put estate.yaml, cubes/, clusters/ and links/ into this folder, or point trunkline at the right one"
HIGHER = "Point trunkline at that folder"
MISPLACED = "Put it into cubes/, clusters/ or links/, or move it out of the folder of desired state"
NO_CERTIFICATE = "Put the certificate that the CA signed there, in PEM form, and nothing secret"
MISNAMED = "Rename it: letters, digits, `_`, `.` and `-`, at most 63, beginning with a letter or digit"
EMPTY = "Write the document, or delete the file"
NOT_YAML = "Mend the YAML at this place; an editor that uses the published schema shows it while you type"
DUPLICATE = "Keep one of the two"
FORM = "Correct it; docs/reference/documents.md says what it may be"

EXPECTED = {
    "bool_type": "true or false",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "tuple_type": "a list",
}
TYPE_CURES = {
    "string_type": "Put it in quotes, or write one text",
    "bool_type": "Write true or false, without quotes",
    "int_type": "Write digits only, without quotes or a leading zero",
    "tuple_type": "Write a list: `- item` lines, or [item, item]",
}
BOUNDS = {
    "greater_than_equal": ("is less than", "ge"),
    "less_than_equal": ("is more than", "le"),
    "string_too_long": ("is longer than", "max_length"),
    "string_too_short": ("is shorter than", "min_length"),
    "too_long": ("has more entries than", "max_length"),
    "too_short": ("has fewer entries than", "min_length"),
}


def of_validation(field: str, entry: Mapping[str, Any], known: tuple[str, ...]) -> tuple[str, str]:
    """The message and the cure for one finding of the schema. The value itself is never repeated: it might be a secret.

    `known` are the fields that there are beside the one in question.
    """
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "extra_forbidden":
        near = get_close_matches(field.rpartition(".")[2], known, 1)
        cure = f"Write `{near[0]}`" if near else "Remove it, or look for the right word in docs/reference/documents.md"
        return f"{field} is not a field of this document", cure
    if kind == "missing":
        return f"{field} is missing", "Add it"
    if kind == "string_pattern_mismatch":
        return _pattern(field, context.get("pattern", ""))
    if kind in BOUNDS:
        words, name = BOUNDS[kind]
        return f"{field} {words} {context[name]}", FORM
    if kind == "union_tag_not_found":
        return f"{field}.{context['discriminator'].strip(chr(39))} is missing", "Add it"
    if kind == "union_tag_invalid":
        return (
            f"{field}.{context['discriminator'].strip(chr(39))} must be {_quoted(context['expected_tags'])}",
            "Write one of them",
        )
    if kind == "value_error":
        return f"{field} {context['error']}", FORM
    return f"{field} must be {expected(entry)}", TYPE_CURES.get(kind, FORM)


def _quoted(tags: str) -> str:
    return tags.replace("'", "`")


def expected(entry: Mapping[str, Any]) -> str:
    """What one branch of a union would have taken."""
    if entry["type"] == "literal_error":
        return str(entry["ctx"]["expected"]).replace("'", "`")
    return EXPECTED.get(entry["type"], "of another form")


def of_union(field: str, entries: list[Mapping[str, Any]]) -> tuple[str, str]:
    """A value that none of several forms takes."""
    return f"{field} must be {' or '.join(dict.fromkeys(map(expected, entries)))}", FORM


def _pattern(field: str, pattern: str) -> tuple[str, str]:
    words = FORMS.get(pattern, f"of the form {pattern}")
    if pattern == ENV_OR_FILE:
        return f"{field} is not {words}", "Write env:NAME or file:PATH; never the secret itself"
    return f"{field} is not {words}", "Correct it"
