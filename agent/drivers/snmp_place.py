"""Where a profile's row meets a device's object, and the templates that are filled in there.

{index}       the row's index              {index.2}  the 2nd part of it
{column.3}    a cell of the same row       {at.2.1.[1]}  any object: [1] is the index's 1st part, [] all of it
{column.3|column.2|index}                  the first of these that is not empty
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.profiles.schema import By, When
from agent.profiles.values import Raw, as_text

_SLOT = re.compile(r"\{([^{}]+)\}")
_BRACKET = re.compile(r"\[(\d*)\]")


@dataclass(frozen=True, slots=True)
class Place:
    """A scalar (`at`), or the cells of `entry` at `index`; `base` is the profile's, `labels` the table row's."""

    base: str
    at: str = ""
    entry: str = ""
    index: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        return f"{self.entry}.{column}.{self.index}"

    def object(self, at: str) -> str:
        """An object anywhere on the device, the row's index filled into its brackets."""
        oid = _BRACKET.sub(lambda bracket: self.part(bracket[1]), at)
        return oid if oid.startswith("1.3.6.1.") or not self.base else f"{self.base}.{oid}"

    def part(self, number: str) -> str:
        """A part of the index, counted from 1; the whole index for no number."""
        if not number:
            return self.index
        parts = self.index.split(".")
        return parts[int(number) - 1] if int(number) <= len(parts) else ""

    def neighbour(self, by: By | When) -> str:
        return self.cell(by.column) if by.column is not None else self.object(by.at or "")

    def objects(self, template: str) -> Iterator[str]:
        """The objects whose values stand in a template."""
        return (oid for word in _slots(template) if (oid := self._object_of(word)))

    def filled(self, template: str, known: Mapping[str, Raw]) -> str:
        """A template with its slots filled in; what the device does not tell is empty."""

        def word(text: str) -> str:
            oid = self._object_of(text)
            return as_text(known.get(oid)) if oid else self.part(text.removeprefix("index").removeprefix("."))

        def slot(match: re.Match[str]) -> str:
            return next((found for text in match[1].split("|") if (found := word(text))), "")

        return _SLOT.sub(slot, template).strip()

    def _object_of(self, word: str) -> str:
        """The object that a word of a slot stands for; none for an index."""
        kind, _, oid = word.partition(".")
        return self.cell(oid) if kind == "column" else self.object(oid) if kind == "at" else ""


def names_something(template: str) -> bool:
    """Whether a template is filled from the device's own names, and not from numbers alone."""
    return any(not word.startswith("index") for word in _slots(template))


def _slots(template: str) -> Iterator[str]:
    return (word for slot in _SLOT.findall(template) for word in slot.split("|"))
