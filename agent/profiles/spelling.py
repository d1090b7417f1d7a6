"""The abbreviations that a profile file may use, spelled out before the file is checked against the schema.

words = "limits"               in a row: the table `words.limits` of the same file
each = [1, 2, 3]               in a section: the section once for each number, which stands for {n}
each = [{ at = 7, no = 1 }]    the same with several: 7 stands for {at}, 1 for {no}
"""

from collections.abc import Mapping
from typing import Any


def spelled_out(document: dict[str, Any]) -> dict[str, Any]:
    """The document without abbreviations; what cannot be understood is left for the schema to tell."""
    shared = document.get("words")
    for kind in ("scalars", "tables"):
        if isinstance(document.get(kind), list):
            document[kind] = [part for section in document[kind] for part in _repeated(section)]
        for row in (row for section in _tables(document.get(kind)) for row in _tables(section.get("rows"))):
            if isinstance(shared, dict) and isinstance(row.get("words"), str):
                row["words"] = shared.get(row["words"], row["words"])
    return document


def _repeated(section: Any) -> list[Any]:
    if not isinstance(section, dict) or not isinstance(section.get("each"), list):
        return [section]
    once = {key: value for key, value in section.items() if key != "each"}
    return [_filled(once, _numbered(item)) for item in section["each"]]


def _numbered(item: object) -> dict[str, str]:
    named = item if isinstance(item, dict) else {"n": item}
    return {f"{{{name}}}": str(number) for name, number in named.items()}


def _filled(part: Any, numbers: Mapping[str, str]) -> Any:
    """A row with every {n} in its texts replaced."""
    if isinstance(part, str):
        for slot, number in numbers.items():
            part = part.replace(slot, number)
        return part
    if isinstance(part, dict):
        return {key: _filled(value, numbers) for key, value in part.items()}
    return [_filled(value, numbers) for value in part] if isinstance(part, list) else part


def _tables(found: object) -> list[dict[str, Any]]:
    """The tables in what should be a list of tables."""
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
