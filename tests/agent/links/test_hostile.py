"""Lines that do their worst: they take nothing, babble without end, or come back as another port."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from pymodbus.pdu.register_message import ReadInputRegistersRequest

from agent.faults import Fault, Garbled, TimedOut
from agent.links.bus import shared
from agent.links.lines import SerialLine, Settings, TcpLine
from agent.links.modbus import RtuTcpPlace, SerialPlace, TcpPlace
from agent.links.stream import shared_stream
from tests.agent.links.far_side import FarSide, at_pty
from tests.peers import poll_until

SETTINGS = Settings(2400)
ENOUGH = 1 << 14  # writes that fill the system's buffers of a port many times over
FOREVER = 1 << 26  # bytes


def line_end(data: bytes) -> int | None:
    return data.find(b"\r") + 1 or None


async def silent(request: bytes, far: FarSide) -> None: ...


async def answering(request: bytes, far: FarSide) -> None:
    far.say(b"yes\r")


@asynccontextmanager
async def flood(chunk: bytes) -> AsyncIterator[tuple[int, Callable[[], Awaitable[int]]]]:
    """A serial server that sends for as long as somebody reads; its port, and how many connections it still has."""
    serving = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal serving
        serving += 1
        with suppress(ConnectionError, asyncio.CancelledError):
            for _ in range(FOREVER // len(chunk)):
                writer.write(chunk)
                await writer.drain()
        writer.close()
        serving -= 1

    async def open_still() -> int:
        return serving

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], open_still


def fill(port: int) -> None:
    """Writes into a port until it takes no more."""
    os.set_blocking(port, False)
    with suppress(BlockingIOError):
        for _ in range(ENOUGH):
            os.write(port, b"x" * 64)


def test_a_port_that_takes_no_more_bytes_is_a_silence_and_does_not_hold_the_loop() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)

    async def story() -> None:
        bus = shared_stream(SerialLine(os.ttyname(slave), SETTINGS))
        await bus.join("me", 5.0)
        fill(slave)
        async with bus.turn("test"):
            with pytest.raises(TimedOut, match="takes no more bytes"):
                await bus.ask(b"Q1\r", line_end, 5.0)
        bus.leave("me")

    try:
        asyncio.run(story())
    finally:
        os.close(slave)
        os.close(master)


def test_a_stream_that_babbles_without_end_is_let_go() -> None:
    async def story() -> None:
        async with flood(b"!" * 4096) as (port, open_still):
            bus = shared_stream(TcpLine("127.0.0.1", port))
            await bus.join("me", 5.0)
            async with bus.turn("test"):
                with pytest.raises(Garbled, match="without end"):
                    await bus.ask(b"Q1\r", line_end, 5.0)
            await poll_until(open_still, lambda count: count == 0, deadline=10.0)
            bus.leave("me")

    asyncio.run(story())


@pytest.mark.parametrize("kind", [TcpPlace, RtuTcpPlace])
def test_a_modbus_line_that_babbles_without_end_is_let_go(kind: type[TcpPlace]) -> None:
    async def story() -> None:
        async with flood(b"\0" * 4096) as (port, open_still):
            bus = shared(kind("127.0.0.1", port))
            with suppress(Fault):
                await bus.join("me", 5.0)
            with pytest.raises(Fault) as trouble:
                await bus.ask(ReadInputRegistersRequest(address=1, count=2, dev_id=1), 5.0)
            await poll_until(open_still, lambda count: count == 0, deadline=10.0)
            bus.leave("me")
            assert len(str(trouble.value)) < 400

    asyncio.run(story())


def test_an_adapter_may_come_back_as_another_port_under_the_same_name(tmp_path: Path) -> None:
    name = tmp_path / "usb-adapter"

    async def story() -> None:
        async with at_pty(answering) as first, at_pty(answering) as second:
            name.symlink_to(first.place)
            bus = shared_stream(SerialLine(str(name), SETTINGS))
            assert shared_stream(SerialLine(first.place, SETTINGS)) is bus
            await bus.join("me", 5.0)
            first.hang_up()
            name.unlink()
            name.symlink_to(second.place)
            async with bus.turn("test"):
                with suppress(Fault):
                    await bus.ask(b"Q1\r", line_end, 5.0)
            async with bus.turn("test"):
                assert b"yes\r" == await bus.ask(b"Q1\r", line_end, 5.0)
            bus.leave("me")

    asyncio.run(story())


def test_a_modbus_adapter_may_come_back_as_another_port_under_the_same_name(tmp_path: Path) -> None:
    name = tmp_path / "usb-adapter"
    request = ReadInputRegistersRequest(address=1, count=2, dev_id=1)

    async def story() -> None:
        async with at_pty(silent) as first, at_pty(silent) as second:
            name.symlink_to(first.place)
            bus = shared(SerialPlace(str(name), 9600, "N", 1))
            assert shared(SerialPlace(first.place, 9600, "N", 1)) is bus
            await bus.join("me", 5.0)
            first.hang_up()
            name.unlink()
            name.symlink_to(second.place)
            for _ in range(2):
                with suppress(Fault):
                    await bus.ask(request, 0.2)
            bus.leave("me")
            assert second.requests

    asyncio.run(story())
