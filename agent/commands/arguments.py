"""Kinds of arguments that several commands take."""

import argparse

LONGEST = 300.0


def seconds(text: str) -> float:
    """A time that one may wait."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= LONGEST:
        raise argparse.ArgumentTypeError(f"found {text}, expected seconds above 0, at most {LONGEST:g}")
    return number
