"""Questions that may never return, such as the size of a disk behind a dead file server.

asyncio's own thread pool fills up with such questions and waits for them at exit. Here each question has one daemonic
thread at most: one that hangs costs nothing but its own answer.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside(Generic[T]):
    """One blocking question, asked beside the event loop; never a second time while the first still hangs."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._pending: asyncio.Future[T | Exception] | None = None

    async def ask(self, within: float) -> T:
        """The answer, if it comes within that many seconds.

        Raises:
            TimeoutError: it did not come.
            Exception: whatever the question raises.
        """
        if self._pending is None or self._pending.done():
            self._pending = self._started()
        try:
            async with asyncio.timeout(within):
                outcome = await asyncio.shield(self._pending)
        except TimeoutError:
            raise TimeoutError(f"no answer within {within:g} s") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _started(self) -> "asyncio.Future[T | Exception]":
        loop = asyncio.get_running_loop()
        pending: asyncio.Future[T | Exception] = loop.create_future()

        def work() -> None:
            outcome = self._outcome()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(pending.set_result, outcome)

        threading.Thread(target=work, name="aside", daemon=True).start()
        return pending

    def _outcome(self) -> T | Exception:
        try:
            return self._question()
        except Exception as error:  # raised again where it was asked
            return error
