"""Environment monitors and cooling units: where a name, a word or a neighbour says what a number is."""

from pathlib import Path

import pytest

from agent.profiles.load import ProfileError, load_profile
from agent.profiles.schema import SnmpProfile
from tests.agent.profiles.dialogue import dialogue
from tests.snmp_agent import Value

AKCP = "1.3.6.1.4.1.3854.1"
ENTITY = "1.3.6.1.2.1"
RITTAL = "1.3.6.1.4.1.2606.7"
SENSATRONICS = "1.3.6.1.4.1.16174.1.1"
JACARTA = "1.3.6.1.4.1.19011.1.3.1.1"
STULZ = "1.3.6.1.4.1.29462.10.2.1"


def entity(**sensors: tuple[str, int, int, int, int, int]) -> dict[str, float | str]:
    """Entity sensors: index to name, type, scale, precision, value and operational status."""
    own: dict[str, Value] = {"47.1.4.1.0": 1}
    for index, (name, *columns) in sensors.items():
        own[f"47.1.1.1.1.7.{index}"] = name
        own |= {f"99.1.1.1.{column}.{index}": value for column, value in enumerate(columns, start=1)}
    return dialogue("1.3.6.1.4.1.99999", ENTITY, own)[1]


def test_an_entity_sensor_says_itself_what_it_measures_and_at_which_scale() -> None:
    found = entity(
        **{"7": ("inlet", 8, 9, 1, 236, 1), "8": ("bus", 4, 8, 0, 53_400, 1), "9": ("draw", 6, 10, 2, 125, 1)}
    )

    assert found == {"sensor_temperature,inlet": 23.6, "sensor_voltage,bus": 53.4, "sensor_power,draw": 1250.0}


def test_a_negative_precision_counts_digits_and_shifts_nothing() -> None:
    assert entity(**{"7": ("inlet", 8, 9, -2, 24, 1)}) == {"sensor_temperature,inlet": 24.0}


def test_an_entity_sensor_that_is_unavailable_or_overflows_is_absent() -> None:
    found = entity(**{"7": ("gone", 8, 9, 0, 0, 2), "8": ("over", 8, 9, 0, 1_000_000_000, 1)})

    assert found == {}


def test_sensors_that_share_a_name_are_told_apart_by_their_index() -> None:
    found = entity(**{"7": ("fan", 10, 9, 0, 3000, 1), "8": ("fan", 10, 9, 0, 3100, 1), "9": ("", 10, 9, 0, 3200, 1)})

    assert found == {
        "component_fan_speed,fan 7": 3000.0,
        "component_fan_speed,fan 8": 3100.0,
        "component_fan_speed,9": 3200.0,
    }


def variables(**rows: tuple[str, str, int, int, str]) -> dict[str, Value]:
    """A CMC III controller with variables: index to name, unit, scale, integer and text."""
    own: dict[str, Value] = {"4.1.2.1.2.1": "LCP", "4.1.2.1.6.1": 2, "2.1.0": 1}
    for index, (name, unit, scale, number, text) in rows.items():
        cells: dict[int, Value] = {3: name, 5: unit, 7: scale, 11: number, 10: text}
        own |= {f"4.2.2.1.{column}.1.{index}": cell for column, cell in cells.items()}
    return own


def test_a_variable_is_what_its_name_and_unit_say_and_its_name_is_cut_short() -> None:
    own = variables(
        **{
            "2": ("Air Temp.Server In.Top.Value", "°C", -100, 1880, "18.80"),
            "3": ("Air Temp.Server In.Top.Status", "", 0, 4, "Too High"),
            "4": ("Air Temp.Server In.Top.SetPtHigh", "°C", -100, 3000, "30.00"),
            "5": ("Water.Flowrate.Value", "l/min", -10, 600, "60.0"),
            "6": ("System.Supply 24V.Value", "V", -1000, 23_150, "23.150"),
        }
    )
    _, found = dialogue(RITTAL, RITTAL, own)

    assert found["cooling_inlet_temperature,LCP Air Temp.Server In.Top"] == 18.8
    assert found["sensor_state,LCP Air Temp.Server In.Top"] == "critical"
    assert found["water_flow,LCP Water.Flowrate"] == pytest.approx(0.001)
    assert found["component_voltage,LCP System.Supply 24V"] == 23.15
    assert not any("SetPt" in series for series in found)


def test_a_controller_is_a_cooling_unit_where_its_description_says_so_and_tells_serial_and_firmware_there() -> None:
    monitor, _ = dialogue(RITTAL, RITTAL, variables())
    cooling, _ = dialogue(RITTAL, "1.3.6.1.2.1", {"1.1.0": "Rittal LCP SN 12345678 HW V1.00 - SW V3.00", "1.3.0": 100})

    assert (monitor.kind, cooling.kind) == ("environment", "cooling")
    assert (cooling.vendor, cooling.serial, cooling.firmware) == ("Rittal", "12345678", "V3.00")


def sensor_probe(**changes: Value) -> dict[str, float | str]:
    own: dict[str, Value] = {
        "1.2.0": 2, "1.8.0": "sensorProbe9",
        "2.2.1.16.1.1.0": "rack", "2.2.1.16.1.3.0": 20, "2.2.1.16.1.4.0": 2, "2.2.1.16.1.5.0": 1,
        "2.2.1.16.1.12.0": 1, "2.2.1.16.1.14.0": 199,
        "2.2.1.17.1.1.1": "floor", "2.2.1.17.1.3.1": 42, "2.2.1.17.1.4.1": 2, "2.2.1.17.1.5.1": 1,
        "2.2.1.17.1.13.1": 830,
    }  # fmt: skip
    return dialogue(AKCP, AKCP, own | changes)[1]


def test_a_precise_object_stands_before_the_coarse_one() -> None:
    found = sensor_probe()

    assert found["air_temperature,rack"] == 19.9
    assert found["air_humidity,floor"] == 0.42


def test_where_the_precise_object_knows_celsius_only_a_fahrenheit_device_is_read_by_the_coarse_one() -> None:
    assert sensor_probe(**{"2.2.1.16.1.12.0": 0, "2.2.1.16.1.3.0": 68})["air_temperature,rack"] == 20.0


def test_an_older_agent_with_something_else_in_the_precise_column_is_read_by_the_coarse_one() -> None:
    assert sensor_probe(**{"1.8.0": 2, "2.2.1.16.1.14.0": 2})["air_temperature,rack"] == 20.0


def test_a_probe_that_is_not_plugged_in_is_absent() -> None:
    found = sensor_probe(**{"2.2.1.17.1.5.1": 2, "2.2.1.16.1.4.0": 7})

    assert "air_humidity,floor" not in found
    assert "air_temperature,rack" not in found
    assert found["sensor_state,temperature rack"] == "missing"


def test_numbered_objects_written_once_are_read_each_with_its_own_name_and_the_device_s_unit() -> None:
    own: dict[str, Value] = {
        "1.2.3.1.0": 1,
        "1.3.1.1.0": "inlet", "1.3.1.2.0": "68.0", "1.3.2.1.0": "outlet", "1.3.2.2.0": "77.0",
        "1.3.3.1.0": "spare", "1.3.3.2.0": "-99.9",
    }  # fmt: skip
    _, found = dialogue(f"{SENSATRONICS}.1", SENSATRONICS, own)

    assert found == {"air_temperature,1 inlet": 20.0, "air_temperature,2 outlet": 25.0}


def test_a_name_is_fetched_from_another_table_and_a_port_without_a_probe_is_left_out() -> None:
    own: dict[str, Value] = {
        "2.16.0": 1, "4.2.1.2.1": "row 1", "4.2.1.2.2": "row 2",
        "3.2.1.2.1": 3, "3.2.1.3.1": 231, "3.2.1.4.1": 3, "3.2.1.5.1": 405, "3.2.1.6.1": 5, "3.2.1.7.1": 3,
        "3.2.1.2.2": 1, "3.2.1.3.2": 0, "3.2.1.4.2": 1, "3.2.1.5.2": 0, "3.2.1.6.2": 1, "3.2.1.7.2": 1,
    }  # fmt: skip
    _, found = dialogue("1.3.6.1.4.1.19011", JACARTA, own)

    assert found == {
        "air_temperature,row 1": 23.1,
        "air_humidity,row 1": 0.405,
        "sensor_state,temperature row 1": "ok",
        "sensor_state,humidity row 1": "critical",
        "contact_active,row 1 alarm 1": 1.0,
    }


def test_cooling_units_behind_one_gateway_are_told_apart() -> None:
    own: dict[str, Value] = {
        "1.1.1.1.1.1.1192.1.1.1": 265, "1.1.1.1.1.1.1193.1.1.1": 180, "4.1.1.1.1013.1.1.1": 1,
        "1.1.1.1.1.1.1192.1.2.1": 9999, "1.1.1.1.1.1.1193.1.2.1": 175, "4.1.1.1.1013.1.2.1": 0,
    }  # fmt: skip
    identity, found = dialogue("1.3.6.1.4.1.29462.10", STULZ, own)

    assert identity.kind == "cooling"
    assert found == {
        "cooling_return_temperature,1.1.1": 26.5,
        "cooling_supply_temperature,1.1.1": 18.0,
        "cooling_supply_temperature,1.2.1": 17.5,
        "cooling_state,1.1.1": "running",
        "cooling_state,1.2.1": "off",
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('cut = "("', "cut: '('"),
        ('where = { column = "2", like = "[" }', "where: like: '['"),
        ("when = { is = [1] }", "when: give either 'at'"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_place(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'name = "own"\ntitle = "own"\nkind = "environment"\nsource = "own"\n[[tables]]\nentry = "1.3.6.1.4.1.9"\n'
        f'{line}\nrows = [{{ column = "1", measure = "air_temperature", unit = "degC" }}]\n'
    )
    with pytest.raises(ProfileError, match="tables") as mistake:
        load_profile(file, SnmpProfile)
    assert told in str(mistake.value)
