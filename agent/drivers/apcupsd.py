"""UPS that a daemon of apcupsd speaks to: apcupsd://HOST[:3551].

agent/wire/apcupsd.py has the dialogue. The daemon goes on answering when it has lost its UPS, with the last values,
and begins to answer before it has found it, with zeros: both are faults here, and no value is used. It says of the
first COMMLOST, in STATUS and by a bit of STATFLAG.
"""

from agent.address import Address
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.variables import Reader, Variables
from agent.faults import Fault, TimedOut
from agent.links.tcp import Endpoint, Kept
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import variable_profiles
from agent.wire import apcupsd

_LOST = 1 << 8  # of STATFLAG


def connect(address: Address, surroundings: Surroundings) -> "ApcupsdDriver":
    """The driver of an apcupsd address."""
    known = variable_profiles("apcupsd", surroundings.own_profiles)
    reader = Reader(next(iter(known.values())), known)
    kept = Kept(Endpoint(address.host, address.port or 3551), surroundings.timeout, greet=None)
    return ApcupsdDriver(kept, reader)


class ApcupsdDriver:
    """Reads the UPS of one daemon."""

    def __init__(self, kept: Kept, reader: Reader) -> None:
        self._kept = kept
        self._reader = reader

    async def open(self) -> Identity:
        self._reader.forget()
        variables = await self._variables()
        return self._reader.identity(variables, variables.get("UPSNAME", ""))

    async def poll(self, groups: frozenset[Group]) -> Answer:
        return self._reader.read(await self._variables(), groups)

    async def close(self) -> None:
        self._kept.close()

    async def _variables(self) -> Variables:
        reply = await self._kept.ask(apcupsd.STATUS, apcupsd.is_whole)
        try:
            variables = apcupsd.status(reply)
        except Fault as fault:
            self._kept.close()
            raise type(fault)(f"{self._kept.place}, asked for its status: {fault}") from fault
        flags, said = apcupsd.flags(variables), variables.get("STATUS", "")
        if flags & _LOST or "COMMLOST" in said.split():
            raise TimedOut(f"{self._kept.place}: the daemon hears nothing from the UPS (STATUS is {said!r})")
        if apcupsd.is_blank(variables):
            raise TimedOut(f"{self._kept.place}: the daemon has heard nothing from the UPS yet (STATUS is {said!r})")
        return {**variables, "STATFLAG": str(flags)}
