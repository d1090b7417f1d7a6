"""What Modbus TCP and Modbus RTU servers share: registers that are a live view, and replies that leave by an outlet."""

from typing import Any, Final

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from simulators.mishaps import Outlet
from simulators.servers.live_view import LiveView

READ_REGISTERS: Final = (3, 4)  # holding and input registers: cheap transmitters do not tell them apart


class Registers:
    """pymodbus' data store: answers reads from the view, refuses and counts writes."""

    def __init__(self, unit: int, view: LiveView[int, int]) -> None:
        self.unit = unit
        self.writes_refused = 0
        self._view = view

    def device_ids(self) -> list[int]:
        return [self.unit]

    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        self._check_unit(device_id)
        if func_code not in READ_REGISTERS:
            return ExcCodes.ILLEGAL_FUNCTION
        view = self._view()
        wanted = range(address, address + count)
        return [view[register] for register in wanted] if all(r in view for r in wanted) else ExcCodes.ILLEGAL_ADDRESS

    async def async_setValues(self, device_id: int, func_code: int, address: int, values: list[int]) -> ExcCodes:  # noqa: N802
        self._check_unit(device_id)
        self.writes_refused += 1
        return ExcCodes.ILLEGAL_FUNCTION

    def _check_unit(self, device_id: int) -> None:
        if device_id != self.unit:
            raise NoSuchIdException(f"unit {device_id}")


class Handler(ServerRequestHandler):
    """pymodbus' handling of one connection, except for how a reply leaves."""

    outlet: Outlet
    line_rate = 0.0  # bytes per second; 0 is at once

    def send(self, data: bytes, addr: tuple[Any, ...] | None = None) -> None:
        delay = len(data) / self.line_rate if self.line_rate else 0.0
        self.outlet.deliver(data, self._send_now, delay)

    def _send_now(self, data: bytes) -> None:
        if self.transport:
            super().send(data)


def placeholder(unit: int) -> SimDevice:
    """pymodbus insists on a device of its own making; the server's context is replaced by Registers."""
    return SimDevice(unit, SimData(0, values=0, datatype=DataType.REGISTERS))
