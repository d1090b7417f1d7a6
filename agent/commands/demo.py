"""`roomready demo`: a simulated room, the agent on it and the page, on one command and on loopback only.

The room runs in a process of its own, so that its physics and its SNMP agents do not share the agent's loop.
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from agent.address import AddressError, parse_address
from agent.commands.companions import CompanionError, Companions, companions
from agent.commands.exits import OK, WRONG_REQUEST
from agent.commands.run import serve_until_stopped, start_logging
from agent.config import ConfigError, load_config
from agent.drivers.registry import scheme_of
from agent.sections import Listen

TERMINATED = 143  # what shells say of a program that SIGTERM ended
# The simulated room shows some gear over several protocols at once; in life one of them would be watched.
SECOND_VIEWS = frozenset({"ups-1-card", "ups-1-smart", "ydt-ups", "nut-1", "apcupsd-1", "ats-2"})
PATIENCE = 30.0  # seconds that the simulated room may take to listen
ZONES = {"ups": "auxiliary", "ats": "auxiliary", "host": "management"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Starts a simulated machine room, the agent and the page. Ctrl-C ends everything."
    parser.epilog = "example:\n  roomready demo --scenario feed-a-loss-call-centre\n  roomready demo --prometheus"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--scenario", default="call-centre", metavar="NAME", help="what happens (see simulate --list)")
    parser.add_argument("--room", metavar="NAME", help="where (default: the room the scenario was written for)")
    parser.add_argument(
        "--prometheus", action="store_true", help="start Prometheus and Alertmanager too, with our rules"
    )
    parser.add_argument("--all", action="store_true", help="watch each device over every protocol that it speaks")
    parser.add_argument("--speed", default="1", metavar="N", help="how much faster than life the room runs")
    parser.add_argument("--listen", default="127.0.0.1:9810", metavar="HOST:PORT", help="page and metrics")
    parser.add_argument("--control", default="9811", metavar="PORT", help="where `simulate --do` reaches the room")
    parser.add_argument("--log", choices=("debug", "info", "warning", "error"), default="info")


def run(args: argparse.Namespace) -> int:
    start_logging(args.log)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # until the agent listens: the room must not stay
    _end_with_the_terminal()
    with tempfile.TemporaryDirectory(prefix="roomready-demo-") as folder:
        try:
            _run(Path(folder), args)
        except ConfigError as error:  # the file is ours, but for what --listen said
            return _fail(
                "; ".join(f"--listen: found {wrong.found}, expected {wrong.expected}" for wrong in error.mistakes)
            )
        except (RoomError, CompanionError) as error:
            return _fail(str(error))
        except OSError as error:
            return _fail(f"{error}; --listen HOST:PORT chooses another")
    return OK


def _end_with_the_terminal() -> None:
    """A closed terminal ends everything as SIGTERM does; `nohup` is left alone."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _run(folder: Path, args: argparse.Namespace) -> None:
    with ExitStack() as stack:
        beside = stack.enter_context(companions(folder)) if args.prometheus else None
        endpoints = stack.enter_context(_room(folder, args))
        config_file = folder / "room.toml"
        watched = [e for e in endpoints if (args.all or e["id"] not in SECOND_VIEWS) and _is_known(e)]
        config_file.write_text(_configuration(watched, args.listen), "utf-8")

        def ready(url: str) -> None:
            if beside is not None:
                beside.watch(urlsplit(url).netloc)
            _welcome(url, args, beside)

        asyncio.run(serve_until_stopped(load_config(config_file), ready))


def _fail(sentence: str) -> int:
    print(f"roomready demo: {sentence}", file=sys.stderr)
    return WRONG_REQUEST


class RoomError(Exception):
    """The simulated room did not start; the text has its own words."""


@contextmanager
def _room(folder: Path, args: argparse.Namespace) -> Iterator[Sequence[dict[str, str]]]:
    """A simulated room in a process of its own, which ends when our end of its input closes; yields its endpoints."""
    file = folder / "endpoints.json"
    options = ["--scenario", args.scenario, "--speed", args.speed, "--control", args.control]
    options += ["--room", args.room] if args.room else []
    command = [sys.executable, "-m", "simulators", *options, "--endpoints", str(file), "--while-input"]
    process = subprocess.Popen(  # noqa: S603 - our own simulator
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _await_endpoints(process, file)
        yield json.loads(file.read_text("utf-8"))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _await_endpoints(process: "subprocess.Popen[bytes]", file: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        if process.poll() is not None:
            said = process.communicate()[1].decode("utf-8", "replace").strip()
            last = said.splitlines()[-1] if said else f"the simulated room ended with {process.returncode}"
            raise RoomError(last.removeprefix("roomready simulate: ").removeprefix("error: "))
        if time.monotonic() > deadline:
            raise RoomError(f"the simulated room did not listen within {PATIENCE:g} s")
        time.sleep(0.05)


def _is_known(endpoint: dict[str, str]) -> bool:
    """The simulated room may hold what the agent cannot read yet."""
    try:
        scheme_of(parse_address(endpoint["url"]))
    except AddressError as error:
        print(f"roomready demo: {endpoint['id']} is left out: {error}", file=sys.stderr)
        return False
    return True


def _configuration(endpoints: Sequence[dict[str, str]], listen: Listen) -> str:
    """A room.toml for the simulated room, as its owner would write it."""
    devices = [(e["id"], e["kind"], e["url"]) for e in endpoints] + [("server", "host", "host://")]
    head = ["[room]", 'name = "Demo room"', "[http]", f"listen = {json.dumps(listen)}", "[poll]", "detail = 3"]
    for name, kind, url in devices:
        zone = ZONES.get(kind, "equipment")
        head += ["[[device]]", f"name = {json.dumps(name)}", f"address = {json.dumps(url)}", f'zone = "{zone}"']
    return "\n".join(head) + "\n"


def _welcome(url: str, args: argparse.Namespace, beside: Companions | None) -> None:
    control = "" if args.control == "9811" else f" --control {args.control}"
    more = ""
    if beside is not None:
        more = f"""
                   Alerts   {beside.prometheus}alerts   (Prometheus)
                            {beside.alertmanager}   (Alertmanager)"""
    print(
        f"""
  The room is up.  Page     {url}
                   Metrics  {url}metrics{more}

  From another terminal, let the mains fail and watch the page:

      .venv/bin/roomready simulate{control} --do "feeds.A fail"
      .venv/bin/roomready simulate{control} --do "feeds.B fail"
      .venv/bin/roomready simulate{control} --do "feeds.A restore"

  Ctrl-C ends everything.
""",
        flush=True,
    )
