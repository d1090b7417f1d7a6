"""Rack PDUs and meters: where an index, a product number or a neighbouring table says what a number is."""

from tests.agent.profiles.dialogue import dialogue
from tests.snmp_agent import Value

RARITAN = "1.3.6.1.4.1.13742.6"
GUDE = "1.3.6.1.4.1.28507"
SENTRY = "1.3.6.1.4.1.1718.3"


def raritan(**changes: Value) -> dict[str, float | str]:
    """An inlet with a current of 3 decimals and a voltage of none, an outlet, and a probe."""
    own: dict[str, Value] = {
        "3.2.1.1.3.1": "PX9",
        "5.2.3.1.2.1.1.1": 1, "5.2.3.1.3.1.1.1": 5, "5.2.3.1.4.1.1.1": 12345, "3.3.4.1.7.1.1.1": 3,
        "5.2.3.1.2.1.1.4": 1, "5.2.3.1.3.1.1.4": 4, "5.2.3.1.4.1.1.4": 231, "3.3.4.1.7.1.1.4": 0,
        "5.4.3.1.2.1.7.14": 1, "5.4.3.1.3.1.7.14": 8, "5.4.3.1.4.1.7.14": 0,
        "3.5.3.1.2.1.7": "7", "3.5.3.1.3.1.7": "core switch",
        "3.6.3.1.2.1.2": 10, "3.6.3.1.4.1.2": "door", "3.6.3.1.16.1.2": 7, "3.6.3.1.17.1.2": 1,
        "5.5.3.1.2.1.2": 1, "5.5.3.1.3.1.2": 4, "5.5.3.1.4.1.2": 236,
    }  # fmt: skip
    return dialogue(RARITAN, RARITAN, own | changes)[1]


def test_the_last_part_of_the_index_says_what_a_row_measures_and_another_table_its_decimals() -> None:
    found = raritan()

    assert found["circuit_current,input 1"] == 12.345
    assert found["circuit_voltage,input 1"] == 231.0
    assert found["sensor_state,input 1 current"] == "warning"
    assert found["circuit_state,outlet 7 core switch"] == "off"
    assert found["air_temperature,door"] == 23.6


def test_linked_pdus_that_number_their_inlets_alike_are_told_apart() -> None:
    second: dict[str, Value] = {
        "5.2.3.1.2.2.1.4": 1,
        "5.2.3.1.3.2.1.4": 4,
        "5.2.3.1.4.2.1.4": 228,
        "3.3.4.1.7.2.1.4": 0,
    }
    found = raritan(**second)

    assert found["circuit_voltage,input 1 1"] == 231.0
    assert found["circuit_voltage,input 1 2"] == 228.0
    assert found["circuit_current,input 1"] == 12.345


def test_a_probe_that_names_fahrenheit_is_read_in_celsius() -> None:
    assert raritan(**{"3.6.3.1.16.1.2": 14, "5.5.3.1.4.1.2": 770})["air_temperature,door"] == 25.0


def test_a_sensor_that_is_not_available_is_absent_and_not_zero() -> None:
    found = raritan(**{"5.2.3.1.2.1.1.1": 2, "5.2.3.1.4.1.1.1": 0, "5.5.3.1.2.1.2": 2, "5.5.3.1.4.1.2": 0})

    assert "circuit_current,input 1" not in found
    assert "air_temperature,door" not in found
    assert found["circuit_voltage,input 1"] == 231.0


def test_a_maker_who_repeats_one_mib_under_each_product_needs_one_profile() -> None:
    own: dict[str, Value] = {"1.2.1.0": "Expert PDU", "5.1.2.1.2.1": 1, "5.1.2.1.5.1": 186, "5.1.2.1.7.1": 4999}
    for product in (81, 64, 112):
        identity, found = dialogue(f"{GUDE}.{product}", f"{GUDE}.{product}.1", own)

        assert (identity.kind, identity.profile, identity.model) == ("pdu", "gude-epc", "Expert PDU")
        assert (found["circuit_current,input 1"], found["circuit_frequency,input 1"]) == (0.186, 49.99)


def test_a_meter_channel_that_says_its_data_are_not_active_is_absent() -> None:
    own: dict[str, Value] = {"1.2.1.0": "Expert PDU", "5.1.2.1.2.1": 0, "5.1.2.1.5.1": 0, "3.1.2.1.3.1": 1}
    _, found = dialogue(f"{GUDE}.81", f"{GUDE}.81.1", own)

    assert found == {"circuit_state,outlet 1": "on"}


def test_minus_one_is_not_measured_on_a_sentry_and_its_scale_is_a_column() -> None:
    own: dict[str, Value] = {
        "1.1.0": "Sentry", "2.2.1.2.1.1": "AA", "2.2.1.7.1.1": -1, "2.2.1.11.1.1": 2093,
        "2.5.1.2.1.1": "A1", "2.5.1.6.1.1": 680, "2.5.1.10.1.1": -1, "2.5.1.13.1.1": 1,
    }  # fmt: skip
    _, found = dialogue(SENTRY, SENTRY, own)

    assert found == {"circuit_voltage,input AA": 209.3, "air_temperature,A1": 20.0}


def test_voltages_whose_decade_no_document_tells_are_told_apart_by_their_size() -> None:
    digipdu = "1.3.6.1.4.1.10456.3"
    for raw in (230, 2301):
        _, found = dialogue(digipdu, digipdu, {"1.1.0": "PDU", "3.2.1.3.1": raw, "3.2.1.5.1": 17})

        assert (round(float(found["circuit_voltage,input 1"])), found["circuit_current,input 1"]) == (230, 1.7)


def test_outlets_that_stand_in_one_text_are_read_one_by_one() -> None:
    digipower = "1.3.6.1.4.1.17420.1"
    own: dict[str, Value] = {"2.4.0": "s4.8", "2.9.1.11.0": 23, "2.9.1.13.0": "1,0,-1,-2,1,1,1,1"}
    _, found = dialogue(digipower, digipower, own)

    assert found["circuit_current,PDU 1"] == 2.3
    assert [found.get(f"circuit_state,PDU 1 outlet {n}") for n in (1, 2, 3, 4)] == ["on", "off", None, "critical"]
