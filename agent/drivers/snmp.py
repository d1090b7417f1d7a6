"""SNMP devices: v1, v2c and v3, read by GET of the objects that the device's profile names and the device has.

open   GET sysUpTime, sysObjectID, sysDescr      -> which profiles
       GET every object of the profiles once, walk their tables' columns -> which of them exist
poll   GET the existing objects of the groups that are due; now and then look for the others again, beside the polls
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence

from agent.address import Address, AddressError, one_of, whole_number
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.snmp_discover import discover
from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_points import Point, Sheet
from agent.drivers.snmp_recognise import Recognised, absolute, recognise
from agent.faults import Garbled
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import snmp_profiles
from agent.profiles.schema import Part, SnmpProfile
from agent.profiles.values import Raw, as_text

REDISCOVER = 600.0  # seconds after which tables and absent objects are looked for again: cards get probes plugged in
BATCH = 30  # objects a request: the answer stays under an Ethernet frame for numbers


def connect(address: Address, surroundings: Surroundings) -> "SnmpDriver":
    """The driver of an snmp:// address.

    Raises:
        AddressError: neither a community nor a user is given, or the profile is not known.
    """
    line = line_of(address, surroundings)
    profile = address.options.get("profile")
    known = snmp_profiles(surroundings.own_profiles)
    if profile is not None and profile not in known:
        raise AddressError(f"unknown profile {profile!r}", f"one of {', '.join(sorted(known))}")
    return SnmpDriver(line, known, profile)


def line_of(address: Address, surroundings: Surroundings, make: Callable[..., SnmpLine] = SnmpLine) -> SnmpLine:
    """The line to an snmp:// address, not open yet.

    Raises:
        AddressError: neither a community nor a user is given, or an option is wrong.
    """
    version = one_of(address, "version", "3" if "user" in address.options else "2c", ("1", "2c", "3"))
    if version != "3" and not address.options.get("community"):
        raise AddressError(
            f"no community for {address}",
            "?community=, --community or a secret (there is no default), or a user for SNMPv3",
        )
    batch = whole_number(address, "batch", BATCH, 1, 100)
    return make(address, version, surroundings.timeout, batch, surroundings.throttle)


class SnmpDriver:
    """Reads one SNMP agent."""

    def __init__(
        self, line: SnmpLine, known: Mapping[str, SnmpProfile], forced: str | None, rediscover: float = REDISCOVER
    ) -> None:
        self._line = line
        self._known = known
        self._forced = forced
        self._recognised: Recognised | None = None
        self._points: Sequence[Point] = ()
        self._sheets: dict[frozenset[Group], Sheet] = {}
        self._every = rediscover
        self._discovered_at = 0.0
        self._rediscovery: asyncio.Task[None] | None = None

    async def open(self) -> Identity:
        self._recognised = recognised = await self._met()
        await self._discover(recognised)
        return await self._identity(recognised)

    async def identify(self) -> Identity:
        """Who the device is, in a few requests and without looking for its objects; it is not open after this.

        Raises:
            Fault: it cannot be reached or is not known.
        """
        return await self._identity(await self._met())

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if self._recognised is None:
            raise Garbled("polled before it was opened")
        await self._rediscover(self._recognised)
        sheet = self._sheet(groups)
        raw = await self._line.get(sheet.oids)
        if sheet.oids and not raw:
            raise Garbled(f"the device answers, but has none of {len(sheet.oids)} objects that it had before")
        return sheet.read(raw)

    async def close(self) -> None:
        if self._rediscovery is not None:
            self._rediscovery.cancel()
            await asyncio.gather(self._rediscovery, return_exceptions=True)
            self._rediscovery = None
        self._line.close()

    async def _met(self) -> Recognised:
        await self._line.open()
        return await recognise(self._line, self._known, self._forced)

    def _sheet(self, groups: frozenset[Group]) -> Sheet:
        if groups not in self._sheets:
            self._sheets[groups] = Sheet([point for point in self._points if point.reader.measure.group in groups])
        return self._sheets[groups]

    async def _discover(self, recognised: Recognised) -> None:
        self._points = await discover(self._line, recognised.profiles, recognised.anchor)
        self._sheets.clear()
        self._discovered_at = time.monotonic()

    async def _rediscover(self, recognised: Recognised) -> None:
        """Looks again for tables and absent objects, between the polls: a slow card takes longer than a poll may.

        Raises:
            Fault: the device could not be looked through; that is told by the poll after it.
        """
        if self._rediscovery is not None and self._rediscovery.done():
            done, self._rediscovery = self._rediscovery, None
            await done
        elif self._rediscovery is None and time.monotonic() - self._discovered_at > self._every:
            self._discovered_at = time.monotonic()
            self._rediscovery = asyncio.create_task(self._discover(recognised), name="rediscover")

    async def _identity(self, recognised: Recognised) -> Identity:
        leader = recognised.profiles[0]
        rows = leader.identity
        sources = {"vendor": rows.vendor, "model": rows.model, "serial": rows.serial, "firmware": rows.firmware}
        asked = list(dict.fromkeys(absolute(leader, _oid(part)) for parts in sources.values() for part in parts))
        said = await self._line.survey(asked, recognised.anchor) if asked else {}
        found = {
            key: next((text for part in parts if (text := _said(said.get(absolute(leader, _oid(part))), part))), "")
            for key, parts in sources.items()
        }
        vendor = found.pop("vendor") or rows.vendor_name
        return Identity(leader.kind, vendor=vendor, profile=leader.name, name=recognised.name, **found)


def _oid(part: str | Part) -> str:
    return part if isinstance(part, str) else part.at


def _said(raw: Raw, part: str | Part) -> str:
    """What the device says there, or the part of it that is asked for."""
    text = as_text(raw)
    if isinstance(part, str):
        return text
    match = re.search(part.pattern, text)
    return match[1].strip() if match else ""
