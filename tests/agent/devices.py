"""Devices of the tests' own making that do as they are told, and readings to fill them with."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.drivers.driver import Answer
from agent.faults import Fault
from agent.latest import Watched
from agent.model.measures import BY_KEY, Group
from agent.model.readings import Identity, Labels, Poll, Reading

AGES: Mapping[Group, float] = {Group.STATE: 3.0, Group.DETAIL: 45.0, Group.INVENTORY: 9000.0}


def reading(key: str, value: float | str, **labels: str) -> Reading:
    return Reading(BY_KEY[key], tuple(sorted(labels.items())), value, f"test:{key}")


def watched(name: str, labels: Labels = ()) -> Watched:
    return Watched(name, "unknown", "equipment", f"test://{name}", AGES, labels)


def poll(device: str, at: float, *readings: Reading, fault: Fault | None = None, groups: Sequence[Group] = ()) -> Poll:
    return Poll(device, at, 0.01, frozenset(groups or Group), readings, (), fault, None if fault else Identity("ups"))


@dataclass
class FakeDevice:
    """A driver over nothing: opens, answers, is late or raises, and counts what was asked of it."""

    readings: tuple[Reading, ...] = ()
    fault: Fault | None = None
    takes: float = 0.0
    opened: int = 0
    closed: int = 0
    polls: list[frozenset[Group]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def open(self) -> Identity:
        self.opened += 1
        if self.fault is not None:
            raise self.fault
        return Identity("ups", model="fake")

    async def poll(self, groups: frozenset[Group]) -> Answer:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.takes)
            self.polls.append(groups)
            if self.fault is not None:
                raise self.fault
            return Answer(self.readings)
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        self.closed += 1
