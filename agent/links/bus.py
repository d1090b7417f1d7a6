"""Shared lines: several Modbus units on one serial line or behind one gateway use one connection and take turns.

On a serial line an answer does not say which request it answers. So a unit that did not answer in time is not asked
again before its answer can no longer come; other units need not wait, their answers carry another address.
"""

import asyncio
import logging
from weakref import WeakValueDictionary

from pymodbus.pdu import ModbusPDU

from agent.faults import TimedOut, Unreachable
from agent.links.lines import counter_of, one_bus
from agent.links.modbus import ModbusLine, Place, opened

_BUSES: WeakValueDictionary[str, "Bus"] = WeakValueDictionary()


def shared(place: Place) -> "Bus":
    """The bus at a place, the same one for everybody who holds it.

    Raises:
        LineConflictError: others use the line with other settings.
    """
    return one_bus(_BUSES, place, Bus)


class Bus:
    """One line and its turns. It is open while it has users; a connection that was lost is made anew when asked."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._line: ModbusLine | None = None
        self._users: set[object] = set()
        self._turn = asyncio.Lock()
        self._counter = counter_of(place.key)
        self._free_at = 0.0
        self._owed_until: dict[int, float] = {}
        _quieten()

    async def join(self, user: object, within: float) -> None:
        """Becomes a user, and makes sure that the line is there; `within` is in seconds.

        Raises:
            Fault: the line cannot be opened.
        """
        self._users.add(user)
        async with self._turn:
            await self._opened(within)

    def leave(self, user: object) -> None:
        """Is a user no more; the last one closes the line."""
        self._users.discard(user)
        if not self._users:
            self._close()

    async def ask(self, request: ModbusPDU, within: float) -> ModbusPDU:
        """Waits for its turn, sends one request and returns the unit's answer, which may be an exception response.

        `within` is in seconds, for the connection and for the answer each; waiting for the turn does not count.

        Raises:
            Fault: no answer, or none that can be understood.
        """
        await _sleep_until(self._owed_until.get(request.dev_id, 0.0))
        async with self._turn:
            with self._counter.busy():
                return await self._asked(request, within)

    async def _asked(self, request: ModbusPDU, within: float) -> ModbusPDU:
        line = await self._opened(within)
        await _sleep_until(self._free_at)
        self._counter.request()
        try:
            return await line.ask(request, within)
        except BaseException as error:  # also when cancelled: the answer is on its way all the same
            if isinstance(error, TimedOut):
                self._counter.timeout()
            if not self.place.numbered:
                self._counter.resynchronisation()
                self._owed_until[request.dev_id] = _now() + within
            raise
        finally:
            self._free_at = _now() + self.place.gap

    async def _opened(self, within: float) -> ModbusLine:
        if self._users and (self._line is None or not self._line.is_active()):
            self._line = await opened(self.place, within)
        if self._line is None or not self._users:  # never joined, or left while the line was being opened
            self._close()
            raise Unreachable(f"{self.place}: not open")
        return self._line

    def _close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _sleep_until(when: float) -> None:
    if (pause := when - _now()) > 0:
        await asyncio.sleep(pause)


def _quieten() -> None:
    """pymodbus says on its logger what the faults say already; whoever wants to see it sets a level of his own."""
    logger = logging.getLogger("pymodbus")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.CRITICAL)
