"""Points: the objects of one device that are polled, and how an answer to them reads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from agent.drivers.driver import Answer
from agent.model.readings import Labels, Reading, Withheld
from agent.model.units import Conversion
from agent.profiles.values import Insane, Raw, ValueReader, as_text


@dataclass(frozen=True, slots=True)
class Guard:
    """The point counts only while this object reads as asked."""

    oid: str
    wanted: frozenset[str]
    unwanted: frozenset[str]
    like: re.Pattern[str] | None = None

    def allows(self, raw: Mapping[str, Raw]) -> bool:
        return self.admits(as_text(raw.get(self.oid)))

    def admits(self, text: str) -> bool:
        if text in self.unwanted or (self.wanted and text not in self.wanted):
            return False
        return self.like is None or self.like.search(text) is not None


@dataclass(frozen=True, slots=True)
class Point:
    """One object that is polled, and how it reads."""

    oid: str
    reader: ValueReader
    labels: Labels
    guards: tuple[Guard, ...] = ()
    scale: Fraction | None = None
    unit: Conversion | None = None


def read(points: Iterable[Point], raw: Mapping[str, Raw]) -> Answer:
    """The readings of an answer; of points that give the same series the first with a value counts."""
    readings: dict[tuple[str, Labels], Reading] = {}
    withheld: list[Withheld] = []
    for point in points:
        measure = point.reader.measure
        if (measure.key, point.labels) in readings or not all(guard.allows(raw) for guard in point.guards):
            continue
        try:
            value = point.reader.read(raw.get(point.oid), point.scale, point.unit)
        except Insane as insane:
            withheld.append(Withheld(measure, point.labels, point.oid, as_text(raw[point.oid]), str(insane)))
            continue
        if value is not None:
            readings[measure.key, point.labels] = Reading(measure, point.labels, value, point.oid)
    return Answer(tuple(readings.values()), tuple(withheld))
