"""The instruments of a room, each with the server that speaks for it. The names are those of `roster.py`.

Every room has the five of `_core`; the call centre has the whole mixed park, which `_call_centre` adds to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from simulators import field_devices, line_devices
from simulators.instruments import apc_ats, apc_traps, apc_ups, th_transmitter, ups_mib, ups_mib_traps
from simulators.instruments.notifications import Herald
from simulators.instruments.snmp_values import Oid, Value
from simulators.mishaps import Outlet
from simulators.room.room import Room
from simulators.servers.modbus_rtu import RtuServer
from simulators.servers.modbus_tcp import TcpServer
from simulators.servers.snmp import SnmpServer, V3User

TRANSMITTER: Final = "rs-ws-n01"
MONITOR: Final = V3User("monitor", "room-auth-passphrase", "room-priv-passphrase")


class Server(Protocol):
    outlet: Outlet

    @property
    def url(self) -> str: ...
    @property
    def writes_refused(self) -> int: ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    kind: str
    protocol: str
    server: Server


Tick = Callable[[], int]


def compose(room: Room, tick: Tick, user: V3User = MONITOR) -> tuple[Device, ...]:
    more = _call_centre(room, tick, user) if room.plan.name == "call-centre" else ()
    return (*_core(room, tick, user), *more)


def _core(room: Room, tick: Tick, user: V3User) -> tuple[Device, ...]:
    inlet = partial(th_transmitter.registers, room, "inlet")
    back = partial(th_transmitter.registers, room, "return")
    unit, baud = th_transmitter.UNIT, th_transmitter.BAUD

    def snmp(view: Callable[[Room], Mapping[Oid, Value]], herald: Herald[Any]) -> SnmpServer:
        return SnmpServer(partial(view, room), tick, user=user, herald=herald)

    return (
        Device("ups-1", "ups", "snmp", snmp(ups_mib.objects, ups_mib_traps.herald(room))),
        Device("ups-1-card", "ups", "snmp", snmp(apc_ups.objects, apc_traps.of_ups(room))),
        Device("ats-1", "ats", "snmp", snmp(apc_ats.objects, apc_traps.of_ats(room))),
        Device("climate-1", "climate", "modbus+tcp", TcpServer(inlet, tick, unit, TRANSMITTER)),
        Device("climate-2", "climate", "modbus+rtu", RtuServer(back, tick, unit, baud, TRANSMITTER)),
    )


def _call_centre(room: Room, tick: Tick, user: V3User) -> tuple[Device, ...]:
    hot_spot = partial(th_transmitter.registers, room, "hot_spot")
    return (
        Device("climate-3", "climate", "modbus+tcp", TcpServer(hot_spot, tick, th_transmitter.UNIT, TRANSMITTER)),
        *(Device(*row) for row in line_devices.rows(room, tick)),
        *(Device(*row) for row in field_devices.rows(room, tick, user)),
    )
