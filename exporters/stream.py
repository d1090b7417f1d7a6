"""Server-sent events: the snapshot, pushed when it changes.

    GET /api/v1/stream   ->   event: snapshot
                              data: {...}          at once, then at most once a second when the view changed
                              :                    every ten seconds without a change, so that proxies keep the line

All streams follow one beat and send the same bytes. The first event of a stream does not wait for the beat.
"""

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web

from agent.board import Board, View
from exporters.shared import Rendered
from exporters.views import snapshot_json

BEAT: Final = 1.0
PATIENCE: Final = 10.0
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would otherwise hold events back
}
_RETRY = b"retry: 2000\n"  # milliseconds until a browser tries again
_COMMENT = b":\n\n"


def snapshot_event(view: View) -> bytes:
    return b"event: snapshot\ndata: " + snapshot_json(view) + b"\n\n"


class Beat:
    """Numbers the views that streams are told of. Runs only while somebody listens."""

    def __init__(self, board: Board, rendered: Rendered, interval: float = BEAT) -> None:
        self._board = board
        self._rendered = rendered
        self._interval = interval
        self._told: View | None = None
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None
        self.number = 0
        self.event = b""
        self.closed = False

    async def current(self) -> bytes:
        return await self._rendered.get(snapshot_event, snapshot_event)

    async def follow(self, seen: int, patience: float) -> None:
        """Waits until the number is no longer the one seen, or the beat closes, or patience ends."""
        if self.closed or self.number != seen:
            return
        task = self._task = self._task or asyncio.create_task(self._tick())
        await asyncio.wait({task}, timeout=patience)
        if task.done() and not task.cancelled():
            task.result()

    async def close(self) -> None:
        self.closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.sleep(self._due - loop.time())
            if self._board.view is self._told:
                await self._board.changed()
            self._told = self._board.view
            self.event = await self.current()
            self._due = loop.time() + self._interval
            self.number += 1
        finally:
            self._task = None


async def stream(request: web.Request, beat: Beat, patience: float = PATIENCE) -> web.StreamResponse:
    """Answers one listener until it leaves or the server stops."""
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    with suppress(ConnectionResetError):  # a browser that is closed says no goodbye
        await _tell(response, beat, patience)
    return response


async def _tell(response: web.StreamResponse, beat: Beat, patience: float) -> None:
    seen, sent = beat.number, await beat.current()
    await response.write(_RETRY + sent)
    while True:
        await beat.follow(seen, patience)
        if beat.closed:
            return
        number, event = beat.number, beat.event
        if number == seen:
            await response.write(_COMMENT)
            continue
        if event is not sent:
            await response.write(event)
        seen, sent = number, event
