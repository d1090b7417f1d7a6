"""Shared byte streams: serial protocols that ask and answer, one question at a time on each line.

    async with bus.turn(user):                              nobody else speaks until the block ends
        reply = await bus.ask(b"Q1\\r", ends, within=1.0)    -> Q1\\r   <- (208.4 140.0 ...\\r

`ends` says how long the complete reply at the beginning of some bytes is, or None while there is more to come; it may
raise a fault when no reply begins like that. What came before a question is dropped. After a timeout or a garbled
reply nothing is asked until the line has been quiet, so that the rest of an answer is not taken for the next one.
Bytes that come while nothing was asked are handed to those users who want them. A line that was lost (an adapter
pulled out, a serial server restarted) is opened again by the next question.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from agent.faults import Fault, Garbled, TimedOut, Unreachable, shown
from agent.links.lines import SerialLine, StreamPlace, counter_of, one_bus
from agent.links.ports import Port, opened
from agent.links.turns import Turns

Ends = Callable[[bytes], int | None]
Unasked = Callable[[bytes], None]

QUIET = (
    0.1  # seconds of silence after which the rest of an answer no longer comes; serial servers hold bytes back a bit
)
LONGEST = 8192  # bytes; no reply of a serial protocol is longer
_FLOOD = 8 * LONGEST  # bytes since the last question after which a line that never ends is let go
_SILENCES = 3  # questions without a single byte in return after which a network connection is made anew

_BUSES: WeakValueDictionary[str, "StreamBus"] = WeakValueDictionary()


def shared_stream(place: StreamPlace) -> "StreamBus":
    """The bus at a place, the same one for everybody who holds it.

    Raises:
        LineConflictError: others use the line with other settings.
    """
    return one_bus(_BUSES, place, StreamBus)


class StreamBus:
    """One line and its turns. It is open while it has users."""

    def __init__(self, place: StreamPlace) -> None:
        self.place = place
        self._port: Port | None = None
        self._ear: _Ear | None = None
        self._users: dict[object, Unasked | None] = {}
        self._turns = Turns()
        self._counter = counter_of(place.key)
        self._question: _Question | None = None
        self._quiet_at = 0.0  # when the line can be believed again, by the loop's clock
        self._silences = 0
        self._surplus = 0  # bytes since the last question that belong to no answer

    async def join(self, user: object, within: float, unasked: Unasked | None = None) -> None:
        """Becomes a user, and makes sure that the line is there; `within` is in seconds.

        Raises:
            Fault: the line cannot be opened.
        """
        self._users[user] = unasked
        async with self._turns.of(user):
            await self._opened(within)

    def leave(self, user: object) -> None:
        """Is a user no more; the last one closes the line."""
        self._users.pop(user, None)
        if not self._users:
            self._close(Unreachable("the line was closed"))

    @asynccontextmanager
    async def turn(self, user: object) -> AsyncIterator[None]:
        """Waits until nobody else uses the line; in the block it is the user's."""
        async with self._turns.of(user):
            with self._counter.busy():
                yield

    async def ask(self, request: bytes, ends: Ends, within: float, quiet: float = QUIET) -> bytes:
        """Sends a request and returns the complete reply. Only inside a turn.

        `within` is in seconds, for the connection and for the reply each. `quiet` is how long the line must have been
        silent, if this fails, before it is used again: longer where a reply does not say what it answers.

        Raises:
            Fault: no reply, or none that can be understood; it says what was asked and what came.
        """
        if self._question is not None or not self._turns.held:
            raise RuntimeError("asked outside a turn")
        port = await self._settled(within)
        question = self._question = _Question(ends)
        self._surplus = 0
        self._counter.request()
        try:
            port.write(request)
            return await question.answered(within)
        except Fault as fault:
            self._blame(fault, quiet)
            raise type(fault)(f"{self.place}, asked {shown(request)}: {fault}") from None
        except BaseException:  # cancelled: the answer is on its way all the same
            self.distrust(quiet)
            raise
        finally:
            self._question = None

    def distrust(self, quiet: float = QUIET) -> None:
        """What comes next may belong to an earlier question: the line must be silent for so many seconds first."""
        self._counter.resynchronisation()
        self._quiet_at = max(self._quiet_at, _now() + quiet)

    def _blame(self, fault: Fault, quiet: float) -> None:
        if isinstance(fault, Unreachable):
            return
        self.distrust(quiet)
        if isinstance(fault, TimedOut):
            self._counter.timeout()
            self._silences += 1
            if self._silences >= _SILENCES and not isinstance(self.place, SerialLine):
                self._close(fault)  # the other end may have restarted without a word

    async def _settled(self, within: float) -> Port:
        """The line, quiet and open."""
        latest = max(_now(), self._quiet_at) + within
        while (pause := self._quiet_at - _now()) > 0:
            if _now() > latest:
                raise Garbled(f"{self.place}: bytes come without end and without being asked for")
            await asyncio.sleep(pause)
        for _ in range(2):  # in two rounds the loop reads what has come already
            await asyncio.sleep(0)
        return await self._opened(within)

    async def _opened(self, within: float) -> Port:
        if self._users and self._port is None:
            ear = _Ear(self)
            port = await opened(self.place, ear, within)
            if ear.deaf:
                raise Unreachable(f"{self.place}: closed by the other side at once")
            self._ear, self._port, self._silences = ear, port, 0
        if self._port is None or not self._users:  # never joined, or left while the line was being opened
            self._close(Unreachable("the line was closed"))
            raise Unreachable(f"{self.place}: not open")
        return self._port

    def _close(self, fault: Fault) -> None:
        port, ear, self._port, self._ear = self._port, self._ear, None, None
        if port is not None and ear is not None:
            ear.deaf = True
            port.close()
        if self._question is not None:
            self._question.fail(fault)

    def heard(self, data: bytes) -> None:
        """Takes bytes from the line: a reply's, an earlier reply's, or nobody's."""
        self._silences = 0
        if self._question is not None:
            data = self._question.take(data)
        if not data:
            return
        self._surplus += len(data)
        if self._surplus > _FLOOD:
            self._close(Garbled("bytes come without end"))  # what nobody reads costs nothing
            return
        if _now() < self._quiet_at:
            self._quiet_at = max(self._quiet_at, _now() + QUIET)
            return
        for unasked in list(self._users.values()):
            if unasked is not None:
                unasked(data)

    def lost(self, error: Exception | None) -> None:
        """The line is gone."""
        self._close(Unreachable(f"the line was lost ({error or 'closed by the other side'})"))


class _Question:
    """One question, and what came for it."""

    def __init__(self, ends: Ends) -> None:
        self.heard = b""
        self._ends = ends
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def answered(self, within: float) -> bytes:
        try:
            async with asyncio.timeout(within):
                return await self._answer
        except TimeoutError:
            if not self.heard:
                raise TimedOut(f"no answer within {within:g} s") from None
            raise Garbled(f"no complete answer within {within:g} s; received {shown(self.heard)}") from None

    def take(self, data: bytes) -> bytes:
        """Takes what belongs to the reply and returns what came behind it."""
        if self._answer.done():
            return data
        already = len(self.heard)
        self.heard += data[: LONGEST + 1 - already]
        try:
            length = self._ends(self.heard)
            if length is None and len(self.heard) > LONGEST:
                raise Garbled(f"an answer without end; received {shown(self.heard)}")
        except Fault as fault:
            self.fail(fault)
            return b""
        if length is None:
            return b""
        self._answer.set_result(self.heard[:length])
        return data[length - already :]

    def fail(self, fault: Fault) -> None:
        if not self._answer.done():
            self._answer.set_exception(fault)


class _Ear(asyncio.Protocol):
    """Listens to one connection of a bus until that has ended or was closed."""

    def __init__(self, bus: StreamBus) -> None:
        self._bus = bus
        self.deaf = False

    def data_received(self, data: bytes) -> None:
        if not self.deaf:
            self._bus.heard(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.deaf:
            self.deaf = True
            self._bus.lost(exc)


def _now() -> float:
    return asyncio.get_running_loop().time()
