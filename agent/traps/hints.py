"""From notifications to polls: at once, but a chatty card is not asked faster than it can bear."""

import asyncio
import math
from collections.abc import Callable

GAP = 0.2  # seconds between polls of one device that notifications cause


class Hints:
    """A hint polls its device at once, or `gap` seconds after the last poll that a hint caused."""

    def __init__(self, poll_now: Callable[[str], None], gap: float = GAP) -> None:
        self._poll_now = poll_now
        self._gap = gap
        self._last: dict[str, float] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    def give(self, device: str) -> None:
        if device in self._waiting:
            return
        loop = asyncio.get_running_loop()
        due = self._last.get(device, -math.inf) + self._gap
        if due <= loop.time():
            self._poll(device, loop.time())
        else:
            self._waiting[device] = loop.call_at(due, self._poll, device, due)

    def close(self) -> None:
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    def _poll(self, device: str, at: float) -> None:
        self._waiting.pop(device, None)
        self._last[device] = at
        self._poll_now(device)
