"""What a server speaks over: a pseudo-terminal whose other end anybody may open, or a TCP port on loopback.

Both carry the same conversation: bytes come in pieces, `split` takes whole requests off the front of them, `answer`
says what to reply (nothing, for silence), and the reply leaves by the outlet.
"""

import asyncio
import os
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, Protocol

from simulators.mishaps import Outlet
from simulators.servers.pty import open_pty

LOOPBACK: Final = "127.0.0.1"
LONGEST_REQUEST: Final = 4096
BITS_PER_BYTE: Final = 10  # start, eight of data, stop
Split = Callable[[bytearray], Iterator[bytes]]
Answer = Callable[[bytes], bytes]


class Conversation(asyncio.Protocol):
    """One client's, or everybody's on a serial line."""

    def __init__(self, split: Split, answer: Answer, outlet: Outlet, seconds_per_byte: float = 0.0) -> None:
        self.outlet = outlet
        self._split = split
        self._answer = answer
        self._seconds_per_byte = seconds_per_byte
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # always one that can be written to

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for request in self._split(self._buffer):
            self.take(request)
        del self._buffer[:-LONGEST_REQUEST]

    def take(self, request: bytes) -> None:
        self.say(self._answer(request))

    def say(self, reply: bytes) -> None:
        if reply:
            self.outlet.deliver(reply, self._send, len(reply) * self._seconds_per_byte)

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Line(Protocol):
    def url(self, protocol: str) -> str: ...
    async def open(self, converse: Callable[[], asyncio.Protocol]) -> None: ...
    async def close(self) -> None: ...


class PtyLine:
    """The far end is held open too: a line does not end when a client leaves."""

    def __init__(self) -> None:
        self._path = ""
        self._end: _NearEnd | None = None

    def url(self, protocol: str) -> str:
        return f"{protocol}://{self._path}"

    async def open(self, converse: Callable[[], asyncio.Protocol]) -> None:
        self._end = _NearEnd(converse(), self._path)
        self._path = self._end.path

    async def close(self) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None


class _NearEnd(asyncio.Transport):
    def __init__(self, protocol: asyncio.Protocol, path: str) -> None:
        super().__init__()
        self._near, self._far = open_pty(path)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._protocol = protocol
        self._open = True
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._near, self._read)
        protocol.connection_made(self)

    def _read(self) -> None:
        self._protocol.data_received(os.read(self._near, 1024))

    def write(self, data: bytes) -> None:  # type: ignore[override]
        with suppress(BlockingIOError):  # nobody reads: bytes on a real line are lost too
            os.write(self._near, data)

    def is_closing(self) -> bool:
        return not self._open

    def close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._near)
            os.close(self._near)
            os.close(self._far)
            self._protocol.connection_lost(None)


class TcpLine:
    """`serial`: what is spoken here is a serial line's protocol, as behind a serial server."""

    def __init__(self, serial: bool = False) -> None:
        self.port = 0
        self._suffix = "+tcp" if serial else ""
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    def url(self, protocol: str) -> str:
        return f"{protocol}{self._suffix}://{LOOPBACK}:{self.port}"

    async def open(self, converse: Callable[[], asyncio.Protocol]) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Guest(converse(), self._transports), LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for transport in list(self._transports):
            transport.abort()  # type: ignore[attr-defined]  # sockets' transports have it
        await self._server.wait_closed()
        await asyncio.sleep(0)  # aborted transports close their sockets in the next turn
        self._server = None


class _Guest(asyncio.Protocol):
    """A conversation by TCP, known to its line so that nobody is left connected to a server that is gone."""

    def __init__(self, protocol: asyncio.Protocol, transports: set[asyncio.BaseTransport]) -> None:
        self._protocol = protocol
        self._transports = transports
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transports.add(transport)
        self._protocol.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._protocol.data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is not None:
            self._transports.discard(self._transport)
        self._protocol.connection_lost(error)


def until(end: bytes) -> Split:
    """Requests that end with this byte; carriage returns and line feeds around them are not part of them."""

    def split(buffer: bytearray) -> Iterator[bytes]:
        while (at := buffer.find(end)) >= 0:
            request = bytes(buffer[:at])
            del buffer[: at + 1]
            yield request.strip(b"\r\n")

    return split


def bytewise(buffer: bytearray) -> Iterator[bytes]:
    """Each byte is a request."""
    received = bytes(buffer)
    buffer.clear()
    for byte in received:
        yield bytes([byte])
