"""Devices that a daemon describes by named variables: which variable is which reading.

    row   at = "input.{phase}-N.voltage"        measure ups_input_voltage, unit V
    said  input.L2-N.voltage "231.0"            ups_input_voltage{phase="L2"} 231.0

Which rows fit is found once for each set of names that a device gives, then looked up.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.drivers.answers import Found, answer_of
from agent.drivers.driver import Answer
from agent.model.measures import Group
from agent.model.readings import Identity, Labels
from agent.model.units import conversion
from agent.profiles.load import value_reader
from agent.profiles.schema import VariableProfile, VariableRow
from agent.profiles.values import ValueReader

Variables = Mapping[str, str]

SLOTS: Mapping[str, str] = {"phase": "L[123]", "line": "L1-L2|L2-L3|L3-L1", "n": "[0-9]+", "m": "[0-9]+"}
_SLOT = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_UNIT = re.compile(r"[-+]?[0-9.]+ +(\S.*)")


@dataclass(frozen=True, slots=True)
class Point:
    """One variable of one device, and how it reads."""

    name: str
    reader: ValueReader
    labels: Labels


class Reader:
    """Reads what a daemon says of one device by a profile and those that it goes on with."""

    def __init__(self, profile: VariableProfile, known: Mapping[str, VariableProfile]) -> None:
        self.profile = profile
        family = (profile, *(known[name] for name in profile.also if name in known))
        self._rows = [
            (_pattern(row.at), row, value_reader(row, member.absent)) for member in family for row in member.rows
        ]
        self._units = {word: conversion(unit) for word, unit in profile.units.items()}
        self._points: dict[tuple[tuple[str, ...], frozenset[Group]], Sequence[Point]] = {}

    def identity(self, variables: Variables, name: str = "") -> Identity:
        who = self.profile.identity

        def first(sources: Sequence[str]) -> str:
            return next((variables[source] for source in sources if variables.get(source)), "")

        return Identity(
            self.profile.kind,
            first(who.vendor) or who.vendor_name,
            first(who.model),
            first(who.serial),
            first(who.firmware),
            self.profile.name,
            name,
        )

    def read(self, variables: Variables, groups: frozenset[Group]) -> Answer:
        """The readings of the groups; of rows that give the same series the first with a value counts."""
        key = tuple(variables), groups
        if key not in self._points:
            self._points[key] = [p for p in self._fitting(variables) if p.reader.measure.group in groups]
        return answer_of(self._found(point, variables[point.name]) for point in self._points[key])

    def forget(self) -> None:
        """The names that the device gives its parts may be others now."""
        self._points.clear()

    def _fitting(self, variables: Variables) -> Iterator[Point]:
        for pattern, row, reader in self._rows:
            for name in variables:
                match = pattern.fullmatch(name)
                if match is not None:
                    yield Point(name, reader, _labels(row, match, variables))

    def _found(self, point: Point, text: str) -> Found:
        reader = point.reader
        word = _UNIT.fullmatch(text) if self._units else None
        unit = self._units.get(word[1]) if word is not None else None
        if unit is not None and reader.conversion is not None and unit.unit is reader.measure.unit:
            reader = replace(reader, conversion=unit)
        return Found(reader, point.labels, point.name, text)


def _pattern(at: str) -> re.Pattern[str]:
    pieces = _SLOT.split(at)  # text and slots' names by turns
    slots = (f"(?P<{name}>{SLOTS[name]})" for name in pieces[1::2])
    texts = map(re.escape, pieces[::2])
    return re.compile("".join(text + next(slots, "") for text in texts))


def _labels(row: VariableRow, match: re.Match[str], variables: Variables) -> Labels:
    def slot(part: re.Match[str]) -> str:
        return str(match.groupdict().get(part[1], part[0]))

    filled = {label: _SLOT.sub(slot, text) for label, text in row.labels.items()}
    chosen = {label: _CHOICE.sub(_chosen(variables), text) for label, text in filled.items()}
    return tuple(sorted((label, text) for label, text in chosen.items() if text))


def _chosen(variables: Variables) -> Callable[[re.Match[str]], str]:
    def choose(part: re.Match[str]) -> str:
        choices = part[1].split("|")
        values = (variables.get(c.removeprefix("at."), "") if c.startswith("at.") else c for c in choices)
        return next((value for value in values if value), "")

    return choose
