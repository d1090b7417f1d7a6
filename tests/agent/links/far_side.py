"""What stands at the far end of a byte stream in tests: a device behind a pseudo-terminal, a TCP serial server, or
pyserial's own RFC 2217 server. What the device does with a request is the test's own."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

import serial
from serial.rfc2217 import PortManager

Talk = Callable[[bytes, "FarSide"], Awaitable[None]]


@dataclass(slots=True)
class FarSide:
    """The device's end. Keeps the requests, counts connections, and may speak at any time."""

    talk: Talk
    place: str = ""
    transport: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    say: Callable[[bytes], None] = lambda data: None
    hang_up: Callable[[], None] = lambda: None
    port: serial.Serial | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, scheme: str, options: str = "") -> str:
        name = f"{scheme}+{self.transport}" if self.transport else scheme
        return f"{name}://{self.place}{'?' if options else ''}{options}"

    def heard(self, request: bytes) -> None:
        self.requests.append(request)
        task = asyncio.get_running_loop().create_task(self._served(request))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _served(self, request: bytes) -> None:
        with suppress(OSError):  # the near side may have gone meanwhile
            await self.talk(request, self)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def at_tcp(talk: Talk, port: int = 0) -> AsyncIterator[FarSide]:
    """A device behind a serial server that hands the bytes through."""
    far = FarSide(talk, transport="tcp")
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far.connections += 1
        writers.add(writer)
        far.say, far.hang_up = writer.write, writer.close
        with suppress(ConnectionError, asyncio.CancelledError):
            while request := await reader.read(300):
                far.heard(request)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    far.place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield far
    finally:
        await far.end()
        server.close()
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def at_pty(talk: Talk) -> AsyncIterator[FarSide]:
    """A device at the master side of a pseudo-terminal; hanging up is what pulling out the adapter is."""
    master, slave = os.openpty()
    tty.setraw(slave)
    loop = asyncio.get_running_loop()
    far = FarSide(talk, place=os.ttyname(slave), connections=1)
    far.say = lambda data: _written(master, data)
    open_ends = [slave, master]

    def hang_up() -> None:
        loop.remove_reader(master)
        while open_ends:
            os.close(open_ends.pop())

    far.hang_up = hang_up
    loop.add_reader(master, lambda: far.heard(os.read(master, 300)))
    try:
        yield far
    finally:
        await far.end()
        hang_up()


@asynccontextmanager
async def at_rfc2217(talk: Talk) -> AsyncIterator[FarSide]:
    """pyserial's own RFC 2217 server, with the device at its serial port; `port` is how its client set the line."""
    async with at_pty(talk) as far:
        port = far.port = _PortWithoutModemLines(far.place, timeout=0)
        loop = asyncio.get_running_loop()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            manager = PortManager(port, writer)  # type: ignore[arg-type] # typed as ports, but it only needs `write`
            loop.add_reader(port.fileno(), lambda: writer.write(b"".join(manager.escape(port.read(300)))))
            with suppress(ConnectionError, asyncio.CancelledError):
                while data := await reader.read(300):
                    port.write(b"".join(manager.filter(data)))
            loop.remove_reader(port.fileno())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        far.place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        far.transport = "rfc2217"
        async with server:
            yield far
        loop.remove_reader(port.fileno())
        port.close()


class _PortWithoutModemLines(serial.Serial):
    """A pseudo-terminal has no modem lines to read and none to set."""

    cts = dsr = ri = cd = property(lambda self: False)

    def _update_dtr_state(self) -> None:
        pass

    def _update_rts_state(self) -> None:
        pass


def _written(descriptor: int, data: bytes) -> None:
    os.write(descriptor, data)


FAR_SIDES: tuple[Callable[[Talk], AbstractAsyncContextManager[FarSide]], ...] = (at_pty, at_tcp, at_rfc2217)
