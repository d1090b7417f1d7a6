"""How many requests a second several devices get together: each request takes the next free moment.

gufo-snmp has a policer of its own, but that one forgets whom it made wait when several tasks come at once.
"""

import asyncio
import time


class Throttle:
    """Shared by everyone who asks. Has the `wait` that gufo-snmp expects of a policer."""

    def __init__(self, per_second: float) -> None:
        self._step = 1 / per_second
        self._free = 0.0

    async def wait(self) -> None:
        """Returns when the caller may send one request."""
        if delay := self.delay(time.monotonic()):
            await asyncio.sleep(delay)

    def delay(self, now: float) -> float:
        """Seconds from `now` to the moment that is the caller's from here on."""
        mine = max(now, self._free)
        self._free = mine + self._step
        return mine - now
