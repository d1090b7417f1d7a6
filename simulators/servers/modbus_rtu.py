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

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.framer import FramerRTU
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator.simcore import SimCore

from simulators.mishaps import Outlet
from simulators.servers.live_view import LiveView, Tick
from simulators.servers.modbus import Handler, Registers, Unit
from simulators.servers.pty import open_pty

BITS_PER_BYTE = 10  # start, eight of data, stop


class RtuBus:
    """The line that units share; it is open as long as one of them is."""

    def __init__(self, baud: int) -> None:
        self.baud = baud
        self.path = ""
        self.units: dict[int, BusServer] = {}
        self._line: _Line | None = None

    def open(self) -> None:
        if self._line is None:
            handler = Handler(_Server(self.units), self._outlet_of, seconds_per_byte=BITS_PER_BYTE / self.baud)
            self._line = _Line(handler, self.path)
            self.path = self._line.path
            handler.connection_made(self._line)

    def close(self) -> None:
        if self._line is not None and not any(unit.is_open for unit in self.units.values()):
            self._line.close()
            self._line = None

    def _outlet_of(self, reply: bytes) -> Outlet:
        return self.units[reply[0]].outlet


class BusServer:
    """One unit on a bus."""

    def __init__(self, look: Callable[[], Mapping[int, int]], tick: Tick, unit: Unit, bus: RtuBus) -> None:
        self.outlet = Outlet(change_id, spoil_crc)
        self.registers = Registers(unit, LiveView(look, tick, self.outlet, ways=unit.ways))
        self.is_open = False
        self._unit = unit
        self._bus = bus
        bus.units[unit.number] = self

    @property
    def url(self) -> str:
        unit, bus = self._unit, self._bus
        return f"modbus+rtu://{bus.path}?unit={unit.number}&baud={bus.baud}&profile={unit.profile}{unit.options}"

    @property
    def writes_refused(self) -> int:
        return self.registers.writes_refused

    async def open(self) -> None:
        self._bus.open()
        self.is_open = True

    async def close(self) -> None:
        self.outlet.close()
        self.is_open = False
        self._bus.close()


class RtuServer(BusServer):
    """The only unit on its line."""

    def __init__(self, look: Callable[[], Mapping[int, int]], tick: Tick, unit: int, baud: int, profile: str) -> None:
        super().__init__(look, tick, Unit(unit, profile), RtuBus(baud))


class _Server(ModbusSerialServer):
    """Holds what a handler asks of its server; never opens a port of its own."""

    def __init__(self, units: Mapping[int, BusServer]) -> None:
        super().__init__([], ignore_missing_devices=True)
        self.context = _Units(units)


class _Units(SimCore):
    """pymodbus' data store of a whole bus; a unit that is not there is silent."""

    def __init__(self, units: Mapping[int, BusServer]) -> None:
        super().__init__([])
        self._units = units

    def device_ids(self) -> list[int]:
        return list(self._units)

    def _registers(self, device_id: int) -> Registers:
        if device_id not in self._units:
            raise NoSuchIdException(f"unit {device_id}")
        return self._units[device_id].registers

    async def async_getValues(  # noqa: N802  # pymodbus's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        return await self._registers(device_id).async_getValues(device_id, func_code, address, count)

    async def async_setValues(  # noqa: N802  # pymodbus's name
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes:
        return await self._registers(device_id).async_setValues(device_id, func_code, address, values)


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
