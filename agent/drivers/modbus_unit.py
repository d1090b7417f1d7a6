"""One unit on a Modbus bus: what can be asked of it, and which answers are answers.

    1 coils   2 discrete inputs   3 holding registers   4 input registers   43/14 who are you

No function that writes is here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.mei_message import ReadDeviceInformationRequest, ReadDeviceInformationResponse
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from agent.drivers.modbus_points import BIT_SPACES, Cells, Space, Span
from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable
from agent.links.bus import Bus

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

NO_SUCH_FUNCTION, NO_SUCH_REGISTER, NOT_SO_MANY = 1, 2, 3
# What an exception code says (Modbus application protocol, 7); a gateway's own codes tell of the device behind it.
_EXCEPTIONS: Mapping[int, tuple[type[Fault], str]] = {
    NO_SUCH_FUNCTION: (Refused, "the device does not know this function"),
    NO_SUCH_REGISTER: (Refused, "the device has no such register"),
    NOT_SO_MANY: (Refused, "the device does not like the number of registers"),
    4: (Refused, "the device failed"),
    5: (Refused, "the device accepted, but needs more time"),
    6: (Refused, "the device is busy"),
    8: (Refused, "the device's memory is damaged"),
    10: (Unreachable, "the gateway has no path to the device"),
    11: (TimedOut, "the device does not answer the gateway"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What stands in the registers, or the device's exception and the fault that it is if nobody minds it."""

    cells: Cells
    exception: int = 0
    fault: Fault | None = None


class Unit:
    """One device on a bus. `within` is in seconds, for each answer."""

    def __init__(self, bus: Bus, number: int, within: float) -> None:
        self._bus = bus
        self._number = number
        self._within = within

    def __str__(self) -> str:
        return f"{self._bus.place}, unit {self._number}"

    async def join(self) -> None:
        """Makes sure that the line is there.

        Raises:
            Fault: it cannot be opened.
        """
        await self._bus.join(self, self._within)

    def leave(self) -> None:
        self._bus.leave(self)

    async def read(self, span: Span) -> Reply:
        """The registers of a span.

        Raises:
            Fault: no answer, or one to another question.
        """
        asked = f"{self}, {span.count} {_NAMES[span.space]} from 0x{span.start:04X}"
        request = _REQUESTS[span.space](address=span.start, count=span.count, dev_id=self._number)
        try:
            answer = await self._bus.ask(request, self._within)
            return _reply(span, request, answer, asked)
        except Fault as fault:
            raise type(fault)(f"{asked}: {fault}") from fault

    async def objects(self) -> Mapping[int, str]:
        """What the device says of itself: 0 is the maker, 1 the product's code, 2 its revision.

        Raises:
            Fault: it does not say.
        """
        answer = await self._bus.ask(ReadDeviceInformationRequest(dev_id=self._number), self._within)
        if not isinstance(answer, ReadDeviceInformationResponse):
            raise Refused("the device does not say who it is")
        if answer.number_of_objects != len(answer.information):
            raise Garbled(f"{len(answer.information)} objects came where {answer.number_of_objects} were announced")
        found = answer.information.items()
        return {key: text(value) for key, value in found if isinstance(value, bytes)}


def text(data: bytes) -> str:
    """Text as devices fill registers with it: to the first NUL, without blanks around it, printable or nothing."""
    found = data.split(b"\0", 1)[0].decode("latin-1").strip()
    return found if found.isprintable() else ""


def _reply(span: Span, request: ModbusPDU, answer: ModbusPDU, asked: str) -> Reply:
    """The registers of an answer.

    Raises:
        Garbled: it is not the answer to this request.
    """
    if answer.function_code & 0x7F != request.function_code:
        raise Garbled(f"answered with function {answer.function_code}")
    if answer.isError():
        unknown = Refused, "which means nothing in Modbus"
        kind, meaning = _EXCEPTIONS.get(answer.exception_code, unknown)
        fault = kind(f"{asked}: exception {answer.exception_code}, {meaning}")
        return Reply({}, answer.exception_code, fault)
    bits = span.space in BIT_SPACES
    found: Sequence[int] = [int(bit) for bit in answer.bits] if bits else answer.registers
    expected = -(-span.count // 8) * 8 if bits else span.count  # bits come in whole bytes
    if len(found) != expected:
        raise Garbled(f"{len(found)} came where {expected} were expected")
    return Reply({(span.space, register): cell for register, cell in zip(count(span.start), found[: span.count])})
