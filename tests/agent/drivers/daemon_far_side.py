"""A daemon of the tests' own: answers questions over TCP, keeps them, and misbehaves when told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Daemon:
    """`answer` turns a question into the bytes of its reply; the flags spoil what is sent."""

    answer: Callable[[bytes], bytes]
    port: int = 0
    silent: bool = False
    drip: float = 0.0  # seconds before each byte
    half: bool = False  # half of a reply, then the connection is closed
    closes: bool = False  # closes before the reply
    questions: list[bytes] = field(default_factory=list)
    connections: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def hang_up(self) -> None:
        """Closes every connection, as a daemon that restarts does."""
        for writer in self.writers:
            writer.close()

    async def reply(self, question: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answers, well or badly; false where the connection is to be closed."""
        self.questions.append(question)
        reply = self.answer(question)
        if self.silent:
            return True
        if self.closes:
            return False
        if self.half:
            writer.write(reply[: len(reply) // 2])
            return False
        for byte in reply if self.drip else ():
            writer.write(bytes([byte]))
            await asyncio.sleep(self.drip)
        if not self.drip:
            writer.write(reply)
        return True


@asynccontextmanager
async def daemon(answer: Callable[[bytes], bytes], framed: bool = False, port: int = 0) -> AsyncIterator[Daemon]:
    """Listens on a port; questions are lines, or `framed` by a length of two bytes."""
    far = Daemon(answer)
    tasks: set[asyncio.Task[None]] = set()

    async def question(reader: asyncio.StreamReader) -> bytes:
        if not framed:
            return await reader.readuntil(b"\n")
        return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far.connections += 1
        far.writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            while await far.reply(await question(reader), writer):
                pass
        far.writers.discard(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    far.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield far
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
