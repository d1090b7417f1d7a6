"""Runs a simulation with its control port until SIGINT or SIGTERM, and says where to look."""

import asyncio
import json
import os
import signal
from pathlib import Path

from simulators.control import ControlServer
from simulators.devices import MONITOR
from simulators.remote import LOOPBACK
from simulators.simulation import Simulation


class CannotListenError(Exception):
    """The sentence names the port or the file, and the option that changes it."""


def run(simulation: Simulation, story: str, endpoints: Path | None, control_port: int) -> None:
    """ValueError when the story cannot be told in this simulation's room."""
    asyncio.run(_run(simulation, story, endpoints, control_port))


async def _run(simulation: Simulation, story: str, endpoints: Path | None, control_port: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    began = simulation.play(story)
    async with simulation, await _control(simulation, control_port) as control:
        if endpoints is not None:
            write_endpoints(endpoints, simulation.endpoints())
        print(began)
        print(table(simulation, control.port), flush=True)
        await stopping.wait()


async def _control(simulation: Simulation, port: int) -> ControlServer:
    try:
        return await ControlServer.open(simulation, port)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        advice = "choose another with --control, 0 takes a free one"
        raise CannotListenError(f"control port {port}: {why}; {advice}") from None


def write_endpoints(path: Path, endpoints: list[dict[str, str]]) -> None:
    """Whoever waits for the file finds it whole."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(json.dumps(endpoints, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise CannotListenError(f"{path}: {error.strerror}; choose another file with --endpoints") from None


def table(simulation: Simulation, control_port: int) -> str:
    rows = [(row["id"], row["kind"], row["url"]) for row in simulation.endpoints()]
    user = f"user {MONITOR.name}, SHA {MONITOR.auth_passphrase}, AES {MONITOR.priv_passphrase}"
    rows += [("snmp v3", "", user), ("control", "", f"http://{LOOPBACK}:{control_port}")]
    return "\n".join(f"  {name:12} {kind:8} {where}" for name, kind, where in rows)
