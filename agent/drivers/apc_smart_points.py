"""What the answers of a Smart-UPS mean: question, measure, unit or words. Of rows for one series the first counts.

Bits are those of the status (Q) and of the registers ~ ' 8; see agent/wire/apc_smart.py. While the unit is on line
its frequency is also the mains', so that question has a second name then.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.drivers.answers import Found, answer_of, only
from agent.drivers.driver import Answer
from agent.model.measures import Group
from agent.profiles.load import value_reader
from agent.profiles.schema import Row
from agent.profiles.values import Raw, ValueReader

_ON_LINE = 0x08
_MAINS_FREQUENCY = "F on line"
_FAILED = {"0": "ok", "1": "critical"}
_PROBE = "Measure-UPS"


def _state(bit: int, word: str) -> Row:
    return Row(measure="ups_state", bit=bit, words={"1": word})


def _battery(bit: int, word: str, raw: str = "1") -> Row:
    return Row(measure="ups_battery_state", bit=bit, words={raw: word})


def _part(bit: int, component: str) -> Row:
    return Row(measure="component_state", bit=bit, words=_FAILED, labels={"component": component})


def _contact(number: int) -> Row:
    contact = f"{_PROBE} contact {number}"
    return Row(measure="contact_active", bit=number + 3, true=[1], false=[0], labels={"contact": contact})


_ROWS: tuple[tuple[str, Row], ...] = (
    ("Q", _state(0, "self_test")),  # a runtime calibration
    ("~", _state(5, "bypass")),
    ("~", _state(3, "bypass")),
    ("~", _state(1, "bypass")),
    ("Q", _state(4, "on_battery")),
    ("Q", _state(2, "boost")),
    ("Q", _state(1, "trim")),
    ("Q", _state(3, "online")),
    ("Q", Row(measure="ups_state", words={"0": "off"})),
    ("'", _battery(5, "missing")),
    ("Q", _battery(6, "low")),
    ("Q", _battery(4, "discharging")),
    ("Q", _battery(6, "normal", raw="0")),
    ("Q", Row(measure="ups_battery_replace", bit=7, true=[1], false=[0])),
    ("Q", _part(5, "output load")),
    ("'", _part(0, "fan")),
    ("8", _part(5, "charger")),
    ("8", _part(7, "internal temperature")),
    ("X", Row(measure="ups_self_test_state", words={"OK": "passed", "BT": "failed", "NG": "failed"})),
    ("L", Row(measure="ups_input_voltage", unit="V")),
    ("N", Row(measure="ups_input_voltage_lowest", unit="V")),
    ("M", Row(measure="ups_input_voltage_highest", unit="V")),
    (_MAINS_FREQUENCY, Row(measure="ups_input_frequency", unit="Hz")),
    ("F", Row(measure="ups_output_frequency", unit="Hz")),
    ("O", Row(measure="ups_output_voltage", unit="V")),
    ("/", Row(measure="ups_output_current", unit="A")),
    ("P", Row(measure="ups_load", unit="%")),
    ("\\", Row(measure="ups_load", unit="%")),
    ("f", Row(measure="ups_battery_charge", unit="%")),
    ("j", Row(measure="ups_battery_runtime", unit="min")),
    ("B", Row(measure="ups_battery_voltage", unit="V")),
    ("C", Row(measure="ups_temperature", unit="degC")),
    ("g", Row(measure="ups_battery_nominal_voltage", unit="V")),
    ("o", Row(measure="ups_rated_output_voltage", unit="V")),
    ("l", Row(measure="ups_transfer_low_voltage", unit="V")),
    ("u", Row(measure="ups_transfer_high_voltage", unit="V")),
    ("q", Row(measure="ups_low_battery_runtime", unit="min")),
    ("t", Row(measure="air_temperature", unit="degC", labels={"sensor": _PROBE})),
    ("h", Row(measure="air_humidity", unit="%", labels={"sensor": _PROBE})),
    *(("i", _contact(number)) for number in range(1, 5)),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One row, ready to read."""

    at: str
    reader: ValueReader
    labels: tuple[tuple[str, str], ...]

    @property
    def question(self) -> str:
        return self.at[0]


POINTS = tuple(Point(at, value_reader(row), tuple(sorted(row.labels.items()))) for at, row in _ROWS)


def questions_for(groups: frozenset[Group]) -> tuple[str, ...]:
    """What to ask for the measures of these groups; the status first, as everything hangs on it."""
    return tuple(dict.fromkeys(("Q", *(p.question for p in POINTS if p.reader.measure.group in groups))))


def read(values: Mapping[str, Raw], groups: frozenset[Group]) -> Answer:
    """The readings in the answers to the questions."""
    status = values.get("Q")
    if isinstance(status, int) and status & _ON_LINE and "F" in values:
        values = {**values, _MAINS_FREQUENCY: values["F"]}
    return only(answer_of(Found(p.reader, p.labels, p.question, values.get(p.at)) for p in POINTS), groups)
