"""What can be done to the room, in words: `feeds.A fail`, `feeds.B sag 0.8`, `cooling.1 restore`, `load set 3000`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulators.room.room import Room


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
    words: str
    apply: Callable[[Room, float], None]
    argument: Argument | None = None

    def __str__(self) -> str:
        return self.words if self.argument is None else f"{self.words} {self.argument.name.upper()}"


CAUSES = (
    Cause("feeds.A fail", lambda room, _: room.feeds["A"].fail()),
    Cause("feeds.A sag", lambda room, depth: room.feeds["A"].sag(depth), Argument("ratio", 0.0, 1.2)),
    Cause("feeds.A restore", lambda room, _: room.feeds["A"].restore()),
    Cause("feeds.B fail", lambda room, _: room.feeds["B"].fail()),
    Cause("feeds.B sag", lambda room, depth: room.feeds["B"].sag(depth), Argument("ratio", 0.0, 1.2)),
    Cause("feeds.B restore", lambda room, _: room.feeds["B"].restore()),
    Cause("cooling.1 fail", lambda room, _: room.cooling.fail()),
    Cause("cooling.1 restore", lambda room, _: room.cooling.restore()),
    Cause("cooling.1 setpoint", lambda room, kelvin: room.cooling.set_to(kelvin), Argument("celsius", 16.0, 32.0)),
    Cause("load set", lambda room, watts: room.load.set_to(watts), Argument("watts", 0.0, 20000.0)),
    Cause("outside set", lambda room, celsius: room.air.set_outside(celsius), Argument("celsius", -30.0, 50.0)),
)


def parse(text: str) -> Callable[[Room], None]:
    """The change that these words mean; ValueError with the whole list when they mean none."""
    words = text.split()
    cause = next((cause for cause in CAUSES if cause.words == " ".join(words[:2])), None)
    if cause is None:
        raise ValueError(f"unknown cause {text!r}; possible: {', '.join(map(str, CAUSES))}")
    if cause.argument is None:
        if words[2:]:
            raise ValueError(f"{cause.words}: found {' '.join(words[2:])}, expected nothing more")
        return lambda room: cause.apply(room, 0.0)
    number = cause.argument.parse(words[2:])
    return lambda room: cause.apply(room, number)
