"""A Modbus TCP server on a loopback port.

-> transaction 2, protocol 2 (0), length 2, unit 1, function 03 or 04, address 2, count 2
<- the same header, function, byte count, registers; or function + 0x80 and an exception code
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, cast

from pymodbus.server import ModbusTcpServer

from simulators.mishaps import Outlet
from simulators.servers.live_view import LiveView
from simulators.servers.modbus import Handler, Registers, Unit

LOOPBACK: Final = "127.0.0.1"


class TcpServer:
    def __init__(self, look: Callable[[], Mapping[int, int]], tick: Callable[[], int], unit: int, profile: str) -> None:
        self.outlet = Outlet(change_id)
        self.port = 0
        place = Unit(unit, profile)
        self._registers = Registers(place, LiveView(look, tick, self.outlet, ways=place.ways))
        self._profile = profile
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        return f"modbus+tcp://{LOOPBACK}:{self.port}?unit={self._registers.unit}&profile={self._profile}"

    @property
    def writes_refused(self) -> int:
        return self._registers.writes_refused

    async def open(self) -> None:
        self._server = _Server(self._registers, self.outlet, self.port)
        await self._server.serve_forever(background=True)
        self.port = self._server.bound_port()

    async def close(self) -> None:
        self.outlet.close()
        if self._server is not None:
            await self._server.shutdown()
            self._server = None


class _Server(ModbusTcpServer):
    def __init__(self, registers: Registers, outlet: Outlet, port: int) -> None:
        super().__init__([], address=(LOOPBACK, port), ignore_missing_devices=True)
        self.context = registers
        self._outlet = outlet

    def bound_port(self) -> int:
        listening = cast("asyncio.Server", self.transport)
        return int(listening.sockets[0].getsockname()[1])

    def callback_new_connection(self) -> Handler:
        return Handler(self, lambda _: self._outlet)


def change_id(frame: bytes) -> bytes:
    """Another transaction identifier: the first two bytes."""
    return bytes([frame[0] ^ 0x40]) + frame[1:]
