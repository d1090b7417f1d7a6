"""A document becomes a profile, or the list of everything in it that does not fit: msgspec alone stops at the first.

Where a whole does not convert, its parts are tried: a table key by key, a list element by element.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

_P = TypeVar("_P", bound=msgspec.Struct)
_WORDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false",
    "object": "a table", "array": "a list",
}  # fmt: skip


class MisfitError(Exception):
    """A document does not fit; `mistakes` has each one with its place, what was found and what was expected."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


def decoded(document: Mapping[str, Any], schema: type[_P]) -> _P:
    """The document as a value of the schema.

    Raises:
        MisfitError: with every mistake in it.
    """
    try:
        return msgspec.convert(document, schema)
    except msgspec.ValidationError as error:
        raise MisfitError(list(_misfits(document, schema, "")) or [str(error)]) from error


def _misfits(value: Any, kind: Any, place: str) -> Iterator[str]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        structs = [k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, msgspec.Struct)]
        if isinstance(value, dict) and structs:
            yield from _misfit_keys(value, structs[0], f"{place}." if place else "")
        elif isinstance(value, list) and get_origin(kind) is list:
            for number, element in enumerate(value):
                yield from _misfits(element, get_args(kind)[0], f"{place}[{number}]")
        else:
            yield f"{place}: found {_shown(value)}, expected {_expected(kind, error)}"


def _misfit_keys(table: Mapping[str, Any], schema: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(schema)}
    meant: set[str] = set()
    for key in table:
        if key not in fields:
            near = get_close_matches(key, fields, n=1)
            meant.update(near)
            hint = f"{near[0]!r} or another of {', '.join(fields)}" if near else f"one of {', '.join(fields)}"
            yield f"{prefix}{key}: found an unknown key, expected {hint}"
    for name, field in fields.items():
        if name in table:
            yield from _misfits(table[name], field.type, f"{prefix}{name}")
        elif field.required and name not in meant:
            yield f"{prefix}{name}: found nothing, expected a value"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _expected(kind: Any, error: msgspec.ValidationError) -> str:
    """What would fit: the words of a choice, else msgspec's own sentence, as in "Expected `int | null`, got `str`"."""
    choices = [word for k in (kind, *get_args(kind)) if get_origin(k) is Literal for word in get_args(k)]
    if choices:
        return f"one of {', '.join(map(str, choices))}"
    said = str(error).split(" - at ")[0].split(", got ")[0].removeprefix("Expected ").replace("`", "")
    types = (part.partition(" ") for part in said.split(" | ") if part != "null")
    return " or ".join(f"{_WORDS.get(name, name)} {bound}".strip() for name, _, bound in types)
