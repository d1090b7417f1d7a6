"""Opens byte streams: serial ports, and serial servers over TCP, raw or by RFC 2217.

All three feed an asyncio protocol and take bytes to send. A serial port is pyserial's, read when the loop says that
it is readable: closing it is then over when `close` returns, so that its lock is free for whoever opens it next, which
is why no library's transport is used. pyserial's RFC 2217 client blocks, so a thread of its own reads it. Whatever may
block (opening a port of a dead adapter, a telnet negotiation) does so in a daemonic thread.
"""

import asyncio
import errno
import os
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

import serial
from serial.rfc2217 import Serial as Rfc2217Serial

from agent.faults import TimedOut, Unreachable
from agent.links.lines import Rfc2217Line, SerialLine, Settings, StreamPlace, TcpLine

P = TypeVar("P", serial.Serial, Rfc2217Serial)

_READ_AT_ONCE = 1024
_LOOK_UP = 0.1  # seconds after which the thread of an RFC 2217 line looks whether it shall end


class Port(Protocol):
    """An open line. What comes goes to the protocol that it was opened for, and so does its end."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


async def opened(place: StreamPlace, ear: asyncio.Protocol, within: float) -> Port:
    """A new connection to a place.

    Raises:
        Unreachable: there is nothing at the place, or it may not be used.
        TimedOut: it was not open in time.
    """
    try:
        async with asyncio.timeout(within):
            return await _opened(place, ear)
    except TimeoutError:
        raise TimedOut(f"{place}: not open within {within:g} s") from None
    except (OSError, ValueError, termios.error) as error:  # ValueError: settings that a port cannot have
        raise Unreachable(f"{place}: {_reason(error)}") from error


async def _opened(place: StreamPlace, ear: asyncio.Protocol) -> Port:
    if isinstance(place, TcpLine):
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: ear, place.host, place.port)
        return transport
    if isinstance(place, SerialLine):
        return SerialPort(await _made_aside(lambda: _serial(place)), ear)
    return Rfc2217Port(await _made_aside(lambda: _rfc2217(place)), ear)


class SerialPort:
    """A serial port that is read when the loop says that something has come."""

    def __init__(self, port: serial.Serial, ear: asyncio.Protocol) -> None:
        self._port = port
        self._ear = ear
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(port.fileno(), self._read)

    def write(self, data: bytes) -> None:
        """Questions are far shorter than a port's own buffer, so they are not buffered here.

        pyserial's own `write` tries for ever where that buffer is full.

        Raises:
            TimedOut: the port takes nothing more: what it was given is not on the line yet.
        """
        try:
            taken = os.write(self._port.fileno(), data)
        except BlockingIOError:
            taken = 0
        except OSError as error:
            self._lost(error)
            return
        if taken < len(data):
            self._drop_unsent()
            raise TimedOut("the port takes no more bytes; what it was given is held back")

    def close(self) -> None:
        if self._port.is_open:
            self._loop.remove_reader(self._port.fileno())
            self._drop_unsent()  # or the kernel may wait half a minute for it to be sent
            self._port.close()

    def _drop_unsent(self) -> None:
        with suppress(OSError, termios.error):
            self._port.reset_output_buffer()

    def _read(self) -> None:
        try:
            data = self._port.read(_READ_AT_ONCE)
        except OSError as error:  # also when it is readable and there is nothing: the adapter was pulled out
            self._lost(error)
        else:
            self._ear.data_received(data)

    def _lost(self, error: OSError) -> None:
        self.close()
        self._ear.connection_lost(error)


class Rfc2217Port:
    """pyserial's RFC 2217 client, read by a thread, which also closes it."""

    def __init__(self, port: Rfc2217Serial, ear: asyncio.Protocol) -> None:
        self._port = port
        self._ear = ear
        self._loop = asyncio.get_running_loop()
        self._closing = threading.Event()
        threading.Thread(target=self._read, name="rfc2217", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Blocks only while the socket's buffer is full; questions are too short and too few for that."""
        try:
            self._port.write(data)
        except OSError as error:
            self.close()
            self._ear.connection_lost(error)

    def close(self) -> None:
        self._closing.set()

    def _read(self) -> None:
        error: OSError | None = None
        try:
            while not self._closing.is_set():
                data = self._port.read(max(1, self._port.in_waiting))
                if data:
                    self._tell(self._ear.data_received, data)
        except OSError as trouble:
            error = trouble
        finally:
            self._tell(self._ear.connection_lost, error)
            self._port.close()

    def _tell(self, hear: Callable[..., None], what: object) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(hear, what)


def _serial(place: SerialLine) -> serial.Serial:
    port = serial.Serial(timeout=0, write_timeout=0, exclusive=True)
    port.port = place.path
    _set(port, place.settings)
    port.open()
    return port


def _rfc2217(place: Rfc2217Line) -> Rfc2217Serial:
    port = Rfc2217Serial(timeout=_LOOK_UP)
    port.port = f"rfc2217://{place.key}"
    _set(port, place.settings)
    port.open()
    return port


def _set(port: serial.SerialBase, settings: Settings) -> None:
    port.baudrate = settings.baud
    port.bytesize = settings.data_bits
    port.parity = settings.parity
    port.stopbits = settings.stop_bits
    port.dtr = settings.dtr
    port.rts = settings.rts


async def _made_aside(make: Callable[[], P]) -> P:
    """Opens a port in a thread; one that opens when nobody waits any more is closed again."""
    loop = asyncio.get_running_loop()
    wanted: asyncio.Future[P] = loop.create_future()

    def settle(outcome: P | Exception) -> None:
        if isinstance(outcome, Exception):
            if not wanted.cancelled():
                wanted.set_exception(outcome)
        elif wanted.cancelled():
            _close_aside(outcome)
        else:
            wanted.set_result(outcome)

    def work() -> None:
        outcome = _outcome(make)
        try:
            loop.call_soon_threadsafe(settle, outcome)
        except RuntimeError:  # the loop has ended meanwhile
            if not isinstance(outcome, Exception):
                outcome.close()

    threading.Thread(target=work, name="opening a line", daemon=True).start()
    try:
        return await wanted
    except asyncio.CancelledError:
        if not wanted.cancelled() and wanted.exception() is None:  # opened and given up in the same moment
            _close_aside(wanted.result())
        raise


def _outcome(make: Callable[[], P]) -> P | Exception:
    try:
        return make()
    except Exception as error:  # raised again where the port was wanted
        return error


def _close_aside(port: serial.SerialBase) -> None:
    threading.Thread(target=port.close, name="closing a line", daemon=True).start()


def _reason(error: Exception) -> str:
    """What the system says; the texts of asyncio and pyserial repeat the address before it."""
    number = getattr(error, "errno", None)
    if number == errno.EWOULDBLOCK:
        return "another program has locked the line"
    return os.strerror(number) if number else str(error)
