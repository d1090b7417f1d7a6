"""Power and environment gear with YD/T 1363.3, many on one line, read by the layouts of agent/profiles/ydt1363.

    -> ~20012A510000FDA4   who are you (51H)?      <- ~20012A00... name and maker     it is a UPS, and which
    -> ~20012A410000FDA5   analogue values (41H)   <- ~20012A00A060...                every value at its byte

An answer carries the address and the kind of who gives it, so a neighbour's late answer is passed over; a device's own
late answer does not say what it answers, so who was silent is not asked again before it can no longer come.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from agent.address import Address, AddressError, one_of, whole_number
from agent.drivers.answers import Found, answer_of
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.lines import stream_of
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown
from agent.links.lines import Settings
from agent.links.stream import StreamBus
from agent.model.measures import Group
from agent.model.readings import Identity, Labels
from agent.profiles.load import value_reader, ydt1363_profiles
from agent.profiles.schema import YdtProfile, YdtRow
from agent.wire import ydt1363 as wire

_DEVICES = {"ups": "2AH", "ac-distribution": "40H", "cooling": "60H", "environment": "80H"}
_ORDERS: Mapping[str, wire.Order | None] = {"": None, "little": "little", "big": "big"}
_QUIET = 0.02  # seconds; answers say whose they are, so that what still comes of another's is passed over anyway
_GROUPED = ("41H", "42H", "43H", "44H")  # commands that may have to name a group


def connect(address: Address, surroundings: Surroundings) -> "YdtDriver":
    """The driver of a ydt1363 address.

    Raises:
        AddressError: an option is wrong, no profile fits it, or the line is in use with other settings.
    """
    number = whole_number(address, "address", 1, 1, 254)
    order = _ORDERS[one_of(address, "order", "", tuple(_ORDERS))]
    profiles = _profiles(address, ydt1363_profiles(surroundings.own_profiles).values())
    return YdtDriver(stream_of(address, Settings(baud=9600)), number, profiles, order, surroundings.timeout)


def _profiles(address: Address, known: Iterable[YdtProfile]) -> Sequence[YdtProfile]:
    """The profiles that an address leaves open; those that ask the device who it is stand first."""
    by_name = {profile.name: profile for profile in known}
    if "profile" in address.options:
        return [by_name[one_of(address, "profile", "", tuple(by_name))]]
    device = one_of(address, "device", "auto", ("auto", *_DEVICES))
    fitting = [p for p in by_name.values() if device == "auto" or p.cid1 == _DEVICES[device]]
    if not fitting:
        raise AddressError(f"device={device}, of which no profile is shipped", "?profile= with one of your own")
    kinds = list(dict.fromkeys([*_DEVICES.values(), *(profile.cid1 for profile in fitting)]))
    return sorted(fitting, key=lambda profile: (kinds.index(profile.cid1), not profile.makers))


class Point:
    """One row of a profile, ready to read."""

    def __init__(self, profile: YdtProfile, row: YdtRow) -> None:
        self.row = row
        self.reader = value_reader(row, profile.absent)
        common = {name: text for name, text in profile.labels.items() if name in self.reader.measure.labels}
        self.labels: Labels = tuple(sorted({**common, **row.labels}.items()))
        self.address = f"{profile.cid1}.{row.command}[{row.offset}]"

    def found(self, info: str, order: wire.Order) -> Found:
        raw = wire.value(info, self.row.offset, self.row.type, order)
        return Found(self.reader, self.labels, self.address, raw)


class YdtDriver:
    """Reads the device of one number on a line. `order` is that of its floats, where it is not the profile's."""

    def __init__(
        self, bus: StreamBus, number: int, profiles: Sequence[YdtProfile], order: wire.Order | None, timeout: float
    ) -> None:
        self._bus = bus
        self._number = number
        self._profiles = profiles
        self._profile: YdtProfile | None = None
        self._order = order
        self._timeout = timeout
        self._points: Sequence[Point] = ()
        self._owed_until = 0.0

    async def open(self) -> Identity:
        await self._bus.join(self, self._timeout)
        profile, (name, maker) = await self._recognised()
        self._profile = profile
        self._points = [Point(profile, row) for row in profile.rows]
        return Identity(profile.kind, profile.vendor_name or maker, profile.model or name, profile=profile.name)

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if self._profile is None:
            raise Unknown(f"{self._bus.place}, address {self._number}: not recognised yet")
        points = [point for point in self._points if point.reader.measure.group in groups]
        infos: dict[str, str] = {}
        for command in dict.fromkeys(point.row.command for point in points):
            infos[command] = await self._command(self._profile, command)
        order = self._order or self._profile.float_order
        return answer_of(point.found(infos[point.row.command], order) for point in points)

    async def close(self) -> None:
        self._bus.leave(self)

    async def _recognised(self) -> tuple[YdtProfile, tuple[str, str]]:
        """The profile of the device, and its name and maker. Kinds are asked for in turn, the one met before first."""
        faults: list[Fault] = []
        kinds = [(profile.cid1, profile.version) for profile in (self._profile, *self._profiles) if profile]
        for kind in dict.fromkeys(kinds):
            candidates = [profile for profile in self._profiles if (profile.cid1, profile.version) == kind]
            try:
                said = await self._who(candidates[0])
            except (TimedOut, Garbled, Refused) as fault:
                if isinstance(fault, TimedOut) and self._profile:
                    raise
                faults.append(fault)
                continue
            if chosen := self._chosen(candidates, said):
                return chosen, said
        answered = (fault for fault in faults if not isinstance(fault, TimedOut))
        unknown = Unknown(f"{self._bus.place}, address {self._number}: no profile knows its maker")
        raise next(answered, next(iter(faults), unknown))

    async def _who(self, profile: YdtProfile) -> tuple[str, str]:
        """The device's name and maker; nothing where it does not know that question, but answers the profile's own."""
        try:
            return wire.maker(await self._ask(profile, wire.GET_MAKER))
        except Refused:
            for row in profile.rows[:1]:
                await self._command(profile, row.command)
            return "", ""

    def _chosen(self, candidates: Sequence[YdtProfile], said: tuple[str, str]) -> YdtProfile | None:
        if len(self._profiles) == 1:
            return candidates[0]
        text = " ".join(said).casefold()
        of_maker = (p for p in candidates if any(maker.casefold() in text for maker in p.makers))
        return next(of_maker, None) or next((p for p in candidates if not p.makers), None)

    async def _command(self, profile: YdtProfile, command: str) -> str:
        group = profile.group if command in _GROUPED else ""
        return await self._ask(profile, int(command.removesuffix("H"), 16), group)

    async def _ask(self, profile: YdtProfile, command: int, group: str = "") -> str:
        version, kind = (int(text.removesuffix("H"), 16) for text in (profile.version, profile.cid1))
        asked = wire.request(version, self._number, kind, command, group)
        if (pause := self._owed_until - _now()) > 0:
            await asyncio.sleep(pause)
        try:
            async with self._bus.turn(self):
                reply = await self._bus.ask(asked, wire.answering(asked), self._timeout, _QUIET)
        except BaseException:  # also when cancelled: the answer is on its way all the same
            self._owed_until = _now() + self._timeout
            raise
        try:
            return wire.parse(reply)
        except Fault as fault:
            where = f"{self._bus.place}, address {self._number}, {profile.cid1} {command:02X}H"
            raise type(fault)(f"{where}: {fault}") from None


def _now() -> float:
    return asyncio.get_running_loop().time()
