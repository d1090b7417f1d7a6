"""Runs a simulation with its control port until SIGINT, SIGTERM or the end of its input, and says where to look."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from simulators.control import ControlServer
from simulators.devices import MONITOR
from simulators.remote import LOOPBACK
from simulators.simulation import Simulation


class CannotListenError(Exception):
    """The sentence names the port or the file, and the option that changes it."""


def run(
    simulation: Simulation, story: str | None, endpoints: Path | None, control_port: int, while_input: bool = False
) -> None:
    """ValueError when the story cannot be told in this simulation's room; recordings have none."""
    asyncio.run(_run(simulation, story, endpoints, control_port, while_input))


async def _run(
    simulation: Simulation, story: str | None, endpoints: Path | None, control_port: int, while_input: bool
) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    if while_input:
        _stop_after_input(stopping)
    began = simulation.play(story) if story is not None else "recordings play"
    async with simulation, await _control(simulation, control_port) as control:
        if endpoints is not None:
            write_endpoints(endpoints, simulation.endpoints())
        print(began)
        print(table(simulation, control.port), flush=True)
        await stopping.wait()


def _stop_after_input(stopping: asyncio.Event) -> None:
    loop, end = asyncio.get_running_loop(), sys.stdin.fileno()

    def read() -> None:
        if not os.read(end, 1024):
            loop.remove_reader(end)
            stopping.set()

    try:
        loop.add_reader(end, read)
    except PermissionError:  # the selector's word for a file
        raise CannotListenError("standard input is no pipe; leave --while-input out") from None


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
