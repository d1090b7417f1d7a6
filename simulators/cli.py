"""`roomready simulate`: the simulated room alone, for whoever wants to try a poller, a dashboard or an alarm on it."""

import argparse
import sys
from pathlib import Path
from typing import Final

from simulators import remote, scenario
from simulators.room.plan import PLANS

EXAMPLE: Final = """example:
  roomready simulate --scenario feed-a-loss --speed 10 --endpoints /tmp/room.json
  roomready simulate --do "feeds.A fail"              (while it runs, from another terminal)
  roomready simulate --do "scenario both-feeds-loss"
  roomready simulate --traps 127.0.0.1:1162 --traps v3:127.0.0.1:1163
  roomready simulate --replay acme-3000.recording --endpoints /tmp/room.json
  roomready simulate --do "mishap ats-1 late 2"       (what else is possible: --do help)
"""
TRAPS_HELP: Final = "send SNMP notifications there (loopback; v2c, or say v1:HOST:PORT, v3:HOST:PORT); may be repeated"
REPLAY_HELP: Final = "play what `roomready record` stored, instead of a room; may be repeated"
NORMAL: Final = "normal"
OK, WRONG, NO_ANSWER = 0, 2, 3
HIGHEST_SPEED: Final = 1000.0
HIGHEST_PORT: Final = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Runs a simulated machine room on loopback sockets and pseudo-terminals: SNMP, Modbus, UPS protocols."
    )
    parser.epilog = EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--list", action="store_true", help="list the scenarios and stop")
    parser.add_argument("--replay", action="append", default=[], type=Path, metavar="FILE", help=REPLAY_HELP)
    parser.add_argument("--scenario", metavar="NAME", help="what happens (default: normal)")
    parser.add_argument("--room", choices=tuple(PLANS), help="where (default: the room the scenario was written for)")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="how much faster than life (default: 1)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another room of the same kind (default: 1)")
    parser.add_argument("--endpoints", type=Path, metavar="FILE", help="write where the devices listen, as JSON")
    port_help = f"loopback control port, 0 takes a free one (default: {remote.DEFAULT_PORT})"
    parser.add_argument("--control", type=_port, default=remote.DEFAULT_PORT, metavar="PORT", help=port_help)
    parser.add_argument("--traps", action="append", default=[], metavar="HOST:PORT", help=TRAPS_HELP)
    while_help = "end when standard input, a pipe, does: with whoever holds its other end"
    parser.add_argument("--while-input", action="store_true", help=while_help)
    parser.add_argument("--do", metavar="CAUSE", help="tell the simulation that is already running, and stop")


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"found {word}, expected a port from 0 to {HIGHEST_PORT}")
    return int(word)


def _speed(word: str) -> float:
    try:
        speed = float(word)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= HIGHEST_SPEED:
        raise argparse.ArgumentTypeError(f"found {word}, expected more than 0 and at most {HIGHEST_SPEED:g}")
    return speed


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list()
    if args.do is not None:
        return _do(args.do, args.control)
    try:
        return _replay(args) if args.replay else _run(args)
    except ValueError as error:
        return _fail(WRONG, str(error))


def _run(args: argparse.Namespace) -> int:
    # The protocol libraries load when a room runs, not for --help.
    from simulators import host, simulation  # noqa: PLC0415
    from simulators.servers import snmp_traps  # noqa: PLC0415

    story = args.scenario or NORMAL
    plan = PLANS[args.room or scenario.load(story).room]
    try:
        receivers = [snmp_traps.parse(word) for word in args.traps]
        room = simulation.Simulation(args.seed, args.speed, plan, receivers)
        host.run(room, story, args.endpoints, args.control, args.while_input)
    except host.CannotListenError as error:
        return _fail(WRONG, str(error))
    return OK


def _replay(args: argparse.Namespace) -> int:
    from simulators import host, replay  # noqa: PLC0415

    if args.scenario or args.room or args.traps:
        return _fail(WRONG, "--replay plays recordings instead of a room; expected no --scenario, --room or --traps")
    try:
        recordings = [replay.load(path) for path in args.replay]
        host.run(replay.Replay(recordings), None, args.endpoints, args.control, args.while_input)
    except host.CannotListenError as error:
        return _fail(WRONG, str(error))
    except OSError as error:
        return _fail(WRONG, f"{error.filename}: {error.strerror}")
    return OK


def _fail(code: int, sentence: str) -> int:
    print(f"roomready simulate: {sentence}", file=sys.stderr)
    return code


def _list() -> int:
    for name in scenario.names():
        print(f"{name:24} {scenario.load(name).title}")
    return OK


def _do(line: str, port: int) -> int:
    try:
        done, answer = remote.tell(line, port)
    except OSError:
        return _fail(NO_ANSWER, f"no simulation listens on control port {port}; start one, or say which with --control")
    if not done:
        return _fail(WRONG, answer)
    print(answer)
    return OK
