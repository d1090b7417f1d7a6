"""The scale guard: what contradicts itself is refused with its reason, and nothing else is."""

import pytest

from agent.model.readings import Reading
from agent.plausible import implausible
from tests.agent.devices import reading


def output(volts: float, amperes: float, key: str, power: float, **labels: str) -> list[Reading]:
    return [
        reading("ups_output_voltage", volts, **labels),
        reading("ups_output_current", amperes, **labels),
        reading(key, power, **labels),
    ]


def refused(readings: list[Reading]) -> list[str]:
    return [withheld.measure.key for withheld in implausible(readings)]


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (output(230, 7.2, "ups_output_power", 1500), []),
        (output(230, 7.2, "ups_output_power", 150), []),
        (output(230, 7.2, "ups_output_power", 1), ["ups_output_power", "ups_output_current"]),
        (output(230, 72, "ups_output_apparent_power", 1656), ["ups_output_apparent_power", "ups_output_current"]),
        (output(230, 7.2, "ups_output_apparent_power", 16560), ["ups_output_apparent_power", "ups_output_current"]),
        (output(400, 50, "ups_output_apparent_power", 34641), []),
        (output(230, 50, "ups_output_apparent_power", 34500), []),
        (output(230, 0.4, "ups_output_power", 10), []),
        (output(0, 7.2, "ups_output_power", 1500), []),
        (output(230, 7.2, "ups_output_power", 0), []),
    ],
    ids=[
        "agrees", "a poor power factor", "kilowatts as watts", "tenths as amperes", "tenfold voltamperes",
        "line to line", "three phases in total", "too small to judge", "output off", "a power that is not measured",
    ],
)  # fmt: skip
def test_volts_times_amperes_must_agree_with_power_to_better_than_ten(
    readings: list[Reading], expected: list[str]
) -> None:
    assert expected == refused(readings)


def test_only_values_of_the_same_phase_are_compared() -> None:
    phases = output(230, 72, "ups_input_power", 100, phase="L1") + output(230, 7.2, "ups_output_power", 1, phase="L2")

    assert ["ups_output_power", "ups_output_current"] == refused(phases)
    assert {("phase", "L2")} == {label for withheld in implausible(phases) for label in withheld.labels}


@pytest.mark.parametrize(("hertz", "believed"), [(49.9, True), (60.0, True), (0.0, True), (5.0, False), (500.0, False)])
def test_a_mains_frequency_is_near_fifty_or_sixty(hertz: float, believed: bool) -> None:
    assert believed == (refused([reading("ups_input_frequency", hertz)]) == [])


def test_a_frequency_that_is_not_the_mains_is_left_alone() -> None:
    assert [] == refused([reading("sensor_frequency", 400.0)])


def test_the_reason_shows_the_arithmetic() -> None:
    (power, current) = implausible(output(230, 7.2, "ups_output_power", 1))

    assert "230 V x 7.2 A is 1656, but the device says 1 W" == power.reason == current.reason
