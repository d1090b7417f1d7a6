"""UPS on serial lines that speak Megatec's protocol or one of its relatives, in the dialects of agent/profiles/megatec.

    -> Q1   <- (230.1 230.1 230.4 034 50.0 27.0 28.5 00001000      every unit but Voltronic's
    -> QGS  <- (230.1 50.0 ...      then it speaks Voltronic's dialect     <- QGS or (NAK    it does not
    -> Q6   <- (225.4 ---.- ...     then it speaks that of Santak Castle
    -> QS   -> D                    only where nothing else was answered

Nothing in an answer says what was asked, so after a silence the line must be quiet for as long again. A question that
a unit does not know is not asked again until it is opened anew; one that it has answered before must be answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from agent.address import Address, one_of
from agent.drivers.answers import Found, answer_of, only
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.lines import stream_of
from agent.drivers.megatec_battery import Battery, battery_of, charge, pack_volts, runtime
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown
from agent.links.lines import Settings
from agent.links.stream import StreamBus
from agent.model.measures import BY_KEY, Group
from agent.model.readings import Identity, Labels, Reading
from agent.profiles.load import megatec_profiles, value_reader
from agent.profiles.schema import MegatecProfile, MegatecRow
from agent.profiles.values import ValueReader, as_number
from agent.wire import megatec as wire

_LINE = Settings(baud=2400, rts=False)  # the usual cables take their power from DTR against RTS
_SHIPPED = ("voltronic", "q6", "megatec")  # who knows more is tried first
_STAND_INS = ("QS", "D")
_SILENCES = 2  # after so many a question counts as not known
_AMBIGUOUS = "volts of a cell, of a block or of all; battery= in the address tells (12Vx16: sixteen blocks of 12 V)"


def connect(address: Address, surroundings: Surroundings) -> "MegatecDriver":
    """The driver of a megatec address.

    Raises:
        AddressError: an option is wrong, or the line is in use with other settings.
    """
    known = megatec_profiles(surroundings.own_profiles)
    own = [name for name in known if name not in _SHIPPED]
    dialect = one_of(address, "dialect", "auto", ("auto", *own, *_SHIPPED))
    names = [*own, *_SHIPPED] if dialect == "auto" else [dialect]
    battery = battery_of(address)
    return MegatecDriver(stream_of(address, _LINE), [known[name] for name in names], battery, surroundings.timeout)


class Point:
    """One row of a dialect, ready to read."""

    def __init__(self, profile: MegatecProfile, row: MegatecRow) -> None:
        self.at = row.at
        self.query, _, self.field = row.at.partition(".")
        self.parts = row.parts
        self.reader: ValueReader = value_reader(row, profile.absent)
        self.labels: Labels = tuple(sorted(row.labels.items()))


class MegatecDriver:
    """Reads the UPS at the end of a line. `battery` is what the address tells of it."""

    def __init__(
        self, bus: StreamBus, dialects: Sequence[MegatecProfile], battery: Battery | None, timeout: float
    ) -> None:
        self._bus = bus
        self._dialects = dialects
        self._battery = battery
        self._timeout = timeout
        self._points: Sequence[Point] = ()
        self._forget()

    def _forget(self) -> None:
        self._status = "Q1"
        self._known: dict[str, wire.Fields] = {}  # the latest answer to each question
        self._unknown: set[str] = set()
        self._silences: Counter[str] = Counter()

    async def open(self) -> Identity:
        await self._bus.join(self, self._timeout)
        self._forget()
        profile = await self._recognised()
        self._points = [Point(profile, row) for row in profile.rows]
        who = profile.identity
        return Identity(
            profile.kind,
            await self._first(who.vendor),
            await self._first(who.model),
            await self._first(who.serial),
            await self._first(who.firmware),
            profile=profile.name,
        )

    async def poll(self, groups: frozenset[Group]) -> Answer:
        queries = dict.fromkeys(p.query for p in self._points if p.reader.measure.group in groups)
        answers = {query: await self._asked(query) for query in queries}
        answer = answer_of(self._found(point, answers.get(point.query) or {}) for point in self._points)
        estimates = tuple(self._estimates(answer.readings))
        return only(Answer((*answer.readings, *estimates), answer.withheld), groups)

    async def close(self) -> None:
        self._bus.leave(self)

    async def _recognised(self) -> MegatecProfile:
        """The dialect that the unit speaks. Q1 is asked first: it is the one that no unit takes for an order."""
        faults: list[Fault] = []
        if any("Q1" in dialect.needs for dialect in self._dialects):
            await self._tried("Q1", faults)
        for dialect in self._dialects:
            if [True] * len(dialect.needs) == [await self._tried(query, faults) for query in dialect.needs]:
                return dialect
        for dialect in (d for d in self._dialects if d.needs == ["Q1"]):
            for self._status in _STAND_INS:
                if await self._tried("Q1", faults):
                    return dialect
        heard = [fault for fault in faults if not isinstance(fault, TimedOut)]
        if heard and len(self._dialects) > 1:
            raise Unknown(f"{self._bus.place}: speaks no dialect of Megatec's that is known here; {heard[0]}")
        raise (heard or faults)[0]

    async def _tried(self, query: str, faults: list[Fault]) -> bool:
        """Whether the unit answers a question, which is then known; an answer that was spoilt gets a second chance."""
        if query in self._known:
            return True
        word = self._word(query)
        for _ in range(2):
            if word in self._unknown:
                break
            try:
                self._known[query] = await self._ask(query)
            except Garbled as fault:
                faults.append(fault)
                continue
            except (Refused, TimedOut) as fault:
                faults.append(fault)
                self._unknown.add(word)
            else:
                return True
        return False

    async def _asked(self, query: str) -> wire.Fields | None:
        """The answer to a question, or None where the unit does not know it."""
        if self._word(query) in self._unknown or wire.ONLY_AFTER.get(query, query) not in {query, *self._known}:
            return None
        try:
            fields = self._known[query] = await self._ask(query)
        except (Refused, TimedOut, Garbled) as fault:
            if query in self._known:
                raise
            self._silences[query] += 1
            if isinstance(fault, Refused) or self._silences[query] >= _SILENCES:
                self._unknown.add(query)
            return None
        return fields

    async def _ask(self, query: str) -> wire.Fields:
        word = self._word(query)
        async with self._bus.turn(self):
            reply = await self._bus.ask(wire.request(word), wire.ends, self._timeout, quiet=self._timeout)
            try:
                return wire.parse(word, reply)
            except Garbled as fault:
                self._bus.distrust(self._timeout)  # it may have been a late answer to an earlier question
                raise Garbled(f"{self._bus.place}: {fault}") from None
            except Refused as fault:
                raise Refused(f"{self._bus.place}: {fault}") from None

    def _word(self, query: str) -> str:
        return self._status if query == "Q1" else query

    async def _first(self, places: Iterable[str]) -> str:
        for place in places:
            query, _, field = place.partition(".")
            fields = self._known.get(query) or await self._asked(query)
            if fields and fields.get(field):
                return fields[field]
        return ""

    def _found(self, point: Point, fields: wire.Fields) -> Found:
        raw = fields.get(point.field)
        if not point.parts or not raw:
            return Found(point.reader, point.labels, point.at, raw)
        volts = pack_volts(float(raw), self._rated("battery_voltage"), self._battery)
        if volts is None:
            return Found(point.reader, point.labels, point.at, raw, doubt=_AMBIGUOUS)
        return Found(point.reader, point.labels, point.at, volts)

    def _rated(self, field: str) -> float | None:
        ratings = self._known.get("F") or self._known.get("QRI") or {}
        return as_number(ratings.get(field))

    def _estimates(self, readings: Sequence[Reading]) -> Iterator[Reading]:
        """What the unit does not measure and the battery's data let guess, under names of their own."""
        values = {reading.measure.key: reading for reading in readings if not reading.labels}
        volts, load = values.get("ups_battery_voltage"), values.get("ups_load")
        if self._battery is None or volts is None:
            return
        left = charge(float(volts.value), self._battery)
        if "ups_battery_charge" not in values:
            yield Reading(BY_KEY["ups_battery_charge_estimated"], (), left, volts.address)
        rated = (self._rated("voltage") or 0.0) * (self._rated("current") or 0.0)
        seconds = runtime(left, float(load.value) * rated, self._battery) if load else None
        if seconds is not None and "ups_battery_runtime" not in values:
            yield Reading(BY_KEY["ups_battery_runtime_estimated"], (), seconds, volts.address)
