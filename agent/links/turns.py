"""Turns on a shared line. Who answered the last time goes before who did not, so that the dead cost the living little;
who has waited for long goes first, so that nobody is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agent.faults import TimedOut

LONGEST = 5.0  # seconds that one who did not answer waits behind those who do


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    user: object
    since: float
    granted: asyncio.Future[None]


class Turns:
    """One at a time; `held` while somebody has the turn."""

    def __init__(self) -> None:
        self.held = False
        self._waiting: list[_Waiting] = []
        self._silent: set[object] = set()

    @asynccontextmanager
    async def of(self, user: object) -> AsyncIterator[None]:
        """Waits for the user's turn; the block is the turn."""
        await self._take(user)
        try:
            yield
            self._silent.discard(user)
        except TimedOut:
            self._silent.add(user)
            raise
        finally:
            self._pass_on()

    def forget(self, user: object) -> None:
        self._silent.discard(user)

    async def _take(self, user: object) -> None:
        if not self.held:
            self.held = True
            return
        loop = asyncio.get_running_loop()
        mine = _Waiting(user, loop.time(), loop.create_future())
        self._waiting.append(mine)
        try:
            await mine.granted
        except asyncio.CancelledError:
            if not mine.granted.cancelled():  # the turn came in the same moment
                self._pass_on()
            elif mine in self._waiting:
                self._waiting.remove(mine)
            raise

    def _pass_on(self) -> None:
        for gone in [waiting for waiting in self._waiting if waiting.granted.cancelled()]:
            self._waiting.remove(gone)  # it does not know yet
        self.held = bool(self._waiting)
        if self._waiting:
            chosen = self._chosen(asyncio.get_running_loop().time())
            self._waiting.remove(chosen)
            chosen.granted.set_result(None)

    def _chosen(self, now: float) -> _Waiting:
        first = self._waiting[0]
        if now - first.since >= LONGEST:
            return first
        return next((waiting for waiting in self._waiting if waiting.user not in self._silent), first)
