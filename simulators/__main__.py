"""`python -m simulators`: the same as `roomready simulate`, without the rest of the program."""

import argparse
import sys

from simulators import cli

parser = argparse.ArgumentParser(prog="python -m simulators")
cli.add_arguments(parser)
sys.exit(cli.run(parser.parse_args()))
