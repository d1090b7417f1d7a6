"""`roomready check`: is this configuration right? Every mistake at once."""

import argparse
import sys
from pathlib import Path

from agent.commands.exits import OK, WRONG_REQUEST
from agent.config import ConfigError, load_config

DEFAULT = Path("room.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Checks a configuration and lists every mistake in it."
    parser.epilog = "example:\n  roomready check /etc/roomready/room.toml"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("config", type=Path, nargs="?", default=DEFAULT, metavar="FILE", help="default: ./room.toml")


def run(args: argparse.Namespace) -> int:
    try:
        config = load_config(args.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        print(f"{args.config}: {len(error.mistakes)} mistake(s)", file=sys.stderr)
        return WRONG_REQUEST
    print(f"{args.config}: good, {len(config.devices)} device(s)")
    return OK
