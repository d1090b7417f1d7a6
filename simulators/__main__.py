"""`python -m simulators`: the same as `roomready simulate`, without the rest of the program."""

import argparse
import sys

from simulators import cli

parser = argparse.ArgumentParser(prog="roomready simulate")
cli.add_arguments(parser)
sys.exit(cli.run(parser.parse_args()))
