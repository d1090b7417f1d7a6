"""A Modbus RTU slave at the end of a line, the line being a pseudo-terminal whose other end anybody may open.

    -> unit 1, function 03 or 04, address 2, count 2, CRC-16 (low byte first)
    <- unit, function, byte count, registers, CRC; nothing at all for another unit or a wrong CRC

A pseudo-terminal has no speed, so the reply waits for as long as its bytes would have been on the wire.
"""

import asyncio
import os
import tty
from collections.abc import Callable, Mapping
from contextlib import suppress

from pymodbus.framer import FramerRTU
from pymodbus.server import ModbusSerialServer

from simulators.mishaps import Outlet
from simulators.servers.live_view import LiveView, Ways
from simulators.servers.modbus import Handler, Registers, tenfold
from simulators.servers.pty import open_pty

BITS_PER_BYTE = 10  # start, eight of data, stop


class RtuServer:
    def __init__(
        self, look: Callable[[], Mapping[int, int]], tick: Callable[[], int], unit: int, baud: int, profile: str
    ) -> None:
        self.outlet = Outlet(change_id, spoil_crc)
        self.path = ""
        self._registers = Registers(unit, LiveView(look, tick, self.outlet, ways=Ways(tenfold)))
        self._baud = baud
        self._profile = profile
        self._line: _Line | None = None

    @property
    def url(self) -> str:
        return f"modbus+rtu://{self.path}?unit={self._registers.unit}&baud={self._baud}&profile={self._profile}"

    @property
    def writes_refused(self) -> int:
        return self._registers.writes_refused

    async def open(self) -> None:
        handler = Handler(_Server(self._registers), self.outlet, seconds_per_byte=BITS_PER_BYTE / self._baud)
        self._line = _Line(handler, self.path)
        self.path = self._line.path
        handler.connection_made(self._line)

    async def close(self) -> None:
        self.outlet.close()
        if self._line is not None:
            self._line.close()
            self._line = None


class _Server(ModbusSerialServer):
    """Holds what a handler asks of its server; never opens a port of its own."""

    def __init__(self, registers: Registers) -> None:
        super().__init__([], ignore_missing_devices=True)
        self.context = registers


class _Line(asyncio.Transport):
    """The near end of a pseudo-terminal. The far end is held open too: a line does not end when a client leaves."""

    def __init__(self, protocol: Handler, path: str) -> None:
        super().__init__()
        self._near, self._far = open_pty(path)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._closed = False
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._near, self._read)

    def _read(self) -> None:
        self._protocol.data_received(os.read(self._near, 1024))

    def write(self, data: bytes) -> None:  # type: ignore[override]
        if self._closed:
            return
        with suppress(BlockingIOError):  # nobody reads: bytes on a real line are lost too
            os.write(self._near, data)

    def close(self) -> None:
        self._closed = True  # a reply still on its way must not land in another file of the same number
        self._loop.remove_reader(self._near)
        os.close(self._near)
        os.close(self._far)


def change_id(frame: bytes) -> bytes:
    """The answer of another unit, with its checksum in order."""
    body = bytes([frame[0] ^ 0x40]) + frame[1:-2]
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def spoil_crc(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 0x55])
