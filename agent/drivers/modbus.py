"""Modbus devices over TCP and serial lines (RTU), read by the register map of a profile.

    -> read 2 holding registers from 0x0000
    <- 0292 FF9B        RS-WS-N01: humidity 65.8 %, temperature -10.1 degC
    <- exception 2      or: the device has no such register

Only the four reading functions exist here: 1 coils, 2 discrete inputs, 3 holding registers, 4 input registers.
A Modbus device does not say what it is, so the address must name its profile.
"""

import os
from collections.abc import Mapping, Sequence
from itertools import count

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from agent.address import Address, AddressError, one_of, whole_number
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.modbus_points import BIT_SPACES, GAP, Cells, Point, Space, Span, points_of, read, spans_of
from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable
from agent.links.bus import Bus, shared
from agent.links.lines import LineConflictError
from agent.links.modbus import Place, SerialPlace, TcpPlace
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import modbus_profiles
from agent.profiles.schema import ModbusProfile

_REQUESTS: Mapping[Space, type[ModbusPDU]] = {
    "coil": ReadCoilsRequest,
    "discrete": ReadDiscreteInputsRequest,
    "holding": ReadHoldingRegistersRequest,
    "input": ReadInputRegistersRequest,
}
_NAMES: Mapping[Space, str] = {
    "coil": "coils",
    "discrete": "discrete inputs",
    "holding": "holding registers",
    "input": "input registers",
}

_NO_SUCH_REGISTER = 2
# What an exception code says (Modbus application protocol, 7); a gateway's own codes tell of the device behind it.
_EXCEPTIONS: Mapping[int, tuple[type[Fault], str]] = {
    1: (Refused, "the device does not know this function"),
    2: (Refused, "the device has no such register"),
    3: (Refused, "the device does not like the number of registers"),
    4: (Refused, "the device failed"),
    5: (Refused, "the device accepted, but needs more time"),
    6: (Refused, "the device is busy"),
    8: (Refused, "the device's memory is damaged"),
    10: (Unreachable, "the gateway has no path to the device"),
    11: (TimedOut, "the device does not answer the gateway"),
}


def connect(address: Address, surroundings: Surroundings) -> "ModbusDriver":
    """The driver of a modbus address.

    Raises:
        AddressError: the profile is missing or unknown, an option is wrong, or the line is in use with other settings.
    """
    known = modbus_profiles(surroundings.own_profiles)
    name = address.options.get("profile", "")
    if name not in known:
        found = f"unknown profile {name!r}" if name else f"no profile in {address}"
        raise AddressError(found, f"?profile= with one of {', '.join(sorted(known))}")
    lowest, highest = (0, 255) if address.transport == "tcp" else (1, 247)  # TCP devices of their own use 0 or 255
    unit = whole_number(address, "unit", 1, lowest, highest)
    try:
        bus = shared(_place(address, known[name]))
    except LineConflictError as conflict:
        raise AddressError(str(conflict), f"the same settings in {address}") from conflict
    return ModbusDriver(bus, unit, known[name], surroundings.timeout)


class ModbusDriver:
    """Reads one unit on a bus."""

    def __init__(self, bus: Bus, unit: int, profile: ModbusProfile, timeout: float) -> None:
        self._bus = bus
        self._unit = unit
        self._profile = profile
        self._timeout = timeout
        self._points = points_of(profile)
        self._gap = GAP
        self._plans: dict[frozenset[Group], tuple[Sequence[Point], Sequence[Span]]] = {}

    async def open(self) -> Identity:
        await self._bus.join(self, self._timeout)
        profile = self._profile
        return Identity(profile.kind, profile.vendor_name, profile.model, profile=profile.name)

    async def poll(self, groups: frozenset[Group]) -> Answer:
        points, spans = self._plan(groups)
        cells: dict[tuple[Space, int], int] = {}
        for span in spans:
            request = _REQUESTS[span.space](address=span.start, count=span.count, dev_id=self._unit)
            answer = await self._ask(request, span)
            if answer.exception_code == _NO_SUCH_REGISTER and span.bridges:
                self._gap = 0  # this device does not bear that registers it lacks are read along
                self._plans.clear()
                return await self.poll(groups)
            cells.update(self._cells(span, request, answer))
        return read(points, cells)

    async def close(self) -> None:
        self._bus.leave(self)

    def _plan(self, groups: frozenset[Group]) -> tuple[Sequence[Point], Sequence[Span]]:
        if groups not in self._plans:
            points = [point for point in self._points if point.reader.measure.group in groups]
            self._plans[groups] = points, spans_of(points, self._gap)
        return self._plans[groups]

    async def _ask(self, request: ModbusPDU, span: Span) -> ModbusPDU:
        try:
            return await self._bus.ask(request, self._timeout)
        except Fault as fault:
            raise type(fault)(f"{self._asked(span)}: {fault}") from fault

    def _cells(self, span: Span, request: ModbusPDU, answer: ModbusPDU) -> Cells:
        """The registers of an answer.

        Raises:
            Fault: it is an exception response, or not the answer to this request.
        """
        if answer.function_code & 0x7F != request.function_code:
            raise Garbled(f"{self._asked(span)}: answered with function {answer.function_code}")
        if answer.isError():
            unknown = Refused, "which means nothing in Modbus"
            fault, meaning = _EXCEPTIONS.get(answer.exception_code, unknown)
            raise fault(f"{self._asked(span)}: exception {answer.exception_code}, {meaning}")
        bits = span.space in BIT_SPACES
        found: Sequence[int] = [int(bit) for bit in answer.bits] if bits else answer.registers
        expected = -(-span.count // 8) * 8 if bits else span.count  # bits come in whole bytes
        if len(found) != expected:
            raise Garbled(f"{self._asked(span)}: {len(found)} came where {expected} were expected")
        return {(span.space, register): cell for register, cell in zip(count(span.start), found[: span.count])}

    def _asked(self, span: Span) -> str:
        return f"{self._bus.place}, unit {self._unit}, {span.count} {_NAMES[span.space]} from 0x{span.start:04X}"


def _place(address: Address, profile: ModbusProfile) -> Place:
    if address.transport == "tcp":
        return TcpPlace(address.host, address.port or 502)
    baud = whole_number(address, "baud", profile.baud, 300, 921_600)
    parity = one_of(address, "parity", profile.parity, ("N", "E", "O"))
    stop_bits = whole_number(address, "stop_bits", profile.stop_bits, 1, 2)
    return SerialPlace(os.path.realpath(address.path), baud, parity, stop_bits)  # two names of one line are one line
