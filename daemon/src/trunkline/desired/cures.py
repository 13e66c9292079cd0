"""What to do about a document that cannot be read: one sentence each."""

from typing import Any

NO_DOCUMENTS = "Put estate.yaml, cubes/, clusters/ and links/ into this folder, or point trunkline at the right one"
MISPLACED = "Put it into cubes/, clusters/ or links/, or move it out of the folder of desired state"
EMPTY = "Write the document, or delete the file"
NOT_YAML = "Mend the YAML at this place; an editor that uses the published schema shows it while you type"
DUPLICATE = "Keep one of the two"

_CURES = {
    "extra_forbidden": "Remove it, or look for the right word in docs/reference/documents.md",
    "missing": "Add it",
    "string_pattern_mismatch": "Write it in the form that the schema gives",
}


def of_validation(field: str, entry: Any) -> tuple[str, str]:
    """The message and the cure for one finding of the schema. The value itself is not repeated: it might be a
    secret.
    """
    kind = entry["type"]
    context = entry.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{field} is not a field of this document", _CURES[kind]
    if kind == "missing":
        return f"{field} is missing", _CURES[kind]
    if kind == "string_pattern_mismatch":
        if "env:" in context.get("pattern", ""):
            return f"{field} is not a reference to a secret", "Write env:NAME or file:PATH; never the secret itself"
        return f"{field} does not have the form {context.get('pattern', '')}", _CURES[kind]
    message = str(entry["msg"]).removeprefix("Value error, ").rstrip(".")
    return (
        f"{field}: {message[:1].lower()}{message[1:]}",
        "Correct it; docs/reference/documents.md gives each field's form",
    )
