"""Programs that know nothing of this project, asked what they make of an instrument."""

import asyncio
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from simulators.devices import Device
from simulators.room.plan import CALL_CENTRE
from simulators.simulation import STEP, Simulation
from tests.peers import poll_until, running

NUT = Path("/usr/lib/nut")
APCUPSD = Path("/opt/apcupsd/sbin")
PATIENCE = 20.0

needs_nut = pytest.mark.skipif(not (NUT / "upsd").exists(), reason="Debian package nut-server is not installed")
needs_nut_snmp = pytest.mark.skipif(not (NUT / "snmp-ups").exists(), reason="Debian package nut-snmp is not installed")
needs_upsc = pytest.mark.skipif(shutil.which("upsc") is None, reason="Debian package nut-client is not installed")
needs_apcupsd = pytest.mark.skipif(not (APCUPSD / "apcupsd").exists(), reason="apcupsd is not unpacked in /opt")


@asynccontextmanager
async def standing_still(*names: str) -> AsyncIterator[tuple[Simulation, dict[str, Device]]]:
    """A call centre whose time passes only by `wait`, and some of its instruments on their lines."""
    simulation = Simulation(plan=CALL_CENTRE)
    found = {device.id: device for device in simulation.devices if device.id in names}
    wait(simulation, 2.0)
    async with AsyncExitStack() as stack:
        for device in found.values():
            stack.push_async_callback(device.server.close)
            await device.server.open()
        yield simulation, found


def wait(simulation: Simulation, seconds: float) -> None:
    for _ in range(round(seconds / STEP)):
        simulation.step()


def lose_mains(simulation: Simulation) -> None:
    for feed in "AB":
        simulation.do(f"feeds.{feed} fail")
    wait(simulation, 30.0)


def regain_mains(simulation: Simulation) -> None:
    for feed in "AB":
        simulation.do(f"feeds.{feed} restore")
    wait(simulation, 30.0)


async def program(*words: str, folder: Path | None = None) -> str:
    """All that it says; it may not take long."""
    environment = dict(os.environ)
    if folder is not None:
        environment |= {key: str(folder) for key in ("NUT_STATEPATH", "NUT_ALTPIDPATH", "NUT_CONFPATH")}
    process = await asyncio.create_subprocess_exec(
        *words,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode("utf-8", "replace")


async def driver(name: str, folder: Path, port: str, *options: str) -> dict[str, str]:
    """One scan of a NUT driver, as variables."""
    extra = [word for option in options for word in ("-x", option)]
    said = await program(
        str(NUT / name), "-s", "sim", "-u", "root", "-x", f"port={port}", *extra, "-d", "1", folder=folder
    )
    return variables(said)


def variables(said: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z][\w.-]*): (.*)$", said, re.MULTILINE))


@asynccontextmanager
async def apcupsd(folder: Path, device: str) -> AsyncIterator[str]:
    """A running daemon; yields where its network server listens."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    rows = {
        "UPSCABLE": "smart",
        "UPSTYPE": "apcsmart",
        "DEVICE": device,
        "POLLTIME": "1",
        "ONBATTERYDELAY": "0",
        "NETSERVER": "on",
        "NISIP": "127.0.0.1",
        "NISPORT": str(port),
        "EVENTSFILE": str(folder / "events"),
        **dict.fromkeys(("LOCKFILE", "SCRIPTDIR", "PWRFAILDIR", "NOLOGINDIR"), str(folder)),
    }
    file = folder / "apcupsd.conf"
    text = "## apcupsd.conf v1.1 ##\n" + "".join(f"{key} {value}\n" for key, value in rows.items())
    file.write_text(text, encoding="utf-8")
    async with running(str(APCUPSD / "apcupsd"), "-b", "-f", str(file), log=folder / "log"):
        yield f"127.0.0.1:{port}"


async def apcaccess(place: str) -> dict[str, str]:
    """Empty while nobody answers."""
    said = await program(str(APCUPSD / "apcaccess"), "-u", "-h", place)
    return {key.strip(): value.strip() for key, value in re.findall(r"^(\w[\w ]*?) *: (.*)$", said, re.MULTILINE)}


async def apcaccess_says(place: str, **wanted: str) -> dict[str, str]:
    """What it says once it says this."""
    return await poll_until(
        lambda: apcaccess(place), lambda said: all(said.get(key, "") == value for key, value in wanted.items())
    )
