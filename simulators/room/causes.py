"""What can be done to the room, in words: `feeds.A fail`, `feeds.B sag 0.8`, `cooling.1 restore`, `load set 3000`.

The table holds what some room can suffer; a room that lacks the thing (a second UPS) says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulators.room.plan import PHASES, PLANS

if TYPE_CHECKING:
    from simulators.room.room import Room

MOST_UNITS: Final = 2


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    low: float
    high: float

    def parse(self, words: list[str]) -> float:
        try:
            (word,) = words
            number = float(word)
        except ValueError:
            number = float("nan")
        if not self.low <= number <= self.high:
            found = " ".join(words) or "nothing"
            raise ValueError(f"{self.name}: found {found}, expected one number from {self.low:g} to {self.high:g}")
        return number


@dataclass(frozen=True, slots=True)
class Cause:
    """`find` gives the thing in the room, None where it has none; `act` does it, with the number if there is one."""

    words: str
    find: Callable[[Room], Any]
    act: Callable[[Any, float], None]
    argument: Argument | None = None

    def __str__(self) -> str:
        return self.words if self.argument is None else f"{self.words} {self.argument.name.upper()}"

    def possible(self, room: Room) -> bool:
        return self.find(room) is not None

    def thing_in(self, room: Room) -> Any:
        thing = self.find(room)
        if thing is None:
            raise ValueError(f"{self.words}: the room {room.plan.name!r} has no {self.words.split()[0]}")
        return thing


def _nth(units: tuple[Any, ...], number: int) -> Any:
    return units[number - 1] if number <= len(units) else None


RATIO: Final = Argument("ratio", 0.0, 1.2)
OVERVOLTAGE: Final = Argument("ratio", 1.0, 1.5)
PART: Final = Argument("ratio", 0.0, 1.0)
HERTZ: Final = Argument("hertz", 45.0, 55.0)
KILOAMPERES: Final = Argument("kiloamperes", 0.1, 100.0)
SETPOINT: Final = Argument("celsius", 16.0, 32.0)
WATTS: Final = Argument("watts", 0.0, 20000.0)
OUTDOORS: Final = Argument("celsius", -30.0, 55.0)


def _of_feed(name: str) -> tuple[Cause, ...]:
    def feed(room: Room) -> Any:
        return room.feeds[name]

    return (
        Cause(f"feeds.{name} fail", feed, lambda feed, _: feed.fail()),
        Cause(f"feeds.{name} sag", feed, lambda feed, ratio: feed.sag(ratio), RATIO),
        Cause(f"feeds.{name} swell", feed, lambda feed, ratio: feed.swell(ratio), OVERVOLTAGE),
        Cause(f"feeds.{name} flicker", feed, lambda feed, _: feed.flicker()),
        Cause(f"feeds.{name} frequency", feed, lambda feed, hertz: feed.set_frequency(hertz), HERTZ),
        Cause(f"feeds.{name} restore", feed, lambda feed, _: feed.restore()),
        *(cause for phase in PHASES for cause in _of_phase(f"feeds.{name}.{phase}", feed, phase)),
    )


def _of_phase(thing: str, feed: Callable[[Room], Any], phase: str) -> tuple[Cause, ...]:
    return (
        Cause(f"{thing} fail", feed, lambda feed, _: feed.fail_phase(phase)),
        Cause(f"{thing} restore", feed, lambda feed, _: feed.restore_phase(phase)),
    )


def _of_surge_protector(name: str) -> tuple[Cause, ...]:
    def protector(room: Room) -> Any:
        return room.surge_protectors[name]

    thing = f"surge_protector.{name}"
    return (
        Cause(f"{thing} surge", protector, lambda protector, kiloamperes: protector.surge(kiloamperes), KILOAMPERES),
        Cause(f"{thing} fail", protector, lambda protector, _: protector.fail()),
        Cause(f"{thing} replace", protector, lambda protector, _: protector.replace()),
    )


def _switch(room: Room) -> Any:
    return room.transfer_switch


SWITCH: Final = (
    Cause("transfer_switch stick", _switch, lambda switch, _: switch.stick()),
    Cause("transfer_switch free", _switch, lambda switch, _: switch.free()),
    Cause("transfer_switch manual", _switch, lambda switch, _: switch.set_manual(True)),
    Cause("transfer_switch automatic", _switch, lambda switch, _: switch.set_manual(False)),
    Cause("transfer_switch.A select", _switch, lambda switch, _: switch.select("A")),
    Cause("transfer_switch.B select", _switch, lambda switch, _: switch.select("B")),
    Cause("transfer_switch.A prefer", _switch, lambda switch, _: switch.prefer("A")),
    Cause("transfer_switch.B prefer", _switch, lambda switch, _: switch.prefer("B")),
)


def _of_ups(number: int) -> tuple[Cause, ...]:
    def ups(room: Room) -> Any:
        return _nth(room.ups_units, number)

    return (
        Cause(f"ups.{number} bypass", ups, lambda ups, _: ups.want_bypass(True)),
        Cause(f"ups.{number} fail", ups, lambda ups, _: ups.fail()),
        Cause(f"ups.{number} rectifier_fail", ups, lambda ups, _: ups.fail_rectifier()),
        Cause(f"ups.{number} restore", ups, lambda ups, _: ups.restore()),
        Cause(f"ups.{number} self_test", ups, lambda ups, _: ups.start_test()),
        Cause(f"ups.{number} battery_health", ups, lambda ups, ratio: ups.battery.wear_to(ratio), PART),
    )


def _of_cooling(number: int) -> tuple[Cause, ...]:
    def unit(room: Room) -> Any:
        return _nth(room.cooling_units, number)

    return (
        Cause(f"cooling.{number} fail", unit, lambda unit, _: unit.fail()),
        Cause(f"cooling.{number} fan_fail", unit, lambda unit, _: unit.fail_fan()),
        Cause(f"cooling.{number} restore", unit, lambda unit, _: unit.restore()),
        Cause(f"cooling.{number} setpoint", unit, lambda unit, celsius: unit.set_to(celsius), SETPOINT),
        Cause(f"cooling.{number} clog", unit, lambda unit, ratio: unit.clog(ratio), PART),
        Cause(f"cooling.{number} wait_for_hand", unit, lambda unit, _: unit.restart_by_itself(False)),
        Cause(f"cooling.{number} restart_by_itself", unit, lambda unit, _: unit.restart_by_itself(True)),
        Cause(f"cooling.{number} start", unit, lambda unit, _: unit.start()),
    )


def _of_breaker(name: str) -> tuple[Cause, ...]:
    def circuit(room: Room) -> Any:
        return room.circuits.get(name)

    return (
        Cause(f"breaker.{name} trip", circuit, lambda circuit, _: circuit.trip()),
        Cause(f"breaker.{name} reset", circuit, lambda circuit, _: circuit.reset()),
    )


def _of_contact(word: str, contact: str, on: str, off: str) -> tuple[Cause, ...]:
    return (
        Cause(f"{word} {on}", lambda room: room, lambda room, _: room.signal(contact, True)),
        Cause(f"{word} {off}", lambda room: room, lambda room, _: room.signal(contact, False)),
    )


BREAKERS: Final = (
    *(f"{unit}-{number}" for unit in ("ups", "cooling") for number in range(1, MOST_UNITS + 1)),
    *dict.fromkeys(branch.name for plan in PLANS.values() for branch in plan.branches),
)
CAUSES: Final = (
    *(cause for name in ("A", "B") for cause in _of_feed(name)),
    *(cause for name in ("A", "B") for cause in _of_surge_protector(name)),
    *SWITCH,
    *(cause for number in range(1, MOST_UNITS + 1) for cause in _of_ups(number)),
    *(cause for number in range(1, MOST_UNITS + 1) for cause in _of_cooling(number)),
    *(cause for name in BREAKERS for cause in _of_breaker(name)),
    *_of_contact("water_leak", "water_leak", "begin", "end"),
    *_of_contact("smoke", "smoke", "begin", "end"),
    *_of_contact("door", "door_open", "open", "close"),
    Cause("load set", lambda room: room.load, lambda load, watts: load.set_to(watts), WATTS),
    Cause("outside set", lambda room: room.weather, lambda weather, celsius: weather.set_to(celsius), OUTDOORS),
    Cause("outside peak", lambda room: room.weather, lambda weather, celsius: weather.peak_at(celsius), OUTDOORS),
)


def possible(room: Room) -> list[Cause]:
    return [cause for cause in CAUSES if cause.possible(room)]


def check(text: str, room: Room) -> None:
    """ValueError when these words mean nothing, or nothing in this room."""
    _understand(text)[0].thing_in(room)


def parse(text: str) -> Callable[[Room], None]:
    """The change that these words mean; ValueError with what is possible, there or at all, when they mean none."""
    cause, number = _understand(text)
    return lambda room: cause.act(cause.thing_in(room), number)


def _understand(text: str) -> tuple[Cause, float]:
    words = text.split()
    cause = next((cause for cause in CAUSES if cause.words == " ".join(words[:2])), None)
    if cause is None:
        near = [cause for cause in CAUSES if cause.words.split()[:1] == words[:1]] or CAUSES
        raise ValueError(f"unknown cause {text!r}; possible: {', '.join(map(str, near))}")
    if cause.argument is None:
        if words[2:]:
            raise ValueError(f"{cause.words}: found {' '.join(words[2:])}, expected nothing more")
        return cause, 0.0
    return cause, cause.argument.parse(words[2:])
