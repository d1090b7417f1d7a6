"""The instruments as programs see them that know nothing of this project: net-snmp and mbpoll."""

import asyncio
import re
import shutil
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from simulators.devices import MONITOR
from simulators.simulation import Simulation

UPS, ATS, POWERNET = "1.3.6.1.2.1.33.1", "1.3.6.1.4.1.318.1.1.8.5.1", "1.3.6.1.4.1.318.1.1.1"
V2C = ("-v2c", "-c", "public")
V3 = (
    "-v3", "-l", "authPriv", "-u", MONITOR.name, "-a", "SHA", "-A", MONITOR.auth_passphrase,
    "-x", "AES", "-X", MONITOR.priv_passphrase,
)  # fmt: skip

needs_snmp = pytest.mark.skipif(shutil.which("snmpget") is None, reason="Debian package snmp is not installed")
needs_mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="Debian package mbpoll is not installed")


async def program(*words: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def in_room(story: Callable[[Simulation], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with Simulation() as simulation:
            simulation.step()
            await story(simulation)

    asyncio.run(run())


def place(simulation: Simulation, name: str) -> str:
    """host:port of a device."""
    url = next(row["url"] for row in simulation.endpoints() if row["id"] == name)
    return re.sub(r"^[^/]*//|\?.*$", "", url)


async def asked(
    simulation: Simulation, device: str, *oids: str, how: tuple[str, ...] = V2C, tool: str = "snmpget"
) -> str:
    code, said = await program(tool, *how, "-r1", "-t3", "-Oqn", place(simulation, device), *oids)
    assert 0 == code, said
    return said


@needs_snmp
@pytest.mark.parametrize("how", [("-v1", "-c", "public"), V2C, V3], ids=["v1", "v2c", "v3"])
def test_net_snmp_reads_the_ups_in_every_version(how: tuple[str, ...]) -> None:
    async def story(simulation: Simulation) -> None:
        said = await asked(simulation, "ups-1", f"{UPS}.4.1.0", f"{UPS}.2.4.0", how=how)

        assert f".{UPS}.4.1.0 3" in said
        assert f".{UPS}.2.4.0 100" in said

    in_room(story)


@needs_snmp
def test_net_snmp_walks_the_whole_device_in_order() -> None:
    async def story(simulation: Simulation) -> None:
        for device in ("ups-1", "ups-1-card", "ats-1"):
            for tool in ("snmpwalk", "snmpbulkwalk"):
                said = await asked(simulation, device, "1.3.6.1", tool=tool)
                assert "not increasing" not in said
                assert len(said.splitlines()) > 30

    in_room(story)


@needs_snmp
def test_a_mains_failure_is_seen_by_net_snmp_on_every_device_that_shows_it() -> None:
    async def story(simulation: Simulation) -> None:
        for cause in ("feeds.A fail", "feeds.B fail"):
            simulation.do(cause)
        for _ in range(20):
            simulation.step()

        assert "5" == (await asked(simulation, "ups-1", f"{UPS}.4.1.0")).split()[-1]
        assert "3" == (await asked(simulation, "ups-1-card", f"{POWERNET}.4.1.1.0")).split()[-1]
        assert ["1", "1"] == [
            line.split()[-1] for line in (await asked(simulation, "ats-1", f"{ATS}.12.0", f"{ATS}.13.0")).splitlines()
        ]

    in_room(story)


@needs_snmp
def test_a_wrong_secret_gets_no_answer_and_a_write_is_refused_and_counted() -> None:
    async def story(simulation: Simulation) -> None:
        host = place(simulation, "ups-1")
        code, _ = await program("snmpget", "-v2c", "-c", "other", "-r0", "-t0.5", host, f"{UPS}.4.1.0")
        assert 0 != code
        code, said = await program("snmpset", *V2C, "-r0", "-t3", host, f"{UPS}.8.2.0", "i", "5")
        assert 0 != code
        assert "notWritable" in said or "noAccess" in said
        assert 1 == next(device.server.writes_refused for device in simulation.devices if device.id == "ups-1")

    in_room(story)


@needs_mbpoll
def test_mbpoll_reads_the_transmitter_over_tcp() -> None:
    async def story(simulation: Simulation) -> None:
        host, port = place(simulation, "climate-1").split(":")
        code, said = await program(
            "mbpoll", "-m", "tcp", "-p", port, "-a", "1", "-t", "4", "-0", "-r", "0", "-c", "2", "-1", host
        )

        assert 0 == code, said
        humidity, temperature = (int(found) for found in re.findall(r"^\[\d\]:\s+(-?\d+)", said, re.MULTILINE))
        assert 300 < humidity < 700
        assert 150 < temperature < 300

    in_room(story)


@needs_mbpoll
def test_mbpoll_reads_the_transmitter_on_its_serial_line() -> None:
    async def story(simulation: Simulation) -> None:
        line = place(simulation, "climate-2")
        code, said = await program(
            "mbpoll",
            "-m",
            "rtu",
            "-b",
            "4800",
            "-P",
            "none",
            "-a",
            "1",
            "-t",
            "4",
            "-0",
            "-r",
            "0",
            "-c",
            "2",
            "-1",
            line,
        )

        assert 0 == code, said
        assert 2 == len(re.findall(r"^\[\d\]:", said, re.MULTILINE))

    in_room(story)


def test_looking_changes_nothing() -> None:
    async def story(simulation: Simulation) -> None:
        before = simulation.truth()
        if shutil.which("snmpwalk"):
            await asked(simulation, "ups-1", "1.3.6.1", tool="snmpbulkwalk")
        steps = round((float(simulation.truth()["time"]) - float(before["time"])) * 10)
        untouched = Simulation()
        for _ in range(1 + steps):
            untouched.step()
        assert untouched.truth() == simulation.truth()

    in_room(story)
