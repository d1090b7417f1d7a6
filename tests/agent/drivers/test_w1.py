"""1-wire thermometers in a folder tree like the kernel's; a named pipe is a sensor that takes its time."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, TimedOut, Unreachable
from agent.model.measures import Group

ALL = frozenset(Group)
PATIENT = 20.0  # seconds for an answer that must come
HASTY = -1.4  # together with the time that one measurement is given: a tenth of a second
ONE, OTHER = "28-0316a2794bff", "10-000802b7f4a1"
WARM = "72 01 4b 46 7f ff 0c 10 c6 : crc=c6 YES\n72 01 4b 46 7f ff 0c 10 c6 t=23125\n"
COLD = "5e ff 4b 46 7f ff 0c 10 6a : crc=6a YES\n5e ff 4b 46 7f ff 0c 10 6a t=-10125\n"
BAD = WARM.replace("YES", "NO")
RESET = "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n"


def bus(folder: Path, **sensors: str) -> Path:
    """A bus master, something that is no thermometer, and the sensors: `s28_...` is 28-... with its text."""
    for name in ("w1_bus_master1", "26-000001a3b4c5"):
        (folder / "devices" / name).mkdir(parents=True)
    for name, text in sensors.items():
        plug(folder, name.removeprefix("s").replace("_", "-"), text)
    return folder


def plug(root: Path, number: str, text: str) -> Path:
    sensor = root / "devices" / number
    sensor.mkdir()
    file = sensor / "w1_slave"
    file.write_text(text, "ascii")
    return file


def driver(root: Path, number: str = "", timeout: float = PATIENT) -> Driver:
    return connect(parse_address(f"w1://{number}?root={root}"), Surroundings(timeout=timeout))


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


async def fault_of(device: Driver) -> Fault:
    with pytest.raises(Fault) as caught:
        await device.poll(ALL)
    return caught.value


def values(answer: Answer) -> dict[str, float | str]:
    return {reading.address: reading.value for reading in answer.readings}


def test_one_sensor_is_read_and_says_who_it_is(tmp_path: Path) -> None:
    async def story() -> None:
        device = driver(bus(tmp_path, s28_0316a2794bff=WARM, s10_000802b7f4a1=COLD), ONE)
        who = await device.open()
        answer = await device.poll(ALL)
        await device.close()
        assert ("climate", "DS18B20", ONE) == (who.kind, who.model, who.serial)
        assert [("air_temperature", (), 23.125, ONE)] == [
            (r.measure.key, r.labels, r.value, r.address) for r in answer.readings
        ]

    run(story())


def test_all_sensors_on_the_bus_are_read_each_under_its_number(tmp_path: Path) -> None:
    async def story() -> None:
        device = driver(bus(tmp_path, s28_0316a2794bff=WARM, s10_000802b7f4a1=COLD))
        await device.open()
        first = await device.poll(ALL)
        plug(tmp_path, "22-000000123456", WARM)
        second = await device.poll(ALL)
        await device.close()
        assert {((("sensor", ONE),), 23.125), ((("sensor", OTHER),), -10.125)} == {
            (r.labels, r.value) for r in first.readings
        }
        assert {ONE, OTHER, "22-000000123456"} == values(second).keys()

    run(story())


def test_a_sensor_in_trouble_costs_the_others_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        root = bus(tmp_path, s28_0316a2794bff=BAD, s10_000802b7f4a1=COLD, s22_000000123456=RESET)
        (root / "devices" / "3b-000000654321").mkdir()  # its driver has not made its file
        answer = await driver(root).poll(ALL)
        assert {OTHER: -10.125} == values(answer)
        reasons = {withheld.address: withheld.reason for withheld in answer.withheld}
        assert {ONE, "22-000000123456", "3b-000000654321"} == reasons.keys()
        assert "checksum is wrong" in reasons[ONE]
        assert "power-on" in reasons["22-000000123456"]
        assert "No such file" in reasons["3b-000000654321"]

    run(story())


def test_a_sensor_that_was_reset_is_withheld_with_what_it_said(tmp_path: Path) -> None:
    async def story() -> None:
        answer = await driver(bus(tmp_path, s28_0316a2794bff=RESET), ONE).poll(ALL)
        assert [(ONE, "85000")] == [(withheld.address, withheld.raw) for withheld in answer.withheld]
        assert not answer.readings

    run(story())


def test_a_single_sensor_with_a_wrong_checksum_is_a_fault(tmp_path: Path) -> None:
    async def story() -> None:
        fault = await fault_of(driver(bus(tmp_path, s28_0316a2794bff=BAD), ONE))
        assert isinstance(fault, Garbled)
        assert f"{ONE}: received 72 01 4b" in str(fault)

    run(story())


def test_a_sensor_that_takes_its_time_holds_nobody_up(tmp_path: Path) -> None:
    async def story() -> None:
        file = bus(tmp_path) / "devices" / ONE / "w1_slave"
        file.parent.mkdir()
        os.mkfifo(file)
        device = driver(tmp_path, ONE)
        polling = asyncio.create_task(device.poll(ALL))
        for _ in range(10):
            await asyncio.sleep(0)  # the loop turns while the sensor measures
        await asyncio.to_thread(file.write_text, WARM)
        assert {ONE: 23.125} == values(await polling)

    run(story())


def test_a_sensor_that_hangs_times_out_and_is_not_asked_twice_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        file = bus(tmp_path) / "devices" / ONE / "w1_slave"
        file.parent.mkdir()
        os.mkfifo(file)
        device = driver(tmp_path, ONE, timeout=HASTY)
        faults = [await fault_of(device), await fault_of(device)]
        assert [TimedOut, TimedOut] == [type(fault) for fault in faults]
        await asyncio.to_thread(file.write_text, WARM)  # one reader hangs there, and ends

    run(story())


def test_a_sensor_that_was_unplugged_is_unreachable_and_returns(tmp_path: Path) -> None:
    async def story() -> None:
        root = bus(tmp_path, s28_0316a2794bff=WARM)
        device = driver(root, ONE)
        await device.open()
        (root / "devices" / ONE / "w1_slave").unlink()
        (root / "devices" / ONE).rmdir()
        fault = await fault_of(device)
        plug(root, ONE, COLD)
        assert isinstance(fault, Unreachable)
        assert {ONE: -10.125} == values(await device.poll(ALL))

    run(story())


def test_a_server_without_a_bus_says_what_is_missing(tmp_path: Path) -> None:
    async def story() -> None:
        with pytest.raises(Unreachable, match="is a 1-wire master's driver loaded"):
            await driver(tmp_path / "none").open()
        with pytest.raises(Unreachable, match="no thermometer among the devices"):
            await driver(bus(tmp_path)).open()

    run(story())


def test_nothing_is_measured_when_it_is_not_due(tmp_path: Path) -> None:
    async def story() -> None:
        answer = await driver(bus(tmp_path, s28_0316a2794bff=BAD), ONE).poll(frozenset({Group.STATE}))
        assert () == tuple(answer.readings)

    run(story())


@pytest.mark.parametrize("address", ["w1://28-xyz", "w1://26-0316a2794bff", "w1://28-0316a2794bff?unit=1"])
def test_an_address_that_cannot_be_used_is_told(address: str) -> None:
    with pytest.raises(AddressError):
        connect(parse_address(address), Surroundings())
