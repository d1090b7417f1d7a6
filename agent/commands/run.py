"""`roomready run`: the service, until SIGINT or SIGTERM."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from agent.commands.check import DEFAULT
from agent.commands.exits import OK, WRONG_REQUEST
from agent.config import Config, ConfigError, load_config
from agent.service import Service

LEVELS = ("debug", "info", "warning", "error")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Watches the room: polls the devices of the configuration, serves the page and the metrics."
    parser.epilog = "example:\n  roomready run --config /etc/roomready/room.toml"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--config", type=Path, default=DEFAULT, metavar="FILE", help="default: ./room.toml")
    parser.add_argument("--log", choices=LEVELS, default="info", help="what to log to standard error (default: info)")


def run(args: argparse.Namespace) -> int:
    start_logging(args.log)
    try:
        config = load_config(args.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return WRONG_REQUEST
    try:
        asyncio.run(serve_until_stopped(config, lambda url: print(f"roomready: page and metrics at {url}", flush=True)))
    except OSError as error:
        print(f"roomready: {error}", file=sys.stderr)
        return WRONG_REQUEST
    return OK


def start_logging(level: str) -> None:
    """Lines for people and for journald, which adds the time itself."""
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


async def serve_until_stopped(config: Config, ready: Callable[[str], None]) -> None:
    """Runs the service until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await Service(config).run(stop, ready)
