"""APC and Eaton: where a neighbouring object says what a number is, and what stands for "nothing here"."""

import pytest

from tests.agent.profiles.dialogue import dialogue
from tests.snmp_agent import Value

APC, EATON = "1.3.6.1.4.1.318.1.1", "1.3.6.1.4.1"
PHASES = {"1.9.2.3.1.3.1.1.1": 228, "1.9.2.3.1.3.1.1.2": 229, "1.9.2.3.1.3.2.1.1": 231, "1.9.2.2.1.5.1": 2}


def three_phase(**changes: Value) -> dict[str, float | str]:
    own = {"1.1.1.1.0": "Symmetra", "1.4.1.1.0": 2, **PHASES, "1.9.2.2.1.5.2": 3, **changes}
    return dialogue("1.3.6.1.4.1.318.1.3.13.1", APC, own)[1]


def test_an_input_that_calls_itself_bypass_is_read_as_bypass() -> None:
    found = three_phase()

    assert (found["ups_input_voltage,L1"], found["ups_input_voltage,L2"]) == (228.0, 229.0)
    assert found["ups_bypass_voltage,L1"] == 231.0


def test_voltages_that_are_measured_between_lines_are_labelled_so() -> None:
    found = three_phase(**{"1.9.2.2.1.3.1": 5})

    assert found["ups_input_voltage,L1-L2"] == 228.0
    assert "ups_input_voltage,L1" not in found


def test_a_ups_gives_no_number_where_the_card_says_unsupported() -> None:
    own: dict[str, Value] = {
        "1.1.1.1.0": "Smart-UPS",
        "1.4.1.1.0": 3,
        "1.2.3.5.0": -1,
        "1.2.2.9.0": -1,
        "1.4.3.5.0": -4,
    }
    identity, found = dialogue("1.3.6.1.4.1.318.1.3.27", APC, own)

    assert (identity.model, found["ups_state"]) == ("Smart-UPS", "on_battery")
    assert not {"ups_battery_current", "ups_efficiency"} & found.keys()


@pytest.mark.parametrize(("unit", "celsius"), [(1, 77.0), (2, 25.0)])
def test_a_monitors_temperature_is_in_the_unit_that_it_is_set_to(unit: int, celsius: float) -> None:
    probes: dict[str, Value] = {
        "10.3.1.2.0": "AP9320", "10.3.12.11.0": unit, "10.3.13.1.1.2.1": "door", "10.3.13.1.1.3.1": 77,
        "10.3.13.1.1.6.1": -1, "10.3.13.1.1.10.1": 2, "10.3.13.1.1.2.2": "roof", "10.3.13.1.1.3.2": 77,
        "10.3.13.1.1.10.2": 1,
    }  # fmt: skip
    identity, found = dialogue("1.3.6.1.4.1.318.1.3.8.2", APC, probes)

    assert identity.kind == "environment"
    assert found == {"air_temperature,door": pytest.approx(celsius)}


@pytest.mark.parametrize(("normal", "active"), [(1, 0.0), (2, 1.0)])
def test_a_closed_contact_is_active_only_where_it_is_normally_open(normal: int, active: float) -> None:
    contact: dict[str, Value] = {"10.3.14.1.1.2.1": "leak", "10.3.14.1.1.3.1": 1, "10.3.14.1.1.4.1": normal}

    assert dialogue("1.3.6.1.4.1.318.1.3.8.2", APC, contact)[1]["contact_active,leak"] == active


def test_a_cooling_unit_that_describes_itself_is_read_by_its_own_words() -> None:
    lines: tuple[tuple[Value, ...], ...] = (
        ("Supply Temperature", 766, "F", 10),
        ("Supply Temperature", 248, "C", 10),
        ("Evap. Fan Speed", 90, "%", 1),
    )
    own: dict[str, Value] = {"27.1.1.0": 1}
    for number, line in enumerate(lines, 1):
        own |= {f"27.1.4.1.2.1.{column}.1.{number}": value for column, value in zip((2, 3, 4, 5), line, strict=True)}
    own |= {"27.1.4.2.2.1.2.1.1": "Unit State", "27.1.4.2.2.1.3.1.1": "Free Cooling"}

    _, found = dialogue("1.3.6.1.4.1.318.1.3.14.21", APC, own)

    assert found["cooling_supply_temperature,1"] == 24.8
    assert found["cooling_fan,Evap. Fan Speed,1"] == 0.9
    assert found["cooling_state,1"] == "running"


def test_a_rack_pdu_tells_phases_from_banks_by_the_bank_number() -> None:
    loads: dict[str, Value] = {
        "12.1.5.0": "AP7953", "12.2.3.1.1.2.1": 43, "12.2.3.1.1.4.1": 1, "12.2.3.1.1.5.1": 0,
        "12.2.3.1.1.2.2": 17, "12.2.3.1.1.4.2": 1, "12.2.3.1.1.5.2": 1,
    }  # fmt: skip
    _, found = dialogue("1.3.6.1.4.1.318.1.3.4.5", APC, loads)

    assert (found["circuit_current,input,L1"], found["circuit_current,bank 1"]) == (4.3, 1.7)


@pytest.mark.parametrize(("lines", "phases"), [(1, {"L1"}), (3, {"L1", "L2", "L3"})])
def test_phases_that_a_single_phase_ups_repeats_are_left_out(lines: int, phases: set[str]) -> None:
    outputs: dict[str, Value] = {f"705.1.7.2.1.2.{line}": 2300 for line in (1, 2, 3)}
    own = outputs | {"705.1.1.1.0": "9PX", "705.1.7.1.0": lines}

    _, found = dialogue("1.3.6.1.4.1.705.1", EATON, own)

    assert {name for name in found if name.startswith("ups_output_voltage")} == {
        f"ups_output_voltage,{phase}" for phase in phases
    }


def test_a_battery_condition_that_is_worse_than_its_charging_is_told() -> None:
    own: dict[str, Value] = {"534.1.1.2.0": "93PM", "534.1.2.5.0": 3, "534.1.2.10.0": 1}

    assert dialogue("1.3.6.1.4.1.534.1", EATON, own)[1]["ups_battery_state"] == "low"


def test_rectifier_places_that_hold_no_module_are_left_out() -> None:
    table = "1918.2.13.10.60.30.1"
    own: dict[str, Value] = {
        f"{table}.95.1": 5483, f"{table}.120.1": 2, f"{table}.95.2": 0, f"{table}.120.2": 0,
    }  # fmt: skip
    _, found = dialogue("1.3.6.1.4.1.1918.2.13", EATON, own)

    assert found == {"rectifier_output_voltage,1": 54.83}


def test_a_netbotz_temperature_is_taken_from_its_text_before_its_doubtful_tenths() -> None:
    sensor: dict[str, Value] = {
        "52674.500.4.1.1.1.2.7": 20, "52674.500.4.1.1.1.4.7": "rack", "52674.500.4.1.1.1.7.7": "20.1",
        "52674.500.4.1.1.1.8.7": 20,
    }  # fmt: skip

    assert dialogue("1.3.6.1.4.1.52674.500", EATON, sensor)[1]["air_temperature,rack"] == 20.1
