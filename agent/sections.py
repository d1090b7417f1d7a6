"""What each section of room.toml may hold: keys, types, ranges, defaults, and how a wrong value is told."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from msgspec import Meta, Struct

from agent.model.measures import Group
from agent.model.readings import Kind
from agent.traps.settings import AuthProtocol, PrivProtocol

Interval = Annotated[float, Meta(ge=0.1, le=86_400)]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
Label = Annotated[str, Meta(pattern=r"^[a-z_][a-z0-9_]*$")]
_PORT = r"(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]?\d{1,4})"
Listen = Annotated[str, Meta(pattern=rf"^(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):{_PORT}$")]
References = list[str]
Tables = list[dict[str, Any]]
SAYS: Mapping[Any, str] = {
    Name: "a name of letters, digits, '.', '_' and '-' (at most 63)",
    Listen: "HOST:PORT, as in 127.0.0.1:9810",
    Kind: f"one of {', '.join(get_args(Kind))}",
    Interval: "seconds, from 0.1 to 86400",
    AuthProtocol: f"one of {', '.join(get_args(AuthProtocol))}",
    PrivProtocol: f"one of {', '.join(get_args(PrivProtocol))}",
    References: "a list of references to secrets",
    Tables: "sections of their own, in double brackets",
}


class RoomSection(Struct, frozen=True):
    """[room]: what people call it."""

    name: str = "Machine room"


class Listening(Struct, frozen=True):
    """A section that says where the agent listens."""

    listen: Listen

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class HttpSection(Listening, frozen=True):
    """[http]: where the page and the metrics are."""

    listen: Listen = "127.0.0.1:9810"


class PollSection(Struct, frozen=True):
    """[poll]: seconds between polls of each group, how long answers may take, how long a reading counts."""

    state: Interval = 1.0
    detail: Interval = 15.0
    inventory: Interval = 3600.0
    timeout: Annotated[float, Meta(ge=0.05, le=60)] = 1.0
    deadline: Annotated[float, Meta(ge=0.1, le=300)] = 10.0
    age_factor: Annotated[float, Meta(ge=1, le=100)] = 3.0

    @property
    def intervals(self) -> Mapping[Group, float]:
        return {Group.STATE: self.state, Group.DETAIL: self.detail, Group.INVENTORY: self.inventory}


class TrapsSection(Listening, frozen=True):
    """[traps]: where notifications are received, from whom, and how many a second from one device."""

    communities: References = []
    user: Tables = []
    per_second: Annotated[float, Meta(ge=0.1, le=1000)] = 10.0
    burst: Annotated[int, Meta(ge=1, le=10_000)] = 50


class TrapUserSection(Struct, frozen=True):
    """[[traps.user]]: one SNMPv3 user. `auth` and `priv` say where the passphrases are to be found."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    auth: str
    auth_protocol: AuthProtocol = "SHA"
    priv: str | None = None
    priv_protocol: PrivProtocol = "AES"


class DeviceSection(Struct, frozen=True):
    """[[device]]: one device. `secrets` says where the address's secret options are to be found."""

    name: Name
    address: str
    zone: str = "equipment"
    kind: Kind = "unknown"
    secrets: dict[str, str] = {}
    labels: dict[Label, str] = {}
    state: Interval | None = None
    detail: Interval | None = None
