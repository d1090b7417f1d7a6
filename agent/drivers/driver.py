"""What a driver is: something that can be opened, polled and closed, and that raises nothing but faults."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent.drivers.throttle import Throttle
from agent.model.measures import Group
from agent.model.readings import Identity, Reading, Withheld


@dataclass(frozen=True, slots=True)
class Answer:
    """What one poll brought: readings, and the values that were refused with the reason."""

    readings: Sequence[Reading]
    withheld: Sequence[Withheld] = ()


def _nobody() -> None:
    """Hears the news where nobody polls again."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a driver may need besides its address.

    `timeout` is for one request, in seconds; `throttle` bounds the requests of all who share it. `news` is for devices
    that speak up: called on the loop, it has their state polled at once.
    """

    own_profiles: Path | None = None
    timeout: float = 1.0
    throttle: Throttle | None = None
    news: Callable[[], None] = _nobody


class Driver(Protocol):
    """Reads one device. Opened before the first poll and again after a fault; never used by two tasks at once."""

    async def open(self) -> Identity:
        """Connects and recognises the device.

        Raises:
            Fault: it cannot be reached or is not known.
        """

    async def poll(self, groups: frozenset[Group]) -> Answer:
        """Reads the groups that are due.

        Raises:
            Fault: the device could not be read; nothing of a half answer is used.
        """

    async def close(self) -> None:
        """Lets go of the line. May be called at any time, also twice."""
