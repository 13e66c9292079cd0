"""Ways through the models themselves: which models a field holds, which fields there are at a place."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation, through unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def fields_at(model: type[BaseModel], path: Iterable[str | int]) -> tuple[str, ...]:
    """The names of the fields that a value at `path` may have; positions in lists and keys of mappings change nothing."""
    here = [model]
    for part in path:
        below = [inner for at in here if part in at.model_fields for inner in models_in(at.model_fields[str(part)].annotation)]
        here = below or here
    return tuple(name for at in here for name in at.model_fields)
