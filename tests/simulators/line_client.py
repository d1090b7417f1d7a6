"""The far end of a text or serial protocol, byte by byte, over TCP (what is spoken does not depend on the line)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from simulators.devices import Server

ENOUGH = 5.0
SILENCE = 0.2


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, words: bytes) -> None:
        self._writer.write(words)

    async def hear(self, end: bytes) -> bytes:
        return await asyncio.wait_for(self._reader.readuntil(end), ENOUGH)

    async def ask(self, question: bytes, end: bytes) -> bytes:
        self.say(question)
        return await self.hear(end)

    async def hear_all(self, wait: float = SILENCE) -> bytes:
        """What comes until nothing has come for a while."""
        heard = b""
        try:
            while piece := await asyncio.wait_for(self._reader.read(4096), wait):
                heard += piece
        except TimeoutError:
            pass
        return heard


@asynccontextmanager
async def talking(server: Server, *more: Server) -> AsyncIterator[Client]:
    """Opens the servers and one connection to the first."""
    opened: list[Server] = []
    try:
        for each in (server, *more):
            await each.open()
            opened.append(each)
        place = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            yield Client(reader, writer)
        finally:
            writer.close()
    finally:
        for each in opened:
            await each.close()
