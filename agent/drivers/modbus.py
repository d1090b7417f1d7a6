"""Modbus devices over TCP, serial lines (RTU) and serial servers (RTU in TCP), read by a profile's register map.

    -> read 2 holding registers from 0x0000
    <- 0292 FF9B        RS-WS-N01: humidity 65.8 %, temperature -10.1 degC
    <- exception 2      or: the device has no such register

A Modbus device does not say what it is, so the address must name its profile. Who it is exactly, it is asked once it
has shown that it is there; one that does not know the question is not asked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.address import Address, AddressError, one_of, whole_number
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.modbus_identity import Introduction
from agent.drivers.modbus_names import Names
from agent.drivers.modbus_points import GAP, Point, Space, Span, points_of, read, spans_of
from agent.drivers.modbus_unit import NO_SUCH_FUNCTION, NO_SUCH_REGISTER, NOT_SO_MANY, Unit
from agent.faults import Refused
from agent.links.bus import shared
from agent.links.lines import LineConflictError
from agent.links.modbus import Place, RtuTcpPlace, SerialPlace, TcpPlace
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import modbus_profiles
from agent.profiles.schema import ModbusProfile

_LACKS = (NO_SUCH_FUNCTION, NO_SUCH_REGISTER, NOT_SO_MANY)


def connect(address: Address, surroundings: Surroundings) -> "ModbusDriver":
    """The driver of a modbus address.

    Raises:
        AddressError: the profile is missing or unknown, an option is wrong, or the line is in use with other settings.
    """
    known = modbus_profiles(surroundings.own_profiles)
    name = address.options.get("profile", "")
    if name not in known:
        found = f"unknown profile {name!r}" if name else f"no profile in {address}"
        raise AddressError(found, f"?profile= with one of {', '.join(sorted(known))}")
    profile = known[name]
    lowest, highest = (0, 255) if address.transport == "tcp" else (1, 247)  # TCP devices of their own use 0 or 255
    number = whole_number(address, "unit", 1, lowest, highest)
    last = max((row.register for row in profile.rows), default=0)
    base = whole_number(address, "base", 0, 0, 0xFFFF - last)
    points = points_of(profile, Names(address, profile), base)
    if not points:
        raise AddressError(f"profile {name!r} without rows", "one that says where the values stand")
    try:
        bus = shared(_place(address, profile))
    except LineConflictError as conflict:
        raise AddressError(str(conflict), f"the same settings in {address}") from conflict
    return ModbusDriver(Unit(bus, number, surroundings.timeout), profile, points)


@dataclass(frozen=True, slots=True)
class Plan:
    """The points that are due, the requests that fetch them, and those of them that the device may refuse."""

    points: Sequence[Point]
    spans: Sequence[Span]
    optional: Mapping[Span, Sequence[Point]]


class ModbusDriver:
    """Reads one unit on a bus."""

    def __init__(self, unit: Unit, profile: ModbusProfile, points: Sequence[Point]) -> None:
        self._unit = unit
        self._points = points
        self._introduction = Introduction(unit, profile)
        self._gap = GAP
        self._lacking: set[Point] = set()
        self._apart: set[Point] = set()
        self._plans: dict[frozenset[Group], Plan] = {}

    async def open(self) -> Identity:
        await self._unit.join()
        self._lacking.clear()
        self._apart.clear()
        self._plans.clear()
        if self._introduction.asks:
            await self._shown_itself()
        return await self._introduction.made()

    async def poll(self, groups: frozenset[Group]) -> Answer:
        while (answer := await self._read(self._plan(groups))) is None:
            self._plans.clear()  # something was learnt about what the device bears
        return answer

    async def close(self) -> None:
        self._unit.leave()

    async def _shown_itself(self) -> None:
        """Reads something that the device should have: one that is not there would be mute to all questions."""
        plan = self._plan(frozenset(Group))
        for span in (*plan.spans, *plan.optional)[:1]:
            await self._unit.read(span)

    async def _read(self, plan: Plan) -> Answer | None:
        """What the device answers; None where there is a better plan now."""
        cells: dict[tuple[Space, int], int] = {}
        for span in (*plan.spans, *plan.optional):
            reply = await self._unit.read(span)
            if reply.exception == NO_SUCH_REGISTER and span.bridges:
                self._gap = 0  # this device does not bear that registers it lacks are read along
                return None
            if reply.exception in _LACKS and span in plan.optional:
                self._learn(plan.optional[span])
                return None
            if reply.fault is not None:
                raise reply.fault
            cells.update(reply.cells)
        return read(plan.points, cells)

    def _learn(self, refused: Sequence[Point]) -> None:
        """Of several points that were asked for together some may be there: they are asked for one by one."""
        (self._apart if len(refused) > 1 else self._lacking).update(refused)
        if len(self._lacking) == len(self._points):
            self._lacking.clear()
            raise Refused(f"{self._unit}: the device has none of the registers of its profile")

    def _plan(self, groups: frozenset[Group]) -> Plan:
        if groups not in self._plans:
            due = [p for p in self._points if p.reader.measure.group in groups and p not in self._lacking]
            sure = [p.cell for p in due if not p.optional] + [scale.cell for p in due for scale in p.scales]
            self._plans[groups] = Plan(due, spans_of(sure, self._gap), self._optional([p for p in due if p.optional]))
        return self._plans[groups]

    def _optional(self, points: Sequence[Point]) -> Mapping[Span, Sequence[Point]]:
        """Requests that bridge nothing, for neighbours together until the device has refused them together."""
        together = [[p for p in points if p not in self._apart], *([p] for p in points if p in self._apart)]
        spans = {span: group for group in together for span in spans_of((p.cell for p in group), gap=0)}
        return {span: [p for p in group if span.holds(p.cell)] for span, group in spans.items()}


def _place(address: Address, profile: ModbusProfile) -> Place:
    if address.transport == "tcp":
        return TcpPlace(address.host, address.port or 502)
    if address.transport == "rtutcp":
        if address.port is None:
            raise AddressError(f"no port in {address}", "the one on which the serial server listens")
        return RtuTcpPlace(address.host, address.port)
    baud = whole_number(address, "baud", profile.baud, 300, 921_600)
    parity = one_of(address, "parity", profile.parity, ("N", "E", "O"))
    stop_bits = whole_number(address, "stop_bits", profile.stop_bits, 1, 2)
    return SerialPlace(address.path, baud, parity, stop_bits)
