"""One SNMP agent on the line: GET in batches that fit the device, and walks of single columns. Read-only.

    -> GET  sysUpTime.0, upsBatteryStatus.0 ...      at most `batch` objects a request
    <- the same objects with values; noSuchObject for what it lacks (v1: an error for the whole request)

gufo-snmp 0.13 hides error-status: tooBig, genErr and v1's noSuchName all arrive as an empty answer, and NULL or
noSuchObject as a missing object. So an empty answer to a batch is halved until it is not, and where it matters
whether an object is absent or the answer was cut, an object known to exist (the anchor) is asked along, last.
It also ends a walk at the first reply that is all NULL, so whoever walks must not rely on a single column; and it
takes no reply of 4 KB or more, so what fails is asked again in smaller portions.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar, cast

from gufo.snmp import SnmpAuthError, SnmpError, SnmpVersion, User
from gufo.snmp.aio import SnmpSession
from gufo.snmp.policer import BasePolicer

from agent.address import Address
from agent.drivers.snmp_user import user_of
from agent.drivers.throttle import Throttle
from agent.faults import Garbled, Refused, TimedOut, Unreachable
from agent.profiles.values import Raw

TRIES = 2  # datagrams get lost; a third try would only delay the news that the device is gone
REPETITIONS = 20  # replies near 4 KB fail in gufo-snmp 0.13: 30 repetitions worked where 40 did not
WALK_LIMIT = 5000  # rows; no machine room has a longer table
T = TypeVar("T")
_VERSIONS = {"1": SnmpVersion.v1, "2c": SnmpVersion.v2c, "3": SnmpVersion.v3}


class SnmpLine:
    """Requests to one agent, one at a time. `batch` shrinks when the device cannot bear it."""

    def __init__(
        self, address: Address, version: str, timeout: float, batch: int, throttle: Throttle | None = None
    ) -> None:
        self._address = address
        self._version = _VERSIONS[version]
        self._user: User | None = user_of(address) if version == "3" else None
        self._timeout = timeout
        self._throttle = throttle
        self._session: SnmpSession | None = None
        self._repetitions = REPETITIONS
        self._understood = False
        self._turn = asyncio.Lock()
        self.batch = batch
        self.requests = 0

    async def open(self) -> None:
        """Resolves the name and, for v3, learns the engine's id and clock."""
        host = await _resolved(self._address.host)
        self._repetitions, self._understood = REPETITIONS, False
        self._session = SnmpSession(
            host,
            port=self._address.port or 161,
            community=self._address.options.get("community", ""),
            version=self._version,
            user=self._user,
            timeout=self._timeout,
            policer=cast("BasePolicer | None", self._throttle),
        )
        if self._user is not None:
            await self._tried(self._session.refresh)

    def close(self) -> None:
        self._session = None

    async def get(self, oids: Sequence[str]) -> dict[str, Raw]:
        """The objects that the device has a value for."""
        return await self._collected(oids, ())

    async def survey(self, oids: Sequence[str], anchor: str) -> dict[str, Raw]:
        """Like `get`, for objects that may not exist, on devices that may cut their answers short.

        An answer without the anchor was cut: what it lacks is asked again, in smaller batches from now on.
        """
        return await self._collected(oids, (anchor,) if anchor and self._version != SnmpVersion.v1 else ())

    async def _collected(self, oids: Sequence[str], anchor: tuple[str, ...]) -> dict[str, Raw]:
        found: dict[str, Raw] = {}
        rest = list(oids)
        while rest:
            size = max(1, self.batch - len(anchor))
            batch, rest = rest[:size], rest[size:]
            found.update(await self._whole(batch, anchor, await self._get([*batch, *anchor])))
        return found

    async def _whole(self, batch: list[str], anchor: tuple[str, ...], answer: dict[str, Raw]) -> dict[str, Raw]:
        """The answer to a batch, and what is to be asked again for it."""
        if not answer and len(batch) > 1:
            return await self._halved(batch, anchor)
        if not answer and anchor:
            return await self._get(batch)
        if answer and (self._version == SnmpVersion.v1 or not answer.keys() >= set(anchor)):
            for missing in self._rest(batch, answer):
                answer |= await self._whole(missing, anchor, await self._get([*missing, *anchor]))
        return answer

    async def _halved(self, batch: list[str], anchor: tuple[str, ...]) -> dict[str, Raw]:
        """The answers to the halves of a batch. Where both come at once, the whole was too big for the device."""
        half = (len(batch) + 1) // 2
        halves = [batch[:half], batch[half:]]
        answers = [await self._get([*part, *anchor]) for part in halves]
        if all(answers):
            self.batch = min(self.batch, half + len(anchor))
        wholes = [await self._whole(part, anchor, answer) for part, answer in zip(halves, answers, strict=True)]
        return wholes[0] | wholes[1]

    def _rest(self, batch: list[str], answer: Mapping[str, Raw]) -> list[list[str]]:
        """What a cut answer lacks, in batches of what the device evidently bears."""
        missing = [oid for oid in batch if oid not in answer]
        if missing:
            self.batch = max(1, len(answer))
        return [missing[n : n + self.batch] for n in range(0, len(missing), self.batch)]

    async def walk(self, column: str) -> dict[str, Raw]:
        """The instances of one column: index -> value. Of an agent that goes round in circles, one round."""
        found: dict[str, Raw] = {}
        await self.explore(column, found, WALK_LIMIT)
        return {oid[len(column) + 1 :]: value for oid, value in found.items()}

    async def explore(self, subtree: str, found: dict[str, Raw], limit: int) -> None:
        """Adds what is under a subtree to `found`, by full OID, until that has `limit` objects.

        Long texts, be they those behind the subtree, make replies that do not arrive whole, so what fails is walked
        again in smaller ones, and everything after it too.

        Raises:
            Fault: not everything could be read; `found` has what could.
        """
        while self._repetitions > 1:
            with suppress(TimedOut, Garbled):
                return await self._tried(partial(self._gather, subtree, self._repetitions, found, limit))
            self._repetitions = max(1, self._repetitions // 5)
        return await self._tried(partial(self._gather, subtree, 1, found, limit))

    async def _gather(self, subtree: str, repetitions: int, found: dict[str, Raw], limit: int) -> None:
        passed: set[str] = set()
        async for oid, value in self._under(subtree, repetitions):
            if oid in passed or len(found) >= limit:
                return
            passed.add(oid)
            found[oid] = value

    def _under(self, subtree: str, repetitions: int) -> AsyncIterator[tuple[str, Raw]]:
        bulk = self._version != SnmpVersion.v1
        return self._opened().getbulk(subtree, repetitions) if bulk else self._opened().getnext(subtree)

    async def _get(self, oids: list[str]) -> dict[str, Raw]:
        try:
            answer = await self._tried(lambda: self._opened().get_many(oids))
        except Garbled:
            if len(oids) == 1 and not self._understood:
                raise
            return {}  # too much for one reply; where it is a single object, this one is too long to arrive
        self._understood = True
        return {oid: value for oid in oids if (value := answer.get(oid)) is not None}

    def _opened(self) -> SnmpSession:
        if self._session is None:
            raise Unreachable(f"{self._address}: not open")
        return self._session

    async def _tried(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Asks up to TRIES times; whatever gufo raises becomes a fault."""
        for _ in range(TRIES):
            self.requests += 1
            try:
                async with self._turn:
                    return await ask()
            except TimeoutError:
                continue
            except SnmpAuthError as error:
                raise Refused(f"{self._address}: the device refuses the user's credentials ({error})") from error
            except SnmpError as error:
                raise Garbled(f"{self._address}: the answer is not SNMP as expected ({error})") from error
            except OSError as error:
                raise Unreachable(f"{self._address}: {error.strerror or error}") from error
        wrong = "user or privacy secret" if self._user else "community"
        raise TimedOut(
            f"{self._address}: no answer within {self._timeout:g} s, asked {TRIES} times"
            f" (device off, or address, port or {wrong} wrong)"
        )


async def _resolved(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise Unreachable(f"{host}: the name cannot be resolved ({error.strerror or error})") from error
    return str(found[0][4][0])
