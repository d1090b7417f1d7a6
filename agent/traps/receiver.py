"""The receiver of notifications: a socket, a gate, and what follows from each datagram.

    datagram -> whose address is it?  nobody's: counted, not decoded, not answered
             -> does its sender's bucket have a token?  no: dropped
             -> decoded  accepted: poll that device now, and remember the event;  else: refused or garbled

What strangers and liars send is told seldom, counted always.
"""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any

from agent.events import Event
from agent.faults import Fault, Refused
from agent.traps.counts import RESULTS, Result, TrapCounts
from agent.traps.engine import TrapEngine
from agent.traps.gate import Gate, Seldom
from agent.traps.hints import Hints
from agent.traps.notification import Notification, received, unknown_sender
from agent.traps.senders import Senders, numeric
from agent.traps.settings import TrapSettings

log = logging.getLogger(__name__)

SELDOM = 3600.0  # seconds before the same stranger, or the same trouble of a device, is told again
STRANGERS, TROUBLES = 64, 1000  # told of in that time


class TrapReceiver:
    """Receives for the given devices (name and host); `hint` polls one now, `record` keeps an event."""

    def __init__(
        self,
        settings: TrapSettings,
        devices: Iterable[tuple[str, str]],
        hint: Callable[[str], None],
        record: Callable[[Event], None],
    ) -> None:
        self.port = settings.port
        self._settings = settings
        self._senders = Senders(devices)
        self._hints = Hints(hint)
        self._record = record
        self._engine = TrapEngine(settings, self._answer)
        self._gate = Gate(settings.per_second, settings.burst, time.monotonic())
        self._strangers = Seldom(SELDOM, STRANGERS)
        self._troubles = Seldom(SELDOM, TROUBLES)
        self._results: Counter[Result] = Counter()
        self._devices: Counter[str] = Counter()
        self._transport: asyncio.DatagramTransport | None = None
        self._counts: TrapCounts | None = None

    @property
    def counts(self) -> TrapCounts:
        """The counts now; the same object until something comes."""
        if self._counts is None:
            received = {result: self._results[result] for result in RESULTS}
            devices = {name: self._devices[name] for name in self._senders.devices}
            self._counts = TrapCounts(MappingProxyType(received), MappingProxyType(devices))
        return self._counts

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Receives while the context is open, on `port`, which was free where the settings say 0.

        Raises:
            OSError: the address is not to be had.
        """
        self._transport = transport = await self._open()
        self.port = transport.get_extra_info("sockname")[1]
        log.info("notifications are received at %s:%d", self._settings.host, self.port)
        following = asyncio.create_task(self._senders.follow(), name="resolve senders")
        try:
            yield
        finally:
            self._transport = None
            transport.close()
            self._hints.close()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _open(self) -> asyncio.DatagramTransport:
        host, port = self._settings.host, self._settings.port
        try:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Datagrams(self.take), local_addr=(host, port)
            )
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
            raise OSError(f"cannot listen on {host}:{port} ([traps] listen): {why}") from error
        return transport

    def take(self, data: bytes, address: tuple[Any, ...]) -> None:
        """What one datagram brings about."""
        sender = numeric(address[0])
        devices = self._senders.behind(sender)
        if not devices:
            self._count("unknown_sender")
            if self._strangers.is_news(sender, time.monotonic()):
                self._record(unknown_sender(time.time(), sender))
                log.warning("notifications from %s, which is the address of no SNMP device", sender)
        elif not self._gate.admits(sender, time.monotonic()):
            self._count("dropped")
        else:
            self._read(data, address, sender)

    def _read(self, data: bytes, address: tuple[Any, ...], sender: str) -> None:
        try:
            notification = self._engine.read(data, address)
        except Fault as fault:
            result: Result = "refused" if isinstance(fault, Refused) else "garbled"
            self._count(result)
            if self._troubles.is_news(f"{result} {sender}", time.monotonic()):
                log.warning("notifications from %s are %s: %s", sender, result, fault)
            return
        if notification is not None:
            self._accept(notification, sender)

    def _accept(self, notification: Notification, sender: str) -> None:
        self._count("accepted")
        for device in self._senders.behind(sender):
            self._devices[device] += 1
            self._hints.give(device)
            self._record(received(time.time(), device, sender, notification))

    def _count(self, result: Result) -> None:
        self._results[result] += 1
        self._counts = None

    def _answer(self, data: bytes, address: tuple[Any, ...]) -> None:
        if self._transport is not None:
            with suppress(OSError):  # an answer that cannot be sent is an answer that was lost: the sender asks again
                self._transport.sendto(data, address)


class _Datagrams(asyncio.DatagramProtocol):
    """asyncio hands over one datagram in each round of the loop, so that a flood leaves room for the polls."""

    def __init__(self, take: Callable[[bytes, tuple[Any, ...]], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._take(data, addr)
