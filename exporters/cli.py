"""`roomready rules`: writes the alarm catalogue as Prometheus alerting rules, and the unit tests of those rules."""

import argparse
import os
import sys
from pathlib import Path

from agent.alarms.catalogue import ALARMS
from exporters.rule_tests import RULES_FILE, rule_tests
from exporters.rules import rules_file

_EXAMPLE = """\
example:
  roomready rules --out /etc/prometheus/roomready.rules.yml --tests roomready.tests.yml
  promtool check rules /etc/prometheus/roomready.rules.yml
  promtool test rules roomready.tests.yml
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the alarms as Prometheus alerting rules (Prometheus 2.42 or newer)."
    parser.epilog = _EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the rules here, not to standard output")
    parser.add_argument("--tests", type=Path, metavar="FILE", help="also write promtool unit tests of the rules")


def run(args: argparse.Namespace) -> int:
    try:
        _write(args.out, rules_file(ALARMS))
        if args.tests is not None:
            _write(args.tests, rule_tests(ALARMS, _seen_from(args.tests.parent, args.out)))
    except OSError as error:
        print(f"roomready rules: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _write(file: Path | None, text: str) -> None:
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")


def _seen_from(folder: Path, rules: Path | None) -> str:
    """promtool looks for the rules relative to the file that names them."""
    return RULES_FILE if rules is None else os.path.relpath(rules, folder)
