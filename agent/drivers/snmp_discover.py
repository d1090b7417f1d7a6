"""A profile meets a device: which objects it has, which table rows, and what their scale and unit are.

Done when a device is opened and now and then again; after it a poll is one GET of known objects.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_points import Guard, Point
from agent.drivers.snmp_recognise import absolute
from agent.model.units import Conversion, conversion
from agent.profiles.load import value_reader
from agent.profiles.schema import By, SnmpProfile, SnmpRow, Table, When
from agent.profiles.values import Raw, as_number, as_text

_SLOT = re.compile(r"\{(index|column)(?:\.([\d.]+))?\}")


async def discover(line: SnmpLine, profiles: Sequence[SnmpProfile], anchor: str) -> list[Point]:
    """Every object of the profiles that the device has, in the profiles' order."""
    points: list[Point] = []
    for profile in profiles:
        scalars = await line.survey(list(_scalar_oids(profile)), anchor)
        meeting = _Meeting(profile, scalars)
        rows = (row for section in profile.scalars for row in section.rows)
        points += [point for row in rows if (point := meeting.point(row, _Place(row.at or "")))]
        for table in profile.tables:
            points += await _table_points(line, meeting, table, anchor)
    return points


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row's objects are: a scalar, or the cells of `entry` at `index`; labels of the table's row."""

    at: str
    entry: str = ""
    index: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    when: When | None = None

    def cell(self, column: str) -> str:
        return f"{self.entry}.{column}.{self.index}"


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A profile, and what the device has shown so far."""

    profile: SnmpProfile
    known: dict[str, Raw]

    def point(self, row: SnmpRow, place: _Place) -> Point | None:
        """The point of a row at a place, if the device has the object and says a unit that the measure can have."""
        oid = place.cell(row.column) if row.column is not None else absolute(self.profile, place.at)
        if oid not in self.known:
            return None
        unit = self._unit(row.unit_by, place) if row.unit_by else None
        if row.unit_by is not None and unit is None:
            return None
        reader = value_reader(row, self.profile.absent)
        own = {label: self.filled(text, place) for label, text in row.labels.items()}
        labels = {
            label: text for label, text in {**place.labels, **own}.items() if text and label in reader.measure.labels
        }
        guards = tuple(self._guard(when, place) for when in (place.when, row.when) if when is not None)
        scale = self._scale(row.scale_by, place)
        return Point(oid, reader, tuple(sorted(labels.items())), guards, scale, unit)

    def filled(self, template: str, place: _Place) -> str:
        """A label's text with {index}, {index.N} and {column.N} filled in."""
        parts = place.index.split(".")

        def slot(match: re.Match[str]) -> str:
            if match[1] == "column":
                return as_text(self.known.get(place.cell(match[2])))
            if match[2] is None:
                return place.index
            number = int(match[2])
            return parts[number - 1] if number <= len(parts) else ""

        return _SLOT.sub(slot, template).strip()

    def _neighbour(self, by: By | When, place: _Place) -> str:
        return place.cell(by.column) if by.column is not None else absolute(self.profile, by.at or "")

    def _guard(self, when: When, place: _Place) -> Guard:
        return Guard(self._neighbour(when, place), frozenset(map(str, when.is_)), frozenset(map(str, when.not_)))

    def _unit(self, by: By, place: _Place) -> Conversion | None:
        """The unit that the device itself names; None where it names one that this measure cannot have."""
        word = by.words.get(as_text(self.known.get(self._neighbour(by, place))))
        return conversion(word) if word is not None else None

    def _scale(self, bys: Sequence[By], place: _Place) -> Fraction | None:
        """The factor that the device itself gives; where it gives none, the value is taken as it is."""
        factor = Fraction(1)
        for by in bys:
            text = as_text(self.known.get(self._neighbour(by, place)))
            number = by.words.get(text, "") if by.words else text
            try:
                factor *= _factor(Fraction(number), by)
            except (ValueError, ZeroDivisionError):
                continue
        return factor if bys else None


def _factor(number: Fraction, by: By) -> Fraction:
    match by.meaning:
        case "decimals":
            return Fraction(10) ** -int(number)
        case "divisor":
            return 1 / number
    return number


def _scalar_oids(profile: SnmpProfile) -> Iterator[str]:
    """The scalars to look for: the rows' own, and those that say how rows read."""
    rows = [row for section in profile.scalars for row in section.rows]
    oids = [row.at for row in rows]
    for row in (*rows, *(row for table in profile.tables for row in table.rows)):
        oids += [by.at for by in (*row.scale_by, row.unit_by, row.when) if by is not None]
    for table in profile.tables:
        oids += [table.count, table.when.at if table.when else None]
    return iter(dict.fromkeys(absolute(profile, oid) for oid in oids if oid is not None))


async def _table_points(line: SnmpLine, meeting: _Meeting, table: Table, anchor: str) -> list[Point]:
    entry = absolute(meeting.profile, table.entry)
    indices = await _walked(line, meeting, table, entry)
    asked = [f"{entry}.{column}.{index}" for column in _side_columns(table) for index in indices]
    meeting.known.update(await line.survey([oid for oid in asked if oid not in meeting.known], anchor))
    places = [_Place("", entry, index, when=table.when) for index in indices]
    return [
        point
        for place in places
        if not _is_padding(meeting, table, place)
        for row in table.rows
        if (point := meeting.point(row, _labelled(meeting, table, place)))
    ]


async def _walked(line: SnmpLine, meeting: _Meeting, table: Table, entry: str) -> list[str]:
    """The rows of a table: every index under which any of its measured columns has a value."""
    indices: dict[str, None] = {}
    for column in dict.fromkeys(row.column for row in table.rows if row.column is not None):
        for index, value in (await line.walk(f"{entry}.{column}")).items():
            meeting.known[f"{entry}.{column}.{index}"] = value
            indices[index] = None
    return list(indices)


def _side_columns(table: Table) -> Iterator[str]:
    """Columns that say how others read: names, scales, units, validity."""
    templates = (*table.labels.values(), *(text for row in table.rows for text in row.labels.values()))
    columns = [match[2] for text in templates for match in _SLOT.finditer(text) if match[1] == "column"]
    for row in table.rows:
        columns += [by.column for by in (*row.scale_by, row.unit_by, row.when) if by is not None and by.column]
    if table.when is not None and table.when.column:
        columns.append(table.when.column)
    return iter(dict.fromkeys(columns))


def _is_padding(meeting: _Meeting, table: Table, place: _Place) -> bool:
    """Whether a row lies beyond the table's own count and reads only zeros."""
    count = as_number(meeting.known.get(absolute(meeting.profile, table.count))) if table.count else None
    first = place.index.split(".", maxsplit=1)[0]
    if not count or not first.isdecimal() or int(first) <= count:
        return False
    return not any(as_number(meeting.known.get(place.cell(row.column))) for row in table.rows if row.column)


def _labelled(meeting: _Meeting, table: Table, place: _Place) -> _Place:
    filled = {label: meeting.filled(text, place) for label, text in table.labels.items()}
    labels = {label: table.label_words.get(label, {}).get(text, text) for label, text in filled.items()}
    return _Place("", place.entry, place.index, labels, place.when)
