"""Scenarios: timed causes and mishaps in TOML, with a title, what to expect in two languages, and facts to check.

title = "Feed A is lost"
title_zh = "..."
room = "small"                   # the plan that it was written for
[expect]
en = "..."
zh = "..."
[[cause]]
at = 20                          # simulated seconds after the scenario began
do = "feeds.A fail"              # or "mishap ats-1 late 2"
[[fact]]
at = 60
path = "transfer_switch.selected"    # as in the room's truth
is = "B"                         # or above = 1.5, below = 2.5
"""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from simulators import mishaps, roster
from simulators.room import causes
from simulators.room.plan import PLANS, SMALL
from simulators.room.truth import Fact as Truth

FOLDER: Final = Path(__file__).parent / "scenarios"


class ScenarioError(ValueError):
    """The sentence names the file, the key, what was found and what was expected."""


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    zh: str


class TimedCause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: float
    do: str


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: float
    path: str
    equals: str | bool | float | None = msgspec.field(name="is", default=None)
    above: float | None = None
    below: float | None = None

    def holds(self, value: Truth) -> bool:
        if self.equals is not None:
            return value == self.equals
        number = float(value)
        return (self.above is None or number > self.above) and (self.below is None or number < self.below)


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    expect: Expect
    title_zh: str = ""
    room: str = SMALL.name
    cause: tuple[TimedCause, ...] = ()
    fact: tuple[Fact, ...] = ()


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> Scenario:
    """One of ours by name, or anybody's by the path of its file."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    try:
        raw = path.read_text(encoding="utf-8")
    except OSError:
        raise ScenarioError(
            f"unknown scenario {name!r}; possible: {', '.join(names())}, or the path of a .toml file"
        ) from None
    return read(raw, path.name)


def read(raw: str, file: str) -> Scenario:
    try:
        scenario = msgspec.convert(tomllib.loads(raw), Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{file}: {error}") from None
    if scenario.room not in PLANS:
        raise ScenarioError(f"{file}: room: found {scenario.room!r}, expected one of {', '.join(PLANS)}")
    for number, cause in enumerate(scenario.cause):
        _check_cause(cause, f"{file}: cause[{number}]")
    for number, fact in enumerate(scenario.fact):
        _check_fact(fact, f"{file}: fact[{number}]")
    in_order = tuple(sorted(scenario.cause, key=lambda cause: cause.at))
    facts = tuple(sorted(scenario.fact, key=lambda fact: fact.at))
    return msgspec.structs.replace(scenario, cause=in_order, fact=facts)


def _check_cause(cause: TimedCause, where: str) -> None:
    _check_time(cause.at, where)
    try:
        _understand(cause.do)
    except ValueError as error:
        raise ScenarioError(f"{where}.do: {error}") from None


def _understand(line: str) -> None:
    match line.split():
        case ["mishap", name, *words]:
            if name not in roster.NAMES:
                raise ValueError(f"unknown device {name!r}; possible: {', '.join(sorted(roster.NAMES))}")
            mishaps.parse(words)
        case _:
            causes.parse(line)


def _check_fact(fact: Fact, where: str) -> None:
    _check_time(fact.at, where)
    bounds = (fact.above, fact.below) != (None, None)
    if bounds == (fact.equals is not None):
        raise ScenarioError(f"{where}: expected either `is`, or `above` or `below` or both of these")


def _check_time(at: float, where: str) -> None:
    if at < 0:
        raise ScenarioError(f"{where}.at: found {at:g}, expected 0 or more seconds")
