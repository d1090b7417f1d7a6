"""Scenarios: timed causes in TOML, with a title and what to expect in two languages.

title = "Feed A is lost"
[expect]
en = "..."
zh = "..."
[[cause]]
at = 20                  # simulated seconds after the scenario began
do = "feeds.A fail"
"""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from simulators.room import causes

FOLDER: Final = Path(__file__).parent / "scenarios"


class ScenarioError(ValueError):
    """The sentence names the file, the key, what was found and what was expected."""


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    zh: str


class TimedCause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: float
    do: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    expect: Expect
    cause: tuple[TimedCause, ...] = ()


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
    for number, cause in enumerate(scenario.cause):
        _check(cause, f"{file}: cause[{number}]")
    return msgspec.structs.replace(scenario, cause=tuple(sorted(scenario.cause, key=lambda cause: cause.at)))


def _check(cause: TimedCause, where: str) -> None:
    if cause.at < 0:
        raise ScenarioError(f"{where}.at: found {cause.at:g}, expected 0 or more seconds")
    try:
        causes.parse(cause.do)
    except ValueError as error:
        raise ScenarioError(f"{where}.do: {error}") from None
