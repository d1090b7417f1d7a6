"""`roomready simulate`: the simulated room alone, for whoever wants to try a poller, a dashboard or an alarm on it."""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Final

from simulators import control, scenario
from simulators.control import ControlServer
from simulators.simulation import Simulation

EXAMPLE: Final = """example:
  roomready simulate --scenario feed-a-loss --speed 10 --endpoints /tmp/room.json
  roomready simulate --do "feeds.A fail"        (while it runs, from another terminal)
"""
OK, WRONG, NO_ANSWER = 0, 2, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Runs a simulated machine room that speaks SNMP and Modbus on loopback sockets."
    parser.epilog = EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--list", action="store_true", help="list the scenarios and stop")
    parser.add_argument("--scenario", default="normal", metavar="NAME", help="what happens (default: normal)")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="N", help="simulated seconds per second (default: 1)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another room of the same kind (default: 1)")
    parser.add_argument("--endpoints", type=Path, metavar="FILE", help="write where the devices listen, as JSON")
    parser.add_argument(
        "--control",
        type=int,
        default=control.DEFAULT_PORT,
        metavar="PORT",
        help="loopback control port; 0 takes a free one (default: %(default)s)",
    )
    parser.add_argument("--do", metavar="CAUSE", help="tell the simulation that is already running, and stop")


def _speed(word: str) -> float:
    speed = float(word)
    if not 0 < speed <= 1000:
        raise argparse.ArgumentTypeError(f"found {word}, expected more than 0 and at most 1000")
    return speed


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list()
    if args.do is not None:
        return _do(args.do, args.control)
    try:
        return asyncio.run(_simulate(args))
    except scenario.ScenarioError as error:
        return _fail(WRONG, str(error))


def _fail(code: int, sentence: str) -> int:
    print(f"roomready simulate: {sentence}", file=sys.stderr)
    return code


def _list() -> int:
    for name in scenario.names():
        print(f"{name:18} {scenario.load(name).title}")
    return OK


def _do(line: str, port: int) -> int:
    try:
        done, answer = control.tell(line, port)
    except OSError:
        return _fail(NO_ANSWER, f"no simulation listens on control port {port}; start one, or say which with --control")
    if not done:
        return _fail(WRONG, answer)
    print(answer)
    return OK


async def _simulate(args: argparse.Namespace) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    simulation = Simulation(seed=args.seed, speed=args.speed)
    began = simulation.play(args.scenario)
    async with simulation:
        try:
            async with ControlServer(simulation, args.control) as server:
                if args.endpoints is not None:
                    _write_atomically(args.endpoints, simulation.endpoints())
                _show(simulation, server.port, began)
                await stopping.wait()
        except OSError as error:
            return _fail(
                WRONG,
                f"control port {args.control} cannot be used ({error.strerror}); choose another with --control, 0 takes a free one",
            )
    return OK


def _write_atomically(path: Path, endpoints: list[dict[str, str]]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        json.dump(endpoints, file, indent=2)
        file.write("\n")
    os.replace(file.name, path)


def _show(simulation: Simulation, control_port: int, began: str) -> None:
    print(began)
    for endpoint in simulation.endpoints():
        print(f"  {endpoint['id']:11} {endpoint['kind']:8} {endpoint['url']}")
    print(f"  control     http://{control.LOOPBACK}:{control_port}", flush=True)
