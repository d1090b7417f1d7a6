"""Where devices differ from their documents, or leave a decade open: what the profiles then make of the numbers."""

import asyncio
from collections.abc import Mapping

import pytest

from agent.address import parse_address
from agent.drivers.driver import Surroundings
from agent.drivers.registry import connect
from agent.model.measures import Group
from agent.model.readings import Identity
from tests.snmp_agent import Value, snmp_agent, system

HIMOINSA, CET, GAMATRONIC = "1.3.6.1.4.1.41809.1", "1.3.6.1.4.1.12551.4.1", "1.3.6.1.4.1.6050.1"
ORION, VERTIV = "1.3.6.1.4.1.20246.2.3.1.1.1.2", "1.3.6.1.4.1.21239.5.2"


def read(base: str, own: Mapping[str, Value]) -> dict[str, float | str]:
    """What a device with these objects under `base` reads as: measure and the words of its labels, value."""

    async def run() -> dict[str, float | str]:
        objects = system(base) | {f"{base}.{oid}": value for oid, value in own.items()}
        async with snmp_agent(objects) as agent:
            address = parse_address(f"snmp://127.0.0.1:{agent.port}?community=public")
            driver = connect(address, Surroundings(timeout=0.3))
            try:
                assert isinstance(await driver.open(), Identity)
                answer = await driver.poll(frozenset(Group))
            finally:
                await driver.close()
        return {",".join([r.measure.key, *(value for _, value in r.labels)]): r.value for r in answer.readings}

    return asyncio.run(run())


@pytest.mark.parametrize(("raw", "hertz"), [(50, 50.0), (501, 50.1), (0, 0.0)])
def test_a_frequency_too_large_to_be_whole_is_taken_as_tenths(raw: int, hertz: float) -> None:
    assert read(HIMOINSA, {"46.0": 1, "8.0": raw})["generator_frequency"] == hertz


def test_a_frequency_that_fits_no_decade_is_absent() -> None:
    assert "generator_frequency" not in read(HIMOINSA, {"46.0": 1, "8.0": 60_000})


@pytest.mark.parametrize(("bits", "state"), [(0b01, "running"), (0b10, "stopped"), (0b00, None)])
def test_a_generator_says_in_bits_whether_it_runs(bits: int, state: str | None) -> None:
    assert read(HIMOINSA, {"46.0": bits, "26.0": 0}).get("generator_state") == state


@pytest.mark.parametrize(("raw", "celsius"), [(29, 29.0), (302, 28.85)])
def test_a_module_tells_celsius_below_two_hundred_and_kelvin_above(raw: int, celsius: float) -> None:
    module = {"2.1.0": 1, "1.1.1.2.4": 1, "1.1.1.28.4": raw, "1.1.1.17.4": 549}

    found = read(CET, module)

    assert found["inverter_temperature,4"] == pytest.approx(celsius)
    assert found["inverter_output_current,4"] == pytest.approx(5.49)


def test_an_empty_place_for_a_module_gives_no_readings() -> None:
    assert not [key for key in read(CET, {"2.1.0": 1, "1.1.1.2.1": 0, "1.1.1.16.1": 0}) if key.startswith("inverter_")]


@pytest.mark.parametrize(("sign", "celsius"), [(0, 5.0), (1, -5.0)])
def test_a_temperature_whose_sign_stands_in_another_column(sign: int, celsius: float) -> None:
    battery = {"2.1.0": 1, "2.2.0": 541, "2.26.1.3.1": 12, "2.26.1.4.1": sign, "2.26.1.5.1": 5}

    assert read(GAMATRONIC, battery)["battery_temperature,1"] == celsius


@pytest.mark.parametrize(("raw", "exponent", "volts"), [(5412, -2, 54.12), (54, 0, 54.0), (5, 1, 50.0)])
def test_a_number_whose_exponent_stands_in_another_column(raw: int, exponent: int, volts: float) -> None:
    meter: dict[str, Value] = {"9.1.1.2.1": "Bus", "9.1.1.3.1": raw, "9.1.1.4.1": exponent, "9.1.1.5.1": 3}

    assert read(ORION, meter)["sensor_voltage,Bus 1"] == pytest.approx(volts)


@pytest.mark.parametrize(("scale", "raw"), [(0, 752), (1, 240)])
def test_a_temperature_comes_in_the_scale_that_the_device_is_set_to(scale: int, raw: int) -> None:
    sensor: dict[str, Value] = {"1.7.0": scale, "9.1.3.1": "Rack", "9.1.5.1": raw}

    assert read(VERTIV, sensor)["air_temperature,Rack"] == pytest.approx(24)
