"""Who is at these addresses? Asks each one who it is, several at once, all of them together under one throttle.

-> GET sysUpTime, sysObjectID, sysDescr, sysName      to a plain address; twice at most while nothing comes back
-> GET one telling object of each profile, the identity objects of the one that fits
-> one poll, where another protocol's URL says what to expect
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from agent.address import Address
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import connect
from agent.drivers.snmp import SnmpDriver
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown, Unreachable
from agent.model.measures import Group
from agent.model.readings import Identity

AT_ONCE = 16  # addresses that are being asked at the same time
_TELLING = (Unknown, Refused, Garbled, TimedOut, Unreachable)  # of several credentials' faults, the first counts


@dataclass(frozen=True, slots=True)
class Attempt:
    """An address with everything needed to ask it; `references` name those of its secrets that have a reference."""

    address: Address
    references: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one address: who answered, or the fault; `attempt` is the one that told."""

    attempt: Attempt
    identity: Identity | None = None
    fault: Fault | None = None


async def discover(
    wanted: Sequence[Sequence[Attempt]], surroundings: Surroundings, told: Callable[[Outcome], None]
) -> Sequence[Outcome]:
    """One outcome for each address, in order; an address may be attempted with several credentials.

    Raises:
        AddressError: an address cannot be used; nothing was sent then.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    connected = [[(a, connect(a.address, surroundings)) for a in attempts] for attempts in wanted]

    async def one(attempts: Sequence[tuple[Attempt, Driver]]) -> Outcome:
        async with gate:
            outcome = await _asked(attempts, surroundings)
            told(outcome)
            return outcome

    return await asyncio.gather(*map(one, connected))


async def _asked(attempts: Sequence[tuple[Attempt, Driver]], surroundings: Surroundings) -> Outcome:
    failed: list[Outcome] = []
    for attempt, driver in attempts:
        try:
            return Outcome(attempt, await _identified(driver, surroundings))
        except Fault as fault:
            failed.append(Outcome(attempt, fault=fault))
            if isinstance(fault, Unknown | Unreachable):
                break  # other credentials would not change this
    return min(failed, key=lambda outcome: _TELLING.index(type(outcome.fault)))


async def _identified(driver: Driver, surroundings: Surroundings) -> Identity:
    try:
        if isinstance(driver, SnmpDriver):
            return await driver.identify()
        if surroundings.throttle is not None:
            await surroundings.throttle.wait()
        identity = await driver.open()
        await driver.poll(frozenset(Group))
        return identity
    finally:
        with suppress(Fault):
            await driver.close()
