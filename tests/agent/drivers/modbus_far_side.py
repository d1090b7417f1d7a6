"""What stands at the other end of a Modbus line in tests: pymodbus' own servers, and raw ends that misbehave."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.framer import FramerRTU, FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.server.base import ModbusBaseServer
from pymodbus.simulator.simcore import SimCore

COIL, DISCRETE, HOLDING, INPUT = 1, 2, 3, 4  # the function that reads each space

Unit = Mapping[int, Mapping[int, int]]  # reading function -> register -> what stands there
Raw = Callable[[bytes], Awaitable[bytes]]


class Store(SimCore):
    """The units behind a pymodbus server. Keeps every request: unit, function, first register, count."""

    def __init__(self, units: Mapping[int, Unit]) -> None:
        super().__init__([])
        self.units = units
        self.requests: list[tuple[int, int, int, int]] = []

    def device_ids(self) -> list[int]:
        return list(self.units)

    async def async_getValues(  # noqa: N802 - pymodbus' name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        self.requests.append((device_id, func_code, address, count))
        if device_id not in self.units:
            raise NoSuchIdException
        space = self.units[device_id].get(func_code)
        if space is None:
            return ExcCodes.ILLEGAL_FUNCTION
        wanted = range(address, address + count)
        return [space[n] for n in wanted] if all(n in space for n in wanted) else ExcCodes.ILLEGAL_ADDRESS


@asynccontextmanager
async def tcp_server(
    store: Store, port: int = 0, silent_when_missing: bool = True, framer: FramerType = FramerType.SOCKET
) -> AsyncIterator[int]:
    """A pymodbus TCP server, or with RTU frames a serial server; gives its port."""
    server = ModbusTcpServer([], address=("127.0.0.1", port), ignore_missing_devices=silent_when_missing, framer=framer)
    server.context = store
    await server.serve_forever(background=True)
    try:
        assert isinstance(server.transport, asyncio.Server)
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await _shut(server)


@asynccontextmanager
async def rtu_server(store: Store) -> AsyncIterator[str]:
    """A pymodbus RTU server at the far end of a cable; gives the near end's path."""
    with cable() as (near, far):
        server = ModbusSerialServer([], port=far, ignore_missing_devices=True)
        server.context = store
        await server.serve_forever(background=True)
        await asyncio.sleep(0)  # pymodbus sets a serial transport up in the loop's next rounds
        await asyncio.sleep(0)
        try:
            yield near
        finally:
            await _shut(server)


async def _shut(server: ModbusBaseServer) -> None:
    server.close()
    for _ in range(3):
        await asyncio.sleep(0)


@dataclass(slots=True)
class RawEnd:
    """A far end that answers a request's bytes with any bytes. Keeps the requests; counts connections."""

    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    answering: int = 0
    overlaps: int = 0

    async def served(self, request: bytes, answer: Raw) -> bytes:
        self.requests.append(request)
        self.overlaps += self.answering > 0
        self.answering += 1
        try:
            return await answer(request)
        finally:
            self.answering -= 1


@asynccontextmanager
async def raw_tcp(answer: Raw) -> AsyncIterator[tuple[int, RawEnd]]:
    """A TCP server that is no Modbus server; an empty answer closes the connection."""
    end = RawEnd()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):  # asyncio would log it
            while (request := await reader.read(300)) and (reply := await end.served(request, answer)):
                writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        try:
            yield server.sockets[0].getsockname()[1], end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def raw_rtu(answer: Raw) -> AsyncIterator[tuple[str, RawEnd]]:
    """The master side of a pseudo-terminal. It hears nothing while it is busy with an answer, like a real slave."""
    master, slave = os.openpty()
    tty.setraw(slave)
    end = RawEnd(connections=1)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(request: bytes) -> None:
        reply = await end.served(request, answer)
        os.write(master, reply)

    def readable() -> None:
        request = os.read(master, 300)
        if end.answering:
            end.requests.append(request)
            end.overlaps += 1
        else:
            tasks.add(asyncio.get_running_loop().create_task(serve(request)))

    loop = asyncio.get_running_loop()
    loop.add_reader(master, readable)
    try:
        yield os.ttyname(slave), end
    finally:
        loop.remove_reader(master)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        os.close(slave)
        os.close(master)


@contextmanager
def cable() -> Iterator[tuple[str, str]]:
    """Two serial ports with a cable between: two pseudo-terminals whose master sides are joined in the running loop."""
    loop = asyncio.get_running_loop()
    (near, near_port), (far, far_port) = os.openpty(), os.openpty()
    for port in (near_port, far_port):
        tty.setraw(port)
    loop.add_reader(near, lambda: os.write(far, os.read(near, 300)))
    loop.add_reader(far, lambda: os.write(near, os.read(far, 300)))
    try:
        yield os.ttyname(near_port), os.ttyname(far_port)
    finally:
        for master in (near, far):
            loop.remove_reader(master)
        for end in (near, near_port, far, far_port):
            os.close(end)


def tcp_frame(request: bytes, answer: bytes) -> bytes:
    """The answer (function and data) to a TCP request: same transaction, same unit."""
    return request[:4] + (len(answer) + 1).to_bytes(2, "big") + request[6:7] + answer


def rtu_frame(frame: bytes) -> bytes:
    """Unit, function and data with their CRC."""
    return frame + FramerRTU.compute_CRC(frame).to_bytes(2, "big")


def registers(function: int, *values: int) -> bytes:
    """Function and data of an answer with registers."""
    return bytes([function, 2 * len(values)]) + b"".join(value.to_bytes(2, "big") for value in values)
