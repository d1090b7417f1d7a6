"""A profile meets a device: which objects it has, which table rows, and what their scale and unit are.

Done when a device is opened and now and then again; after it a poll is one GET of known objects.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_place import Place, names_something
from agent.drivers.snmp_points import Guard, Point
from agent.drivers.snmp_recognise import absolute
from agent.model.readings import Labels
from agent.model.units import Conversion, conversion
from agent.profiles.load import value_reader
from agent.profiles.schema import By, SnmpProfile, SnmpRow, Table, When
from agent.profiles.values import Raw, as_number, as_text, factor

_NUMBERED = ("phase", "feed")  # labels with words of their own: nothing is appended to them


async def discover(line: SnmpLine, profiles: Sequence[SnmpProfile], anchor: str) -> list[Point]:
    """Every object of the profiles that the device has, in the profiles' order."""
    points: list[Point] = []
    for profile in profiles:
        scalars = await line.survey(list(_scalar_oids(profile)), anchor)
        meeting = _Meeting(profile, scalars)
        rows = (row for section in profile.scalars for row in section.rows)
        points += [point for row in rows if (point := meeting.point(row, Place(profile.base, row.at or "")))]
        for table in profile.tables:
            points += await _table_points(line, meeting, table, anchor)
    return points


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A profile, and what the device has shown so far."""

    profile: SnmpProfile
    known: dict[str, Raw]

    def point(self, row: SnmpRow, place: Place, when: When | None = None) -> Point | None:
        """The point of a row at a place, if the device has the object and says a unit that the measure can have."""
        oid = place.cell(row.column) if row.column is not None else place.object(place.at)
        if oid not in self.known or not self.fits(row.where, place):
            return None
        unit = self._unit(row.unit_by, place) if row.unit_by else None
        if row.unit_by is not None and unit is None:
            return None
        reader = value_reader(row, self.profile.absent)
        own = {label: place.filled(text, self.known) for label, text in row.labels.items()}
        labels = {
            label: text for label, text in {**place.labels, **own}.items() if text and label in reader.measure.labels
        }
        guards = tuple(_guard(condition, place) for condition in (when, row.when) if condition is not None)
        scale = self._scale(row.scale_by, place)
        return Point(oid, reader, tuple(sorted(labels.items())), guards, scale, unit)

    def fits(self, where: When | None, place: Place) -> bool:
        """Whether the neighbour reads, at this first look, as it is asked for."""
        if where is None or where.part is not None:
            return _is_at(where, place)
        return _guard(where, place).allows(self.known)

    def _unit(self, by: By, place: Place) -> Conversion | None:
        """The unit that the device itself names; None where it names one that this measure cannot have."""
        word = by.words.get(as_text(self.known.get(place.neighbour(by))))
        return conversion(word) if word is not None else None

    def _scale(self, bys: Sequence[By], place: Place) -> Fraction | None:
        """The factor that the device itself gives; where it gives none, the value is taken as it is."""
        scale = Fraction(1)
        for by in bys:
            text = as_text(self.known.get(place.neighbour(by)))
            number = by.words.get(text, "") if by.words else text
            try:
                scale *= factor(by.meaning, Fraction(number))
            except (ValueError, ZeroDivisionError):
                continue
        return scale if bys else None


def _guard(when: When, place: Place) -> Guard:
    like = re.compile(when.like) if when.like is not None else None
    return Guard(place.neighbour(when), frozenset(map(str, when.is_)), frozenset(map(str, when.not_)), like)


def _neighbours(row: SnmpRow) -> Iterator[By | When]:
    own = None if row.where is None or row.where.part is not None else row.where
    return (by for by in (*row.scale_by, row.unit_by, own, row.when) if by is not None)


def _scalar_oids(profile: SnmpProfile) -> Iterator[str]:
    """The scalars to look for: the rows' own, and those that say how rows read or what they are called."""
    place = Place(profile.base)
    rows = [row for section in profile.scalars for row in section.rows]
    oids = [place.object(row.at or "") for row in rows]
    oids += [place.object(by.at) for row in rows for by in _neighbours(row) if by.at is not None]
    oids += [oid for row in rows for text in row.labels.values() for oid in place.objects(text)]
    oids += [place.object(table.count) for table in profile.tables if table.count is not None]
    return iter(dict.fromkeys(oids))


async def _table_points(line: SnmpLine, meeting: _Meeting, table: Table, anchor: str) -> list[Point]:
    entry = absolute(meeting.profile, table.entry)
    places = [
        Place(meeting.profile.base, entry=entry, index=index) for index in await _walked(line, meeting, table, entry)
    ]
    asked = dict.fromkeys(oid for place in places for oid in _side_objects(table, place))
    meeting.known.update(await line.survey([oid for oid in asked if oid not in meeting.known], anchor))
    real = [p for p in places if meeting.fits(table.where, p) and not _is_padding(meeting, table, p)]
    labelled = [_labelled(meeting, table, place) for place in real]
    found = [
        (place, row, point)
        for place in labelled
        for row in table.rows
        if (point := meeting.point(row, place, table.when))
    ]
    return list(_told_apart(table, found))


async def _walked(line: SnmpLine, meeting: _Meeting, table: Table, entry: str) -> list[str]:
    """The rows of a table: every index under which any of its measured columns has a value."""
    indices: dict[str, None] = {}
    for column in dict.fromkeys(row.column for row in table.rows if row.column is not None):
        for index, value in (await line.walk(f"{entry}.{column}")).items():
            meeting.known[f"{entry}.{column}.{index}"] = value
            indices[index] = None
    return list(indices)


def _side_objects(table: Table, place: Place) -> Iterator[str]:
    """Objects that say how a row's cells read: names, scales, units, validity."""
    rows = [row for row in table.rows if _is_at(row.where, place)]
    if not rows:
        return
    for text in (*table.labels.values(), *(text for row in rows for text in row.labels.values())):
        yield from place.objects(text)
    for by in (table.where, table.when, *(by for row in rows for by in _neighbours(row))):
        if by is not None:
            yield place.neighbour(by)


def _is_at(where: When | None, place: Place) -> bool:
    """Whether the index of a place, where a part of it is asked for, is the one asked for."""
    return where is None or where.part is None or _guard(where, place).admits(place.part(str(where.part)))


def _is_padding(meeting: _Meeting, table: Table, place: Place) -> bool:
    """Whether a row lies beyond the table's own count and reads only zeros."""
    count = as_number(meeting.known.get(absolute(meeting.profile, table.count))) if table.count else None
    first = place.part("1")
    if not count or not first.isdecimal() or int(first) <= count:
        return False
    return not any(as_number(meeting.known.get(place.cell(row.column))) for row in table.rows if row.column)


def _labelled(meeting: _Meeting, table: Table, place: Place) -> Place:
    filled = {label: place.filled(text, meeting.known) for label, text in table.labels.items()}
    if table.cut is not None:
        filled = {label: re.sub(table.cut, "", text).strip() for label, text in filled.items()}
    labels = {label: table.label_words.get(label, {}).get(text, text) for label, text in filled.items()}
    return replace(place, labels=labels)


def _told_apart(table: Table, found: Sequence[tuple[Place, SnmpRow, Point]]) -> Iterator[Point]:
    """The points; where sensors share a name or have none, or rows are numbered alike, the index is appended to it."""
    series = {(point.reader.measure.key, point.labels, place.index) for place, _, point in found}
    rows = Counter((key, labels) for key, labels, _ in series)
    alike: defaultdict[tuple[int, Labels], list[str]] = defaultdict(list)
    for place, row, point in found:
        alike[id(row), point.labels].append(place.index)
    for place, row, point in found:
        naming, number = _naming(point, {**table.labels, **row.labels}), place.index
        if naming is None and len(indices := alike[id(row), point.labels]) > 1:
            naming, number = _numbering(point), _difference(place.index, indices)
        if naming is None or (point.labels and rows[point.reader.measure.key, point.labels] == 1):
            yield point
            continue
        labels = dict(point.labels)
        labels[naming] = f"{labels.get(naming, '')} {number}".strip()
        yield replace(point, labels=tuple(sorted(labels.items())))


def _numbering(point: Point) -> str | None:
    """The label of a point that numbers it: several units behind one card count from 1 each."""
    return next((label for label, _ in point.labels if label not in _NUMBERED), None)


def _difference(index: str, indices: Sequence[str]) -> str:
    """The parts of an index in which the indices differ."""
    split = [other.split(".") for other in indices]
    parts = index.split(".")
    return ".".join(part for n, part in enumerate(parts) if any(other[n : n + 1] != [part] for other in split))


def _naming(point: Point, templates: Mapping[str, str]) -> str | None:
    """The label of a point that carries the device's own name for it."""
    of_measure: Iterable[str] = (label for label in point.reader.measure.labels if label not in _NUMBERED)
    return next((label for label in of_measure if names_something(templates.get(label, ""))), None)
