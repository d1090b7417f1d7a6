"""APC Smart-UPS on serial lines, asked in the protocol of agent/wire/apc_smart.py.

    -> Y   <- SM                       before everything else, and after every poll
    -> a   <- 3.!$%+?=#|.ABCLQ...      what this unit knows; a unit that does not know `a` is asked for the least
    -> Q   <- 08   -> L   <- 230.1     and so on
           <- !                        the line failed: polled at once

An answer does not say what it answers. So each poll ends with Y: if SM comes, no answer before it was one too late.
After a silence the line must be quiet as long again, and the next poll begins with Y too.
"""

from contextlib import suppress

from agent.address import Address
from agent.drivers.apc_smart_points import questions_for, read
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.lines import stream_of
from agent.faults import Fault, Garbled, Refused, TimedOut
from agent.links.lines import Settings
from agent.links.stream import StreamBus
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.wire import apc_smart as wire

_LINE = Settings(baud=2400)
_LEAST = frozenset("QCPLOfB")  # what every unit since the first has known
_ATTEMPTS = 3  # to enter smart mode: a unit may be busy with its front panel
_NO_NEWS = "|"  # a setting was changed


def connect(address: Address, surroundings: Surroundings) -> "ApcSmartDriver":
    """The driver of an apc-smart address.

    Raises:
        AddressError: an option is wrong, or the line is in use with other settings.
    """
    return ApcSmartDriver(stream_of(address, _LINE), surroundings)


class ApcSmartDriver:
    """Reads the UPS at the end of a line."""

    def __init__(self, bus: StreamBus, surroundings: Surroundings) -> None:
        self._bus = bus
        self._timeout = surroundings.timeout
        self._news = surroundings.news
        self._known: frozenset[str] = frozenset()
        self._in_step = False

    async def open(self) -> Identity:
        await self._bus.join(self, self._timeout, lambda data: self._told(wire.alerts_in(data)))
        async with self._bus.turn(self):
            await self._enter()
            self._known = await self._offered()
            return Identity(
                "ups",
                vendor="APC",
                model=await self._text(wire.MODEL),
                serial=await self._text("n"),
                firmware=await self._text("b") or await self._text("V"),
                profile="apc-smart",
                name=await self._text("c"),
            )

    async def poll(self, groups: frozenset[Group]) -> Answer:
        async with self._bus.turn(self):
            if not self._in_step:
                await self._enter()
            self._in_step = False
            values = {question: await self._asked(question) for question in questions_for(groups)}
            await self._ask("Y")
            self._in_step = True
        return read(values, groups)

    async def close(self) -> None:
        self._bus.leave(self)

    async def _enter(self) -> None:
        """Makes sure that the unit is in smart mode and in step with us."""
        for _ in range(_ATTEMPTS - 1):
            with suppress(TimedOut, Garbled):
                await self._ask("Y")
                return
        await self._ask("Y")

    async def _offered(self) -> frozenset[str]:
        """The questions that the unit knows."""
        try:
            return wire.questions_in(str(await self._ask("a"))) | {"Q"}
        except (Refused, TimedOut):
            return _LEAST | {wire.MODEL, "b", "V", "n"}

    async def _asked(self, question: str) -> int | str | None:
        """The answer; None where the unit has none, which it is not asked again for until it is opened anew."""
        if question not in self._known:
            return None
        try:
            return await self._ask(question)
        except Refused:
            self._known -= {question}
            return None

    async def _text(self, question: str) -> str:
        """A text of a unit's identity; an old unit may say nothing at all to a question it does not know."""
        try:
            return str(await self._asked(question) or "").strip()
        except TimedOut:
            self._known -= {question}
            return ""

    async def _ask(self, question: str) -> int | str:
        answer = await self._bus.ask(wire.request(question), wire.ends, self._timeout, quiet=self._timeout)
        try:
            reply = wire.parse(question, answer)
        except Fault as fault:
            if isinstance(fault, Garbled):
                self._bus.distrust(self._timeout)  # it may have been the late answer to another question
            raise type(fault)(f"{self._bus.place}: {fault}") from None
        self._told(reply.alerts)
        return reply.value

    def _told(self, alerts: str) -> None:
        if alerts.strip(_NO_NEWS):
            self._news()
