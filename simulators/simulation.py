"""The simulated room running in real time, at any speed, with its instruments on real sockets.

The room advances in fixed steps, so what happens depends only on seed and causes, not on how busy this machine is;
when the machine was busy, the steps that are due are caught up. Causes, scenarios and mishaps come in as one line:

    feeds.A fail            scenario feed-a-loss            mishap ats-1 late 2            help
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Final, Self

from simulators import mishaps, scenario
from simulators.devices import Device, compose
from simulators.room import causes
from simulators.room.plan import SMALL, RoomPlan
from simulators.room.room import Room
from simulators.room.truth import Fact
from simulators.servers.plug import Plug
from simulators.servers.snmp import SnmpServer
from simulators.servers.snmp_traps import Receiver

STEP: Final = 0.1  # simulated seconds
TURN: Final = 0.1  # real seconds between looks at the clock
MOST_STEPS_AT_ONCE: Final = 500  # about 10 ms of work, then the servers get their turn


class Simulation:
    def __init__(
        self, seed: int = 1, speed: float = 1.0, plan: RoomPlan = SMALL, traps: Sequence[Receiver] = ()
    ) -> None:
        self.room = Room(seed, plan)
        self.speed = speed
        self.devices = compose(self.room, self._tick)
        self._plugs: dict[str, Plug] = {}
        self._agents = [device.server for device in self.devices if isinstance(device.server, SnmpServer)]
        for receiver in traps:
            self.send_traps_to(receiver)
        self._pending: deque[tuple[float, str]] = deque()
        self._stack = AsyncExitStack()

    def _tick(self) -> int:
        return self.room.ticks

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for device in self.devices:
                plug = self._plugs[device.id] = Plug(device.server)
                stack.push_async_callback(plug.close)
                await plug.open()
            clock = asyncio.create_task(self._run())
            stack.push_async_callback(_stop, clock)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _run(self) -> None:
        started, done = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - started) * self.speed / STEP) - done
            for _ in range(min(due, MOST_STEPS_AT_ONCE)):
                self.step()
                done += 1
            await asyncio.sleep(0 if due > MOST_STEPS_AT_ONCE else TURN)

    def step(self) -> None:
        while self._pending and self._pending[0][0] <= self.room.time + STEP / 2:
            self.do(self._pending.popleft()[1])
        self.room.step(STEP)
        for agent in self._agents:
            agent.announce()

    def send_traps_to(self, receiver: Receiver) -> None:
        """From now on, whatever the SNMP instruments say unasked."""
        for agent in self._agents:
            agent.send_traps_to(receiver)

    def endpoints(self) -> list[dict[str, str]]:
        return [
            {"id": device.id, "kind": device.kind, "protocol": device.protocol, "url": device.server.url}
            for device in self.devices
        ]

    def truth(self) -> dict[str, Fact]:
        """The room's own, and what is wrong with its instruments."""
        mishaps_now: dict[str, Fact] = {f"mishaps.{each.id}": each.server.outlet.mishap.kind for each in self.devices}
        return self.room.truth() | mishaps_now

    def do(self, line: str) -> str:
        """Carries the line out and says in one sentence what happened; ValueError says what would be possible."""
        match line.split():
            case ["scenario", name]:
                return self.play(name)
            case ["mishap", device, *words]:
                return self._mishap(device, words)
            case ["help"]:
                return self.help()
            case [] | ["mishap", *_] | ["scenario", *_]:
                raise ValueError("nothing to do; expected a cause, `scenario NAME`, `mishap DEVICE KIND` or `help`")
        self.room.do(line)
        return f"{line} at {self.room.time:.1f} s"

    def help(self) -> str:
        """What can be done here, a line each."""
        wires = "\n".join(f"mishap {device.id} {device.server.outlet.possible}" for device in self.devices)
        stories = "\n".join(f"scenario {name}" for name in scenario.names())
        return "\n".join([*map(str, causes.possible(self.room)), stories, wires])

    def play(self, name: str) -> str:
        """The scenario begins now; what an earlier one still had before it is dropped.

        ValueError when something in it cannot happen in this room.
        """
        story = scenario.load(name)
        for cause in story.cause:
            self._check(cause.do)
        self._pending = deque((self.room.time + cause.at, cause.do) for cause in story.cause)
        return f"scenario {name} began at {self.room.time:.1f} s: {story.title}"

    def _check(self, line: str) -> None:
        match line.split():
            case ["mishap", name, *words]:
                self._device(name).server.outlet.check(mishaps.parse(words))
            case _:
                causes.check(line, self.room)

    def _device(self, name: str) -> Device:
        device = next((device for device in self.devices if device.id == name), None)
        if device is None:
            raise ValueError(f"unknown device {name!r}; possible: {', '.join(device.id for device in self.devices)}")
        return device

    def _mishap(self, name: str, words: list[str]) -> str:
        self._device(name).server.outlet.mishap = mishaps.parse(words)
        if name in self._plugs:
            self._plugs[name].follow()
        return f"{name}: {' '.join(words)} at {self.room.time:.1f} s"


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
