"""What Modbus TCP and Modbus RTU servers share: registers that are a live view, and replies that leave by an outlet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusBaseServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator.simcore import SimCore

from simulators.mishaps import Outlet
from simulators.servers.live_view import LiveView, Ways

SMALLEST_MEASURE: Final = 10
READ_REGISTERS: Final = (3, 4)  # holding and input registers: cheap transmitters do not tell them apart


@dataclass(frozen=True, slots=True)
class Unit:
    """`options` end its URL; numbers that are `floats` take two registers each, which no scale can be wrong for."""

    number: int
    profile: str
    functions: tuple[int, ...] = READ_REGISTERS
    options: str = ""
    floats: bool = False

    @property
    def ways(self) -> Ways[int]:
        return Ways() if self.floats else Ways(tenfold)


class Registers(SimCore):
    """pymodbus' data store: answers reads from the view, refuses and counts writes."""

    def __init__(self, unit: Unit, view: LiveView[int, int]) -> None:
        super().__init__([])
        self.unit = unit.number
        self.writes_refused = 0
        self._functions = unit.functions
        self._view = view

    def device_ids(self) -> list[int]:
        return [self.unit]

    async def async_getValues(  # noqa: N802  # pymodbus's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        self._check_unit(device_id)
        if func_code not in self._functions:
            return ExcCodes.ILLEGAL_FUNCTION
        view = self._view()
        wanted = range(address, address + count)
        return [view[register] for register in wanted] if all(r in view for r in wanted) else ExcCodes.ILLEGAL_ADDRESS

    async def async_setValues(  # noqa: N802  # pymodbus's name
        self,
        device_id: int,
        func_code: int,  # noqa: ARG002
        address: int,  # noqa: ARG002
        values: list[int] | list[bool],  # noqa: ARG002
    ) -> ExcCodes:
        self._check_unit(device_id)
        self.writes_refused += 1
        return ExcCodes.ILLEGAL_FUNCTION

    def _check_unit(self, device_id: int) -> None:
        if device_id != self.unit:
            raise NoSuchIdException(f"unit {device_id}")


class Handler(ServerRequestHandler):
    """pymodbus' handling of one connection, except for how a reply leaves."""

    def __init__(
        self, server: ModbusBaseServer, outlet_of: Callable[[bytes], Outlet], seconds_per_byte: float = 0.0
    ) -> None:
        super().__init__(server, None, None, None)
        self._outlet_of = outlet_of
        self._seconds_per_byte = seconds_per_byte

    def send(self, data: bytes, addr: tuple[Any, ...] | None = None) -> None:  # noqa: ARG002  # pymodbus's shape
        self._outlet_of(data).deliver(data, self._send_now, len(data) * self._seconds_per_byte)

    def _send_now(self, data: bytes) -> None:
        if self.transport:
            super().send(data)


def tenfold(register: int) -> int:
    """A word at the wrong scale. Numbers below ten stay what they are: they tend to be codes."""
    number = register - 0x10000 if register & 0x8000 else register
    return register if abs(number) < SMALLEST_MEASURE else number * 10 & 0xFFFF
