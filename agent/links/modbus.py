"""One Modbus connection, TCP, serial RTU or RTU within TCP: pymodbus' frames and messages under this program's rules.

    -> 01 03 00 00 00 02 C4 0B        unit, function, first register, count, CRC
    <- 01 03 04 02 92 FF 9B 5A 3D     unit, function, bytes that follow, registers, CRC
    <- 01 83 02 C0 F1                 or: function + 80, exception code
    over TCP without CRC, behind transaction (2 bytes), 0000, length (2 bytes); serial servers send RTU as it is

pymodbus 3.16 drops answers of another unit or transaction, which is right. Changed here: nothing is retried or
reconnected; a lost connection ends the waiting at once; a frame that cannot be decoded is the asker's fault and not
an exception inside the event loop; why a connection could not be opened is told.
"""

import asyncio
import errno
import os
from dataclasses import dataclass, field
from typing import Any

from pymodbus.exceptions import ModbusException, ModbusIOException
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.transaction import TransactionManager
from pymodbus.transport import CommParams, CommType
from pymodbus.transport.serialtransport import SerialTransport
from serial import SerialException

from agent.faults import Fault, Garbled, TimedOut, Unreachable

_USUAL_BAUD = 9600  # behind a serial server, which does not say how its line is set
_LONGEST = 4096  # bytes between two questions; an answer has 260 at most
_FAST_GAP = 0.00175  # seconds; the least silence between RTU frames, fixed above 19200 baud (Modbus over serial line)


@dataclass(frozen=True, slots=True)
class TcpPlace:
    """A Modbus TCP server or gateway."""

    host: str
    port: int

    @property
    def key(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def numbered(self) -> bool:
        """Whether an answer says which request it answers."""
        return True

    @property
    def gap(self) -> float:
        """Seconds of silence before a request."""
        return 0.0

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class RtuTcpPlace(TcpPlace):
    """A serial server that hands RTU frames through, CRC and all."""

    @property
    def numbered(self) -> bool:
        return False

    @property
    def gap(self) -> float:
        return 3.5 * 10 / _USUAL_BAUD

    def __str__(self) -> str:
        return f"{self.key} (RTU)"


@dataclass(frozen=True, slots=True)
class SerialPlace:
    """A serial line and how it is set. It is opened by the name it was given, which may lead elsewhere next time."""

    path: str = field(compare=False)  # one line may have several names
    baud: int
    parity: str
    stop_bits: int

    @property
    def key(self) -> str:
        return self.path

    @property
    def numbered(self) -> bool:
        return False

    @property
    def gap(self) -> float:
        """Seconds of silence before a request: 3.5 characters end a frame."""
        character = (9 + (self.parity != "N") + self.stop_bits) / self.baud
        return max(3.5 * character, _FAST_GAP)

    def __str__(self) -> str:
        return f"{self.path} ({self.baud} 8{self.parity}{self.stop_bits})"


Place = TcpPlace | SerialPlace


class ModbusLine(TransactionManager):
    """A connection that answers one request at a time, or raises a fault that says what came instead."""

    def __init__(self, place: Place) -> None:
        decoder = DecodePDU(False)
        framer = FramerSocket(decoder) if place.numbered else FramerRTU(decoder)
        super().__init__(_parameters(place), framer, 0, False, None, None, None)
        self.max_until_disconnect = self.count_until_disconnect = 0  # the second silence in a row ends a TCP connection
        self.response_future.cancel()  # nobody waits yet
        self._place = place
        self._heard = b""

    async def open(self) -> None:
        """Connects; raises what the operating system says."""
        if isinstance(self._place, TcpPlace):
            await self.call_create()
            return
        place = self._place
        transport = SerialTransport(self.loop, self, place.path, place.baud, 8, place.parity, place.stop_bits, 0)
        transport.setup()
        self.transport = transport

    async def ask(self, request: ModbusPDU, within: float) -> ModbusPDU:
        """The answer of the unit, which may be an exception response.

        Raises:
            Fault: the connection was lost, or no answer came, or something that is none.
        """
        self.comm_params.timeout_connect = within
        self._heard = b""
        try:
            return await self.execute(False, request)
        except ModbusIOException:
            raise self._unanswered(within) from None

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if len(self._heard) > _LONGEST:
            self._fail(Garbled(f"bytes come without end; received {_hex(self._heard)}"))
            self.close()  # what nobody reads costs nothing; the next question opens the line again
        else:
            super().data_received(data)

    def callback_data(self, data: bytes, addr: tuple[Any, ...] | None = None) -> int:
        try:
            return super().callback_data(data, addr)
        except ModbusException:
            self._fail(Garbled(f"received {_hex(data)}, which cannot be decoded"))
            return len(data)

    def callback_disconnected(self, exc: Exception | None) -> None:
        super().callback_disconnected(exc)
        self._fail(Unreachable(f"the connection was lost ({exc or 'closed by the other side'})"))

    def close(self, reconnect: bool = False) -> None:
        self._fail(Unreachable("the connection was closed"))
        super().close(reconnect)

    def _fail(self, fault: Fault) -> None:
        if not self.response_future.done():
            self.response_future.set_exception(fault)

    def _unanswered(self, within: float) -> Fault:
        silence = f"no answer within {within:g} s"
        if not self._heard:
            return TimedOut(silence)
        _, unit, _, frame = self.framer.decode(self._heard)
        if frame:
            return TimedOut(f"{silence}; an answer of unit {unit} to another request was dropped")
        return Garbled(f"{silence}; received {_hex(self._heard)}, which is none")


def _parameters(place: Place) -> CommParams:
    if isinstance(place, TcpPlace):
        return CommParams(comm_type=CommType.TCP, host=place.host, port=place.port, reconnect_delay=0.0)
    return CommParams(comm_type=CommType.SERIAL, host=place.path, reconnect_delay=0.0)


async def opened(place: Place, within: float) -> ModbusLine:
    """A new connection.

    Raises:
        Unreachable: there is nothing at the place, or it may not be used.
        TimedOut: the connection was not made in time.
    """
    line = ModbusLine(place)
    try:
        async with asyncio.timeout(within):
            await line.open()
    except TimeoutError:
        raise TimedOut(f"{place}: no connection within {within:g} s") from None
    except OSError as error:
        raise Unreachable(f"{place}: {_reason(error)}") from error
    return line


def _hex(data: bytes, most: int = 48) -> str:
    more = len(data) - most
    return data[:most].hex(" ") + (f" and {more} bytes more" if more > 0 else "")


def _reason(error: OSError) -> str:
    """What the system says; asyncio's own text for it names only the address, pyserial's names it twice."""
    if error.errno == errno.EWOULDBLOCK:
        return "another program has the line open"
    if isinstance(error, ConnectionError | SerialException) and error.errno is not None:
        return os.strerror(error.errno)
    return error.strerror or str(error)
