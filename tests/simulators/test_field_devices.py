"""The call centre's field bus and further cards agree with the room: mbpoll and net-snmp are asked, not we."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from simulators.room.plan import CALL_CENTRE
from simulators.simulation import Simulation
from tests.peers import poll_until

needs_mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")
needs_snmpget = pytest.mark.skipif(shutil.which("snmpget") is None, reason="snmpget is not installed")
METER, SWITCH, INPUTS = "meter-1", "ats-2", "contacts-1"
INROW, EMU = "1.3.6.1.4.1.318.1.1.13.3.2", "1.3.6.1.4.1.318.1.1.10.1.3.3.1"


def in_call_centre(story: Callable[[Simulation], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with Simulation(plan=CALL_CENTRE) as simulation:
            await story(simulation)

    asyncio.run(run())


def url_of(simulation: Simulation, device: str) -> str:
    return next(row["url"] for row in simulation.endpoints() if row["id"] == device)


async def said_by(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out, _ = await process.communicate()
    return out.decode()


async def mbpoll(simulation: Simulation, device: str, kind: str, first: int, count: int) -> list[float]:
    """What mbpoll reads, from a register counted from 0; nothing when the unit does not answer."""
    place = urlsplit(url_of(simulation, device))
    unit = parse_qs(place.query)["unit"][0]
    line = ("-m", "rtu", "-b", "9600", "-P", "none", "-a", unit, "-1", "-q", "-0")
    out = await said_by("mbpoll", *line, "-B", "-t", kind, "-r", str(first), "-c", str(count), place.path)
    return [float(number) for number in re.findall(r"^\[\d+\]:\s+(\S+)", out, re.MULTILINE)]


async def snmpget(simulation: Simulation, device: str, *names: str) -> list[int]:
    port = urlsplit(url_of(simulation, device)).port
    words = ("-v2c", "-cpublic", "-Oqv", "-On", f"127.0.0.1:{port}")
    return [int(line) for line in (await said_by("snmpget", *words, *names)).split()]


@needs_mbpoll
def test_mbpoll_reads_the_meter_as_the_panel_is() -> None:
    async def story(simulation: Simulation) -> None:
        volts = await mbpoll(simulation, METER, "3:float", 0, 3)
        (watts,) = await mbpoll(simulation, METER, "3:float", 52, 1)
        truth = simulation.truth()

        assert [pytest.approx(float(truth[f"feeds.A.{phase}.voltage"]), abs=5) for phase in ("L1", "L2", "L3")] == volts
        assert pytest.approx(float(truth["transfer_switch.watts"]), rel=0.05) == watts

    in_call_centre(story)


@needs_mbpoll
def test_mbpoll_sees_the_controller_change_over() -> None:
    async def story(simulation: Simulation) -> None:
        assert [2.0, 2.0] == await mbpoll(simulation, SWITCH, "4", 0x5006, 2)
        simulation.do("feeds.A fail")
        await poll_until(lambda: mbpoll(simulation, SWITCH, "4", 0x5002, 1), lambda found: found == [3.0])
        assert [0.0, 2.0] == await mbpoll(simulation, SWITCH, "4", 0x5006, 2)
        assert [1.0] == await mbpoll(simulation, SWITCH, "4", 0x5009, 1)

    in_call_centre(story)


@needs_mbpoll
def test_mbpoll_sees_a_contact_close() -> None:
    async def story(simulation: Simulation) -> None:
        assert [0.0] * 8 == await mbpoll(simulation, INPUTS, "1", 0, 8)
        simulation.do("surge_protector.A fail")
        await poll_until(lambda: mbpoll(simulation, INPUTS, "1", 0, 8), lambda found: found == [1.0, *[0.0] * 7])

    in_call_centre(story)


@needs_mbpoll
def test_a_unit_that_is_off_leaves_its_neighbours_on_the_bus_alone() -> None:
    async def story(simulation: Simulation) -> None:
        simulation.do(f"mishap {SWITCH} unplugged")
        assert [] == await mbpoll(simulation, SWITCH, "4", 0x5002, 1)
        assert 8 == len(await mbpoll(simulation, INPUTS, "1", 0, 8))
        simulation.do(f"mishap {SWITCH} none")
        assert [2.0] == await mbpoll(simulation, SWITCH, "4", 0x5002, 1)

    in_call_centre(story)


@needs_snmpget
def test_snmpget_reads_cooling_unit_and_environment_monitor_as_the_room_is() -> None:
    async def story(simulation: Simulation) -> None:
        mode, output, returned, fan = await snmpget(
            simulation, "cooling-1", *(f"{INROW}.2.2.{row}.0" for row in (1, 2, 11, 16))
        )
        (inlet,) = await snmpget(simulation, "climate-4", f"{EMU}.4.1")
        truth = simulation.truth()

        assert ("running", 2, 1000) == (truth["cooling.1.state"], mode, fan)
        assert pytest.approx(float(truth["cooling.1.output"]), abs=200) == output * 100
        assert pytest.approx(float(truth["air.temperature"]), abs=0.2) == returned / 10
        assert pytest.approx(float(truth["air.inlet_temperature"]), abs=1.0) == inlet
        simulation.do("cooling.1 fail")
        await poll_until(lambda: snmpget(simulation, "cooling-1", f"{INROW}.2.2.1.0"), lambda found: found == [3])

    in_call_centre(story)


def test_floats_cannot_be_at_a_wrong_scale() -> None:
    with pytest.raises(ValueError, match="scale cannot happen on this wire"):
        Simulation(plan=CALL_CENTRE).do(f"mishap {METER} scale")
