"""Points: the objects of one device that are polled, and how an answer to them reads."""

import re
from collections.abc import Mapping, Sequence
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


class Sheet:
    """The points of one kind of poll, and what each read last: a raw value that stands still is the same reading."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = points
        self._last_raw: Mapping[str, Raw] = {}
        self._last_answer = Answer(())
        self._memory: list[tuple[Raw, Reading | Withheld | None]] = [(None, None)] * len(points)
        own = (oid for point in points for oid in (point.oid, *(guard.oid for guard in point.guards)))
        self.oids = tuple(dict.fromkeys(own))

    def read(self, raw: Mapping[str, Raw]) -> Answer:
        """The readings of an answer; of points that give the same series the first with a value counts."""
        if raw == self._last_raw:
            return self._last_answer
        readings: dict[tuple[str, Labels], Reading] = {}
        withheld: list[Withheld] = []
        for number, point in enumerate(self._points):
            series = (point.reader.measure.key, point.labels)
            if series in readings or not all(guard.allows(raw) for guard in point.guards):
                continue
            match self._one(number, point, raw.get(point.oid)):
                case Reading() as reading:
                    readings[series] = reading
                case Withheld() as refused:
                    withheld.append(refused)
        self._last_raw, self._last_answer = raw, Answer(tuple(readings.values()), tuple(withheld))
        return self._last_answer

    def _one(self, number: int, point: Point, raw: Raw) -> Reading | Withheld | None:
        before, remembered = self._memory[number]
        if raw == before and type(raw) is type(before):
            return remembered
        found = _read(point, raw)
        self._memory[number] = (raw, found)
        return found


def _read(point: Point, raw: Raw) -> Reading | Withheld | None:
    measure = point.reader.measure
    try:
        value = point.reader.read(raw, point.scale, point.unit)
    except Insane as insane:
        return Withheld(measure, point.labels, point.oid, as_text(raw), str(insane))
    return None if value is None else Reading(measure, point.labels, value, point.oid)
