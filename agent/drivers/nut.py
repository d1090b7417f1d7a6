"""UPS, transfer switches and PDUs that a NUT server (upsd) speaks to.

    nut://HOST[:3493][/UPS]   user=, password (a secret), tls=no|yes|required, ca=FILE, verify=no

agent/wire/nut.py has the dialogue. All variables are asked for in one list at each poll, on a connection that is kept.
Name and password are for servers that want them before they answer; LOGIN, which a shutdown waits for, is never said.
tls=yes takes TLS where the server has it, and then does without a password in the clear; tls=required goes no further
without. The certificate must be one that the system, or the file ca=, trusts for this host; verify=no takes any, which
keeps listeners out but not somebody in between.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from agent.address import Address, AddressError, one_of
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.variables import Reader, Variables
from agent.faults import Fault, Garbled, Refused, Unreachable
from agent.links.tcp import Connection, Endpoint, Kept
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import variable_profiles
from agent.profiles.schema import VariableProfile
from agent.wire import nut

_UNTITLED = ("Description unavailable", "Unavailable")  # what upsd says for a UPS without one


def connect(address: Address, surroundings: Surroundings) -> "NutDriver":
    """The driver of a nut address.

    Raises:
        AddressError: an option is wrong, or the certificates of ca= cannot be read.
    """
    ups = unquote(address.path).strip("/")
    user, password = address.options.get("user", ""), address.options.get("password", "")
    if not all(map(nut.is_sendable, (ups, user, password))) or "/" in ups:
        raise AddressError(f"a name or password in {address} that cannot be sent", "printable characters")
    if password and not user:
        raise AddressError("a password without a user", "user=")
    tls = one_of(address, "tls", "no", ("no", "yes", "required"))
    if tls == "no" and ("ca" in address.options or "verify" in address.options):
        raise AddressError("ca= or verify= without TLS", "tls=yes or tls=required")
    manners = Manners(user, password, _context(address) if tls != "no" else None, insists=tls == "required")
    door = Door(Endpoint(address.host, address.port or 3493), surroundings.timeout, manners)
    return NutDriver(door, ups, variable_profiles("nut", surroundings.own_profiles))


@dataclass(frozen=True, slots=True)
class Manners:
    """How the agent introduces itself. `context` judges the server's certificate; `insists` is on TLS or nothing."""

    user: str = ""
    password: str = ""
    context: ssl.SSLContext | None = None
    insists: bool = False


class Door:
    """The way to a server: a connection that is encrypted and introduced as the address says."""

    def __init__(self, place: Endpoint, timeout: float, manners: Manners) -> None:
        self._kept = Kept(place, timeout, self._greet)
        self._manners = manners

    async def listed(self, kind: str, *subject: str) -> list[nut.Words]:
        """What a list says.

        Raises:
            Fault: no connection, or no such list.
        """
        with self._asking("LIST", kind, *subject):
            reply = await self._kept.ask(nut.list_(kind, *subject), nut.is_whole(kind, *subject))
            return nut.listed(reply, kind, *subject)

    def close(self) -> None:
        self._kept.close(nut.LOGOUT)

    async def _greet(self, connection: Connection) -> None:
        manners = self._manners
        encrypted = manners.context is not None and await self._encrypted(connection, manners.context)
        if manners.password and manners.context is not None and not encrypted:
            raise Refused("the server has no TLS, and the password is not sent in the clear (tls=no would send it)")
        if manners.user:
            await self._agreed(connection, nut.username(manners.user), "USERNAME")
        if manners.password:
            await self._agreed(connection, nut.password(manners.password), "PASSWORD")

    async def _encrypted(self, connection: Connection, context: ssl.SSLContext) -> bool:
        try:
            await self._agreed(connection, nut.STARTTLS, "STARTTLS")
        except Refused:
            if self._manners.insists:
                raise
            return False
        await connection.encrypt(context, self._kept.within)
        return True

    async def _agreed(self, connection: Connection, request: bytes, asked: str) -> None:
        with self._asking(asked):
            nut.agreed(await connection.ask(request, nut.is_line, self._kept.within))

    @contextmanager
    def _asking(self, *asked: str) -> Iterator[None]:
        """Faults say what was asked, and where."""
        try:
            yield
        except Fault as fault:
            said = str(fault)
            where = "" if said.startswith(str(self._kept.place)) else f"{self._kept.place}, {' '.join(asked)}: "
            raise type(fault)(f"{where}{said}") from fault


class NutDriver:
    """Reads one UPS, or whatever NUT takes for one."""

    def __init__(self, door: Door, ups: str, known: Mapping[str, VariableProfile]) -> None:
        self._door = door
        self._wanted = ups
        self._ups = ups
        self._known = known
        self._reader: Reader | None = None

    async def open(self) -> Identity:
        self._ups, title = self._chosen(await self._door.listed("UPS"))
        variables = await self._variables()
        self._reader = Reader(self._profile(variables.get("device.type", "")), self._known)
        return self._reader.identity(variables, "" if title in _UNTITLED else title)

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if self._reader is None:
            raise Unreachable("not open")
        return self._reader.read(await self._variables(), groups)

    async def close(self) -> None:
        self._door.close()

    async def _variables(self) -> Variables:
        listed = await self._door.listed("VAR", self._ups)
        if any(len(line) != 2 for line in listed):
            raise Garbled(f"LIST VAR {self._ups}: a line that is not a name and a value")
        return {line[0]: line[1] for line in listed}

    def _chosen(self, listed: list[nut.Words]) -> tuple[str, str]:
        """The name and the title of the wanted UPS; the only one where none is named."""
        titles = {line[0]: " ".join(line[1:]) for line in listed if line}
        if not self._wanted and len(titles) == 1:
            return next(iter(titles.items()))
        if self._wanted not in titles:
            found = f"no UPS {self._wanted!r}" if self._wanted else "no UPS is named in the address"
            raise Refused(f"{found}; the server has {', '.join(sorted(titles)) or 'none'}")
        return self._wanted, titles[self._wanted]

    def _profile(self, kind: str) -> VariableProfile:
        """The profile for a device.type; for one that nobody knows, that for devices that do not say."""
        fitting = [profile for profile in self._known.values() if kind in profile.types]
        return (fitting or [profile for profile in self._known.values() if "" in profile.types])[0]


def _context(address: Address) -> ssl.SSLContext:
    """How the server's certificate is judged."""
    try:
        context = ssl.create_default_context(cafile=address.options.get("ca"))
    except OSError as error:
        found = f"ca={address.options.get('ca')}: {error.strerror or error}"
        raise AddressError(found, "a file of certificates (PEM)") from error
    if one_of(address, "verify", "yes", ("yes", "no")) == "no":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
