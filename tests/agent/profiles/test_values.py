"""The ladder from a raw value to a believed one, rung by rung."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model.units import conversion
from agent.profiles.load import value_reader
from agent.profiles.schema import Row
from agent.profiles.values import Insane, Raw, as_number, as_text


def read(raw: Raw, **row: Any) -> float | str | None:
    return value_reader(Row(**{"measure": "ups_input_voltage", "unit": "0.1 V"} | row)).read(raw)


@pytest.mark.parametrize(
    ("raw", "row", "value"),
    [
        (2310, {}, 231.0),
        (b"2310", {}, 231.0),
        (b" 231.5 V\0rubbish", {"unit": "V"}, 231.5),
        (b"231,5", {"unit": "V"}, 231.5),
        (None, {}, None),
        (b"", {}, None),
        (b"N/A", {}, None),
        (float("nan"), {}, None),
        (65535, {"absent": [65535]}, None),
        (b"-1", {"absent": [-1]}, None),
        (-1.0, {"absent": [-1]}, None),
        (2**32 - 5, {"measure": "ups_battery_current", "unit": "0.1 A", "fold": 32}, -0.5),
        (65531, {"measure": "ups_battery_current", "unit": "0.1 A", "fold": 16}, -0.5),
        (b"load: 231 V", {"unit": "V", "pattern": r"load: (\d+)"}, 231.0),
        (b"nothing", {"unit": "V", "pattern": r"load: (\d+)"}, None),
        (3, {"measure": "ups_state", "unit": None, "words": {"3": "online"}}, "online"),
        (b"3", {"measure": "ups_state", "unit": None, "words": {"3": "online"}}, "online"),
        (9, {"measure": "ups_state", "unit": None, "words": {"3": "online"}}, None),
        (2, {"measure": "ups_battery_replace", "unit": None, "true": [2], "false": [1]}, 1.0),
        (1, {"measure": "ups_battery_replace", "unit": None, "true": [2], "false": [1]}, 0.0),
        (0, {"measure": "ups_battery_replace", "unit": None, "true": [2], "false": [1]}, None),
        (0b100, {"measure": "ups_battery_replace", "unit": None, "true": [1], "false": [0], "bit": 2}, 1.0),
        (0b011, {"measure": "ups_battery_replace", "unit": None, "true": [1], "false": [0], "bit": 2}, 0.0),
        (b"0100", {"measure": "ups_battery_replace", "unit": None, "true": [1], "false": [0], "char": 2}, 1.0),
        (b"01", {"measure": "ups_battery_replace", "unit": None, "true": [1], "false": [0], "char": 9}, None),
        (500, {"unit": "V", "most": 499}, None),
        (499, {"unit": "V", "most": 499}, 499.0),
        (499, {"least": 500}, None),
        (500, {"least": 500}, 50.0),
    ],
)
def test_a_raw_value_reads_as_the_row_says(raw: Raw, row: dict[str, Any], value: float | str | None) -> None:
    assert value == read(raw, **row)


def test_a_scale_and_a_unit_that_the_device_reports_count_for_this_value() -> None:
    reader = value_reader(Row(measure="air_temperature", unit="degC"))

    assert 21.5 == reader.read(215, scale=Fraction(1, 10))
    assert 22.0 == reader.read(716, unit=conversion("0.1 degF"))


def test_a_value_outside_the_sane_range_is_not_believed() -> None:
    with pytest.raises(Insane, match="2310 V is outside 0 to 1000"):
        read(2310, unit="V")


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary()))
def test_whatever_comes_there_is_a_number_a_text_or_nothing(raw: Raw) -> None:
    assert isinstance(as_text(raw), str)
    number = as_number(raw)
    assert number is None or isinstance(number, int | float)
