"""The `roomready` command: a table of subcommands, each in a module with `add_arguments` and `run`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended
COMMANDS = (
    ("run", "watch the room: the service", "agent.commands.run"),
    ("check", "list every mistake of a configuration", "agent.commands.check"),
    ("probe", "read one device once", "agent.commands.probe"),
    ("discover", "find out who is at given addresses", "agent.commands.discover"),
    ("profile", "check, draft and list device profiles", "agent.commands.profile"),
    ("record", "store what a device says, secrets removed", "agent.commands.record"),
    ("simulate", "run a simulated machine room", "simulators.cli"),
    ("demo", "simulated room, agent and page at once", "agent.commands.demo"),
    ("rules", "write the Prometheus alerting rules", "exporters.cli"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="roomready", description="Watches a call centre's machine room.")
    parser.add_argument("--version", action="version", version=f"roomready {version('roomready')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, summary, module in COMMANDS:
        command = commands.add_parser(name, help=summary)
        if name in words:
            implementation = import_module(module)
            implementation.add_arguments(command)
            command.set_defaults(run=implementation.run)
    parsed = parser.parse_args(words)
    try:
        return int(parsed.run(parsed))
    except BrokenPipeError:  # whoever reads (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:  # before a service listens to signals, and in every other command
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
