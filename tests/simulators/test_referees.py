"""NUT and apcupsd believe the simulated UPSs: before, during and after a mains failure they read what is so.

The room stands still while a program reads, so what it reads can be compared with what is so to the last digit shown.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulators.devices import Device
from simulators.instruments import megatec
from simulators.room.plan import CALL_CENTRE
from simulators.room.room import Room
from simulators.servers.lines import PtyLine
from simulators.servers.megatec import MegatecServer
from simulators.simulation import Simulation
from tests.simulators.referees import (
    apcaccess,
    apcaccess_says,
    apcupsd,
    driver,
    lose_mains,
    needs_apcupsd,
    needs_nut,
    needs_nut_snmp,
    needs_upsc,
    program,
    regain_mains,
    standing_still,
    variables,
    wait,
)

# What a program calls it, what the room calls it, how many of the one are one of the other, the largest difference.
Row = tuple[str, str, float, float]
VOLTS_IN = ("input.voltage", "input_voltage", 1.0, 0.06)
VOLTS_OUT = ("output.voltage", "output_voltage", 1.0, 0.06)
LOAD = ("ups.load", "load_ratio", 100.0, 0.51)
CHARGE = ("battery.charge", "battery.charge", 100.0, 0.51)
RUNTIME = ("battery.runtime", "battery.runtime", 1.0, 60.0)  # whole minutes, rounded down
PACK = ("battery.voltage", "battery.voltage", 1.0, 0.06)
CELL = ("battery.voltage", "battery.voltage", 1 / 96, 0.006)
WHOLE_VOLTS_IN, WHOLE_VOLTS_OUT = (*VOLTS_IN[:3], 0.51), (*VOLTS_OUT[:3], 0.51)

Read = Callable[[], Awaitable[dict[str, str]]]


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def port(device: Device) -> str:
    return device.server.url.split("://")[1].split("?")[0]


async def believed(simulation: Simulation, number: int, read: Read, *rows: Row) -> None:
    """Status and values before, during and after a failure of both feeds."""
    happenings: tuple[Callable[[Simulation], None], ...] = (lambda _: None, lose_mains, regain_mains)
    for happens, word in zip(happenings, ("OL", "OB", "OL"), strict=True):
        happens(simulation)
        said, truth = await read(), simulation.truth()
        assert word in said["ups.status"].split(), said
        for name, path, scale, off in rows:
            assert pytest.approx(float(truth[f"ups.{number}.{path}"]) * scale, abs=off) == float(said[name]), name


@needs_nut
@pytest.mark.parametrize(
    ("name", "options"),
    [("nutdrv_qx", ["protocol=megatec"]), ("nutdrv_qx", []), ("blazer_ser", ["override.battery.packs=96"])],
    ids=["nutdrv_qx told", "nutdrv_qx finding out", "blazer_ser"],
)
def test_nut_reads_a_megatec_ups_right(name: str, options: list[str], tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still("ups-2-serial") as (simulation, devices):
            read = partial(driver, name, tmp_path, port(devices["ups-2-serial"]), *options)
            battery = (CELL,) if name == "nutdrv_qx" else ()
            await believed(simulation, 2, read, VOLTS_IN, VOLTS_OUT, LOAD, *battery)
            assert 0 == devices["ups-2-serial"].server.writes_refused

    run(story())


@needs_nut
def test_nut_finds_out_that_a_ups_speaks_voltronic(tmp_path: Path) -> None:
    async def story() -> None:
        simulation = Simulation(plan=CALL_CENTRE)
        simulation.step()
        ups = simulation.room.ups_units[0]
        view = partial(megatec.voltronic, ups, "SIM-UPS-1")
        server = MegatecServer(view, lambda: simulation.room.ticks, PtyLine(), "voltronic")
        await server.open()
        try:
            read = partial(driver, "nutdrv_qx", tmp_path, server.url.removeprefix("megatec://"))
            await believed(simulation, 1, read, VOLTS_IN, VOLTS_OUT, LOAD, CHARGE, RUNTIME, PACK)
            said = await read()
            assert ("SIM-UPS-1", "ROOMREADY", "online") == tuple(
                said[key] for key in ("device.serial", "device.mfr", "ups.type")
            )
            assert 0 == server.writes_refused
        finally:
            await server.close()

    run(story())


@needs_nut
def test_nut_reads_an_apc_ups_right(tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still("ups-1-smart") as (simulation, devices):
            read = partial(driver, "apcsmart", tmp_path, port(devices["ups-1-smart"]))
            await believed(simulation, 1, read, VOLTS_IN, VOLTS_OUT, CHARGE, RUNTIME, PACK)
            said = await read()
            assert ("SMART-UPS 6000", "SIM-UPS-1") == (said["device.model"], said["device.serial"])
            assert 0 == devices["ups-1-smart"].server.writes_refused

    run(story())


@needs_nut_snmp
@pytest.mark.parametrize(("device", "mib"), [("ups-1", "ietf"), ("ups-1-card", "apcc")])
def test_nut_reads_the_snmp_cards_right(device: str, mib: str, tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still(device) as (simulation, devices):
            options = ("community=public", "snmp_version=v2c", f"mibs={mib}")
            read = partial(driver, "snmp-ups", tmp_path, port(devices[device]), *options)
            await believed(simulation, 1, read, WHOLE_VOLTS_IN, WHOLE_VOLTS_OUT, (*LOAD[:3], 1.0), RUNTIME)
            assert 0 == devices[device].server.writes_refused

    run(story())


# Of the first UPS, or of the second where only that has such a line.
LINES = (
    ("ups-2-serial", "nutdrv_qx", ("protocol=megatec",)),
    ("ups-1-smart", "apcsmart", ()),
    ("ups-1", "snmp-ups", ("community=public", "mibs=ietf")),
    ("ups-1-card", "snmp-ups", ("community=public", "mibs=apcc")),
)


@needs_nut
@needs_nut_snmp
@pytest.mark.parametrize(("device", "name", "options"), LINES, ids=[row[0] for row in LINES])
def test_nut_sees_the_battery_run_low_on_every_line(
    device: str, name: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    async def story() -> None:
        async with standing_still(device) as (simulation, devices):
            lose_mains(simulation)
            while not simulation.truth()["ups.1.battery_low"] or not simulation.truth()["ups.2.battery_low"]:
                wait(simulation, 10.0)
            said = await driver(name, tmp_path, port(devices[device]), *options)
            assert {"OB", "LB"} <= set(said["ups.status"].split())

    run(story())


@needs_nut
@needs_nut_snmp
@pytest.mark.parametrize(
    ("device", "name", "options"), [LINES[0], *LINES[2:]], ids=[LINES[0][0], "ups-1", "ups-1-card"]
)
def test_nut_sees_a_bypass(device: str, name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still(device) as (simulation, devices):
            for number in (1, 2):
                simulation.do(f"ups.{number} bypass")
            wait(simulation, 1.0)
            said = await driver(name, tmp_path, port(devices[device]), *options)
            assert "BYPASS" in said["ups.status"].split()

    run(story())


@needs_nut
def test_nut_sees_a_self_test_and_a_battery_that_fails_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still("ups-1-smart", "ups-2-serial") as (simulation, devices):
            simulation.do("ups.1 battery_health 0.2")
            for number in (1, 2):
                simulation.do(f"ups.{number} self_test")
            wait(simulation, 2.0)
            said = await driver("nutdrv_qx", tmp_path, port(devices["ups-2-serial"]), "protocol=megatec")
            assert {"OL", "CAL"} <= set(said["ups.status"].split())
            wait(simulation, 60.0)
            said = await driver("apcsmart", tmp_path, port(devices["ups-1-smart"]))
            assert {"OL", "RB"} <= set(said["ups.status"].split())
            assert "BT" == said["ups.test.result"]

    run(story())


@needs_upsc
def test_nuts_client_reads_every_ups_and_the_transfer_switch_from_the_nut_server() -> None:
    async def story() -> None:
        async with standing_still("nut-1") as (simulation, devices):
            host = port(devices["nut-1"]).split("/")[0]

            async def read(name: str) -> dict[str, str]:
                return variables(await program("upsc", f"{name}@{host}"))

            listed = variables(await program("upsc", "-L", host))
            assert ["ups-1", "ups-2", "ats-1"] == list(listed)
            runtime = (*RUNTIME[:3], 0.51)
            await believed(simulation, 2, partial(read, "ups-2"), VOLTS_IN, VOLTS_OUT, LOAD, CHARGE, runtime, PACK)
            switch = await read("ats-1")
            assert "ats" == switch["device.type"]
            assert simulation.truth()["transfer_switch.selected"] == " AB"[int(switch["input.source"])]

    run(story())


@needs_upsc
def test_nuts_client_is_told_what_it_may_not_and_what_there_is_not() -> None:
    async def story() -> None:
        async with standing_still("nut-1") as (_, devices):
            host = port(devices["nut-1"]).split("/")[0]
            assert "Unknown UPS" in await program("upsc", f"ups-9@{host}")
            assert "Variable not supported" in await program("upsc", f"ups-1@{host}", "ups.colour")
            said = await program("upscmd", "-u", "somebody", "-p", "secret", f"ups-1@{host}", "load.off")
            assert "ACCESS-DENIED" in said or "Access denied" in said
            assert 1 == devices["nut-1"].server.writes_refused

    run(story())


@needs_apcupsd
def test_apcupsd_reads_an_apc_ups_and_hears_its_alerts(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            standing_still("ups-1-smart") as (simulation, devices),
            apcupsd(tmp_path, port(devices["ups-1-smart"])) as place,
        ):
            await _agrees(simulation, await apcaccess_says(place, STATUS="ONLINE", SERIALNO="SIM-UPS-1"))
            lose_mains(simulation)
            await apcaccess_says(place, STATUS="ONBATT", LINEV="0.0")
            regain_mains(simulation)
            truth = simulation.truth()
            await apcaccess_says(place, STATUS="ONLINE", LINEV=f"{truth['ups.1.input_voltage']:.1f}")
            events = (tmp_path / "events").read_text("utf-8")
            assert events.index("Power failure") < events.index("Mains returned")

    run(story())


async def _agrees(simulation: Simulation, said: dict[str, str]) -> None:
    truth = simulation.truth()
    for key, path, scale, off in (
        ("LINEV", "input_voltage", 1.0, 0.06),
        ("OUTPUTV", "output_voltage", 1.0, 0.06),
        ("BCHARGE", "battery.charge", 100.0, 0.06),
        ("BATTV", "battery.voltage", 1.0, 0.06),
        ("TIMELEFT", "battery.runtime", 1 / 60, 1.0),
    ):
        assert pytest.approx(float(truth[f"ups.1.{path}"]) * scale, abs=off) == float(said[key]), key


@needs_apcupsd
def test_apcaccess_reads_our_own_network_server(tmp_path: Path) -> None:
    async def story() -> None:
        async with standing_still("apcupsd-1") as (simulation, devices):
            place = port(devices["apcupsd-1"])
            said = await apcaccess(place)
            assert "ONLINE" == said["STATUS"]
            await _agrees(simulation, said)
            lose_mains(simulation)
            said = await apcaccess(place)
            assert ("ONBATT", "0.0", "1") == (said["STATUS"], said["LINEV"], said["NUMXFERS"])
            await _agrees(simulation, said)

    run(story())


def test_looking_changes_nothing_in_any_of_the_views() -> None:
    room, other = Room(4, CALL_CENTRE), Room(4, CALL_CENTRE)
    for _ in range(50):
        room.step(0.1)
        other.step(0.1)
        megatec.voltronic(room.ups_units[1], "SIM-UPS-2")

    assert other.truth() == room.truth()
