"""Points: the registers of one device that are polled, the requests that fetch them, and how an answer reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from agent.drivers.answers import Found, answer_of
from agent.drivers.driver import Answer
from agent.drivers.modbus_names import Named, Names
from agent.model.readings import Labels
from agent.profiles.load import value_reader
from agent.profiles.schema import ModbusBy, ModbusProfile, ModbusRow
from agent.profiles.values import ValueReader, as_number, factor
from agent.wire.registers import WIDTHS, Order, Type, number

Space = Literal["holding", "input", "coil", "discrete"]
Cells = Mapping[tuple[Space, int], int]

BIT_SPACES: frozenset[Space] = frozenset({"coil", "discrete"})
GAP = 8  # registers between two wanted ones that are cheaper to read along than a request of their own
_MOST_REGISTERS, _MOST_BITS = 125, 2000  # what one request may ask for (Modbus application protocol)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a number stands."""

    space: Space
    register: int
    type: Type
    order: Order

    @property
    def width(self) -> int:
        return 1 if self.space in BIT_SPACES else WIDTHS[self.type]

    @property
    def address(self) -> str:
        return f"{self.space}:0x{self.register:04X}"

    def raw(self, cells: Cells) -> int | float:
        found = [cells[self.space, self.register + n] for n in range(self.width)]
        return found[0] if self.space in BIT_SPACES else number(found, self.type, self.order)


@dataclass(frozen=True, slots=True)
class Scale:
    """A number by which the device says how to read another one."""

    cell: Cell
    by: ModbusBy

    def factor(self, cells: Cells) -> Fraction | None:
        """What a value is to be multiplied by; None where the device says nothing that can be."""
        raw = as_number(self.cell.raw(cells))
        if raw is None:
            return None
        try:
            return factor(self.by.meaning, Fraction(raw) * Fraction(self.by.step) - self.by.less) or None
        except ZeroDivisionError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One value: where it stands, and how it reads. No two are the same."""

    reader: ValueReader
    labels: Labels
    cell: Cell
    scales: tuple[Scale, ...] = ()
    optional: bool = False

    def found(self, cells: Cells) -> Found:
        raw = self.cell.raw(cells)
        factors = [scale.factor(cells) for scale in self.scales]
        told = [f for f in factors if f is not None]
        if len(told) < len(factors):
            return Found(self.reader, self.labels, self.cell.address, raw, "the device does not say its scale")
        return Found(self._scaled(told), self.labels, self.cell.address, raw)

    def _scaled(self, factors: Sequence[Fraction]) -> ValueReader:
        conversion = self.reader.conversion
        for each in factors:
            conversion = conversion.scaled(each) if conversion is not None else None
        return replace(self.reader, conversion=conversion) if factors else self.reader


@dataclass(frozen=True, slots=True)
class Span:
    """What one request asks for. `bridges` says that registers nobody wants are read along."""

    space: Space
    start: int
    count: int
    bridges: bool = False

    def holds(self, cell: Cell) -> bool:
        return cell.space == self.space and self.start <= cell.register < self.start + self.count


def points_of(profile: ModbusProfile, names: Names, base: int = 0) -> tuple[Point, ...]:
    """The points of a profile for which there are names, all registers counted from `base`."""
    named = ((row, names.of(row)) for row in profile.rows)
    return tuple(_point(profile, row, found, base) for row, found in named if found is not None)


def spans_of(cells: Iterable[Cell], gap: int) -> tuple[Span, ...]:
    """The fewest requests that fetch the cells, at most `gap` unwanted registers in a row."""
    spans: list[Span] = []
    for space, register, width in sorted({(c.space, c.register, c.width) for c in cells}):
        last = spans[-1] if spans else None
        joined = _joined(last, space, register, width, gap) if last else None
        if joined is None:
            spans.append(Span(space, register, width))
        else:
            spans[-1] = joined
    return tuple(spans)


def read(points: Iterable[Point], cells: Cells) -> Answer:
    """The readings of an answer; of points that give the same series the first with a value counts."""
    return answer_of(point.found(cells) for point in points)


def _point(profile: ModbusProfile, row: ModbusRow, named: Named, base: int) -> Point:
    reader = value_reader(row, profile.absent)
    if named.inverted and reader.flags is not None:
        reader = replace(reader, flags={raw: 1.0 - flag for raw, flag in reader.flags.items()})
    common = {name: text for name, text in profile.labels.items() if name in reader.measure.labels}
    labels = tuple(sorted({**common, **named.labels}.items()))
    scales = tuple(Scale(_cell(profile, by, base), by) for by in row.scale_by)
    return Point(reader, labels, _cell(profile, row, base), scales, row.optional)


def _cell(profile: ModbusProfile, at: ModbusRow | ModbusBy, base: int) -> Cell:
    return Cell(at.space or profile.space, base + at.register, at.type, at.order)


def _joined(span: Span, space: Space, register: int, width: int, gap: int) -> Span | None:
    """The span made longer by one value; None where that takes a request of its own."""
    end = span.start + span.count
    count = max(span.count, register + width - span.start)
    most = _MOST_BITS if space in BIT_SPACES else _MOST_REGISTERS
    if space != span.space or register > end + gap or count > most:
        return None
    return Span(space, span.start, count, span.bridges or register > end)
