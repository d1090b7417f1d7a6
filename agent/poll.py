"""The schedule: polls every device in shared time slots, backs off from dead ones, and catches device trouble.

Slots are SLOT seconds apart. Devices with the same interval fall due in the same slots, because one wake-up for
twenty devices costs a quarter of twenty wake-ups; many devices are spread over the slots of a second.
A device is never asked twice at once, and one that is late or dead costs the others nothing.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from agent.drivers.driver import Answer, Driver
from agent.faults import Fault, TimedOut
from agent.model.measures import Group
from agent.model.readings import Identity, Poll

log = logging.getLogger(__name__)

SLOT = 0.05  # seconds
PER_SLOT = 50  # devices that share a slot before the next one is used
SLOTS_PER_SECOND = round(1 / SLOT)
BACKOFF_LONGEST = 60.0  # seconds; a dead device is asked at least this often
OPEN_DEADLINE = 120.0  # seconds; finding a device's tables may take a hundred requests, of half a second on slow cards


@dataclass(frozen=True, slots=True)
class Pace:
    """How often each group of a device is read, and how long one poll may take; seconds."""

    intervals: Mapping[Group, float]
    deadline: float

    @property
    def shortest(self) -> float:
        return min(self.intervals.values())


@dataclass(slots=True)
class Polled:
    """A device on the schedule. `offset` is its slot within the second; times are monotonic."""

    name: str
    driver: Driver
    pace: Pace
    offset: float = 0.0
    next_at: float = 0.0
    due: dict[Group, float] = field(default_factory=dict)
    identity: Identity | None = None
    failures: int = 0
    task: asyncio.Task[None] | None = None


class Poller:
    """Runs the schedule; every finished poll is handed to `take`."""

    def __init__(
        self, devices: Sequence[tuple[str, Driver, Pace]], take: Callable[[Poll], None], seed: int = 0
    ) -> None:
        self._devices = [
            Polled(name, driver, pace, offset=(number // PER_SLOT) % SLOTS_PER_SECOND * SLOT)
            for number, (name, driver, pace) in enumerate(devices)
        ]
        self._take = take
        self._jitter = random.Random(seed or None)  # noqa: S311 - spreads retries, keeps no secret
        self._start = 0.0
        self._planned = 0.0
        self._woken = asyncio.Event()
        self.lag = 0.0

    async def run(self) -> None:
        """Polls until cancelled, then closes every driver."""
        self._start = time.monotonic()
        for device in self._devices:
            device.next_at = self._start + device.offset
        try:
            while True:
                self._launch(self._slot_of(time.monotonic()))
                await self._sleep()
        finally:
            await self._close()

    def poll_now(self, name: str, groups: frozenset[Group] = frozenset(Group)) -> None:
        """Polls a device at once, or as soon as its present poll ends: somebody hinted that it has news."""
        for device in self._devices:
            if device.name == name:
                device.next_at = 0.0
                for group in groups:
                    device.due.pop(group, None)
                self._woken.set()

    def _slot_of(self, moment: float) -> float:
        """The last slot at or before a moment."""
        return self._start + math.floor((moment - self._start) / SLOT + 1e-6) * SLOT

    def _launch(self, slot: float) -> None:
        for device in self._devices:
            if device.task is None and device.next_at <= slot + SLOT / 2:
                device.task = asyncio.create_task(self._poll(device, slot), name=f"poll {device.name}")

    async def _sleep(self) -> None:
        """Sleeps until the next slot in which something falls due, or until woken."""
        self._woken.clear()
        idle = (device.next_at for device in self._devices if device.task is None)
        self._planned = max(min(idle, default=math.inf), self._slot_of(time.monotonic()) + SLOT)
        timer = None
        if self._planned < math.inf:
            timer = asyncio.get_running_loop().call_later(self._planned - time.monotonic(), self._woken.set)
        try:
            await self._woken.wait()
        finally:
            if timer is not None:
                timer.cancel()
        self.lag = max(0.0, time.monotonic() - self._planned)

    async def _poll(self, device: Polled, slot: float) -> None:
        device.next_at = math.inf
        try:
            self._take(await self._attempt(device, slot))
        finally:
            device.next_at = min(device.next_at, self._next(device, slot))
            device.task = None
            if device.next_at < self._planned:
                self._woken.set()

    async def _attempt(self, device: Polled, slot: float) -> Poll:
        began = time.monotonic()
        opening = device.identity is None
        groups = frozenset(g for g in device.pace.intervals if opening or device.due.get(g, 0.0) <= slot + SLOT / 2)
        deadline = device.pace.deadline + (OPEN_DEADLINE if opening else 0.0)
        fault: Fault | None = None
        answer = Answer(())
        try:
            async with asyncio.timeout(deadline):
                if device.identity is None:
                    device.identity = await device.driver.open()
                answer = await device.driver.poll(groups)
        except Fault as trouble:
            fault = trouble
        except TimeoutError:
            fault = TimedOut(f"no complete answer within {deadline:g} s")
        except Exception as mistake:
            log.exception("poll of %s failed by a mistake of the agent's own", device.name)
            fault = Fault(f"a mistake of the agent's own: {mistake!r}")
        await self._settle(device, fault, groups, slot)
        return Poll(
            device=device.name,
            at=time.time(),
            duration=time.monotonic() - began,
            groups=groups,
            readings=answer.readings,
            withheld=answer.withheld,
            fault=fault,
            identity=device.identity,
        )

    async def _settle(self, device: Polled, fault: Fault | None, groups: frozenset[Group], slot: float) -> None:
        if fault is None:
            device.failures = 0
            device.due.update({group: slot + device.pace.intervals[group] for group in groups})
            return
        device.failures += 1
        if device.failures > 1:
            device.identity = None
            device.due.clear()
            await _closed(device.driver)

    def _next(self, device: Polled, slot: float) -> float:
        """The next slot of the device: its shortest interval, or longer and longer after faults in a row."""
        interval = device.pace.shortest
        if device.failures > 1:
            interval = min(BACKOFF_LONGEST, interval * 2.0 ** min(device.failures - 1, 10))
            interval *= self._jitter.uniform(0.8, 1.0)
        slots = max(1, round(interval / SLOT))
        return max(slot + slots * SLOT, self._slot_of(time.monotonic()))

    async def _close(self) -> None:
        running = [device.task for device in self._devices if device.task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(*(_closed(device.driver) for device in self._devices))


async def _closed(driver: Driver) -> None:
    with suppress(Fault, OSError):
        await driver.close()
