"""Points: the registers of one device that are polled, the requests that fetch them, and how an answer reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.drivers.driver import Answer
from agent.model.readings import Labels, Reading, Withheld
from agent.profiles.load import value_reader
from agent.profiles.schema import ModbusProfile, ModbusRow
from agent.profiles.values import Insane, ValueReader, as_text
from agent.wire.registers import WIDTHS, Order, Type, number

Space = Literal["holding", "input", "coil", "discrete"]
Cells = Mapping[tuple[Space, int], int]

BIT_SPACES: frozenset[Space] = frozenset({"coil", "discrete"})
GAP = 8  # registers between two wanted ones that are cheaper to read along than a request of their own
_MOST_REGISTERS, _MOST_BITS = 125, 2000  # what one request may ask for (Modbus application protocol)


@dataclass(frozen=True, slots=True)
class Point:
    """One value: where it stands, and how it reads."""

    reader: ValueReader
    labels: Labels
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
class Span:
    """What one request asks for. `bridges` says that registers nobody wants are read along."""

    space: Space
    start: int
    count: int
    bridges: bool = False


def points_of(profile: ModbusProfile) -> tuple[Point, ...]:
    return tuple(_point(profile, row) for row in profile.rows)


def spans_of(points: Iterable[Point], gap: int) -> tuple[Span, ...]:
    """The fewest requests that fetch the points, at most `gap` unwanted registers in a row."""
    spans: list[Span] = []
    for space, register, width in sorted((p.space, p.register, p.width) for p in points):
        last = spans[-1] if spans else None
        joined = _joined(last, space, register, width, gap) if last else None
        if joined is None:
            spans.append(Span(space, register, width))
        else:
            spans[-1] = joined
    return tuple(spans)


def read(points: Sequence[Point], cells: Cells) -> Answer:
    """The readings of an answer; of points that give the same series the first with a value counts."""
    readings: dict[tuple[str, Labels], Reading] = {}
    withheld: list[Withheld] = []
    for point in points:
        measure = point.reader.measure
        if (measure.key, point.labels) in readings:
            continue
        raw = point.raw(cells)
        try:
            value = point.reader.read(raw)
        except Insane as insane:
            withheld.append(Withheld(measure, point.labels, point.address, as_text(raw), str(insane)))
            continue
        if value is not None:
            readings[measure.key, point.labels] = Reading(measure, point.labels, value, point.address)
    return Answer(tuple(readings.values()), tuple(withheld))


def _point(profile: ModbusProfile, row: ModbusRow) -> Point:
    reader = value_reader(row, profile.absent)
    common = {name: text for name, text in profile.labels.items() if name in reader.measure.labels}
    labels = tuple(sorted({**common, **row.labels}.items()))
    return Point(reader, labels, row.space or profile.space, row.register, row.type, row.order)


def _joined(span: Span, space: Space, register: int, width: int, gap: int) -> Span | None:
    """The span made longer by one value; None where that takes a request of its own."""
    end = span.start + span.count
    count = max(span.count, register + width - span.start)
    most = _MOST_BITS if space in BIT_SPACES else _MOST_REGISTERS
    if space != span.space or register > end + gap or count > most:
        return None
    return Span(space, span.start, count, span.bridges or register > end)
