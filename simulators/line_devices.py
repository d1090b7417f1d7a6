"""The call centre's instruments on serial lines and in text protocols, as rows: name, kind, protocol, server.

The bus with three addresses hangs behind a serial server (TCP); the UPSs' own lines are pseudo-terminals.
"""

from collections.abc import Callable, Iterator
from functools import partial

from simulators.instruments import apc_smart, apcupsd_status, megatec, nut_variables, ydt1363
from simulators.instruments.ydt1363 import Content
from simulators.room.room import Room
from simulators.servers.apc_smart import Alerts, ApcSmartServer
from simulators.servers.apcupsd import ApcupsdServer, Report
from simulators.servers.line_server import LineServer
from simulators.servers.lines import PtyLine, TcpLine
from simulators.servers.megatec import MegatecServer
from simulators.servers.nut import NutServer
from simulators.servers.ydt1363 import Identity, YdtBus, YdtServer

Row = tuple[str, str, str, LineServer | YdtServer]
Tick = Callable[[], int]
FIRST, SECOND = "SIM-UPS-1", "SIM-UPS-2"


def rows(room: Room, tick: Tick) -> Iterator[Row]:
    yield "ups-1-smart", "ups", "apc-smart", _smart(room, tick)
    yield "ups-2-serial", "ups", "megatec", _megatec(room, tick)
    yield from _bus(room, tick)
    yield "nut-1", "ups", "nut", NutServer(partial(nut_variables.devices, room), tick, "ups-1")
    yield "apcupsd-1", "ups", "apcupsd", ApcupsdServer(partial(_report, room), tick)


def _smart(room: Room, tick: Tick) -> ApcSmartServer:
    ups = room.ups_units[0]
    alerts = Alerts(partial(apc_smart.conditions, room, ups), apc_smart.ALERTS)
    return ApcSmartServer(partial(apc_smart.answers, room, ups, FIRST), alerts, tick, PtyLine())


def _megatec(room: Room, tick: Tick) -> MegatecServer:
    return MegatecServer(partial(megatec.megatec, room.ups_units[1], SECOND), tick, PtyLine())


def _bus(room: Room, tick: Tick) -> Iterator[Row]:
    bus = YdtBus(TcpLine(serial=True))
    contents: tuple[tuple[str, str, int, Callable[[], Content]], ...] = (
        ("ydt-ups", "ups", ydt1363.UPS, partial(ydt1363.ups, room, 2)),
        ("ydt-mains", "meter", ydt1363.AC_PANEL, partial(ydt1363.ac_panel, room)),
        ("ydt-cooling", "cooling", ydt1363.COOLING, partial(ydt1363.cooling, room, 1)),
    )
    for address, (name, kind, code, look) in enumerate(contents, start=1):
        yield name, kind, "ydt1363", YdtServer(look, tick, bus, Identity(address, code))


def _report(room: Room) -> Report:
    ups = room.ups_units[0]
    return Report(apcupsd_status.status(room, ups, FIRST), tuple(apcupsd_status.events(ups)))
