"""The simulated room running in real time, at any speed, with its instruments on real sockets.

The room advances in fixed steps, so what happens depends only on seed and causes, not on how busy this machine is;
when the machine was busy, the steps that are due are caught up. Causes, scenarios and mishaps come in as one line:

    feeds.A fail            scenario feed-a-loss            mishap ats-1 late 2
"""

import asyncio
import time
from collections import deque
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Protocol, Self

from simulators import mishaps, scenario
from simulators.instruments import apc_ats, apc_ups, th_transmitter, ups_mib
from simulators.mishaps import Outlet
from simulators.room.room import Room
from simulators.room.truth import Fact
from simulators.servers.modbus_rtu import RtuServer
from simulators.servers.modbus_tcp import TcpServer
from simulators.servers.snmp import SnmpServer, V3User

STEP: Final = 0.1  # simulated seconds
TURN: Final = 0.1  # real seconds between looks at the clock
MOST_STEPS_AT_ONCE: Final = 500  # about 10 ms of work, then the servers get their turn
TRANSMITTER: Final = "rs-ws-n01"
MONITOR: Final = V3User("monitor", "room-auth-passphrase", "room-priv-passphrase")


class Server(Protocol):
    outlet: Outlet

    @property
    def url(self) -> str: ...
    @property
    def writes_refused(self) -> int: ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    kind: str
    protocol: str
    server: Server


class Simulation:
    def __init__(self, seed: int = 1, speed: float = 1.0, user: V3User = MONITOR) -> None:
        self.room = Room(seed)
        self.speed = speed
        self.devices = self._devices(user)
        self._pending: deque[tuple[float, str]] = deque()
        self._stack = AsyncExitStack()

    def _devices(self, user: V3User) -> tuple[Device, ...]:
        room, tick = self.room, self._tick
        inlet = partial(th_transmitter.registers, room, "inlet")
        back = partial(th_transmitter.registers, room, "return")
        unit, baud = th_transmitter.UNIT, th_transmitter.BAUD
        return (
            Device("ups-1", "ups", "snmp", SnmpServer(partial(ups_mib.objects, room), tick, user=user)),
            Device("ups-1-card", "ups", "snmp", SnmpServer(partial(apc_ups.objects, room), tick, user=user)),
            Device("ats-1", "ats", "snmp", SnmpServer(partial(apc_ats.objects, room), tick, user=user)),
            Device("climate-1", "climate", "modbus+tcp", TcpServer(inlet, tick, unit, TRANSMITTER)),
            Device("climate-2", "climate", "modbus+rtu", RtuServer(back, tick, unit, baud, TRANSMITTER)),
        )

    def _tick(self) -> int:
        return self.room.ticks

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for device in self.devices:
                stack.push_async_callback(device.server.close)
                await device.server.open()
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
            self.room.do(self._pending.popleft()[1])
        self.room.step(STEP)

    def endpoints(self) -> list[dict[str, str]]:
        return [
            {"id": device.id, "kind": device.kind, "protocol": device.protocol, "url": device.server.url}
            for device in self.devices
        ]

    def truth(self) -> dict[str, Fact]:
        return self.room.truth()

    def do(self, line: str) -> str:
        """Carries the line out and says in one sentence what happened; ValueError says what would be possible."""
        match line.split():
            case ["scenario", name]:
                return self.play(name)
            case ["mishap", device, *words]:
                return self._mishap(device, words)
            case []:
                raise ValueError("nothing to do; expected a cause, `scenario NAME` or `mishap DEVICE KIND`")
        self.room.do(line)
        return f"{line} at {self.room.time:.1f} s"

    def play(self, name: str) -> str:
        """The scenario begins now; what an earlier one still had before it is dropped."""
        story = scenario.load(name)
        self._pending = deque((self.room.time + cause.at, cause.do) for cause in story.cause)
        return f"scenario {name} began at {self.room.time:.1f} s: {story.title}"

    def _mishap(self, name: str, words: list[str]) -> str:
        device = next((device for device in self.devices if device.id == name), None)
        if device is None:
            raise ValueError(f"unknown device {name!r}; possible: {', '.join(device.id for device in self.devices)}")
        device.server.outlet.mishap = mishaps.parse(words)
        return f"{name}: {' '.join(words)} at {self.room.time:.1f} s"


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
