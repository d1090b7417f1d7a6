"""A server that is closed while its mishap says that it is gone, and opened again where it was."""

import asyncio
from contextlib import suppress
from typing import Final, Protocol

from simulators.mishaps import GONE, Outlet

AGAIN: Final = 0.2  # seconds; somebody may still hold the place


class Server(Protocol):
    outlet: Outlet

    async def open(self) -> None: ...
    async def close(self) -> None: ...


class Plug:
    def __init__(self, server: Server) -> None:
        self._server = server
        self._is_open = False
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """OSError when the server has no place."""
        await self._server.open()
        self._is_open = True
        self.follow()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._server.close()

    def follow(self) -> None:
        """Brings about what the mishap says now, one thing after the other."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while self._is_open == (self._server.outlet.mishap.kind in GONE):
            if self._is_open:
                self._is_open = False
                await self._server.close()
                continue
            try:
                await self._server.open()
            except OSError:
                await asyncio.sleep(AGAIN)
            else:
                self._is_open = True
