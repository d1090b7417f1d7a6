"""The call centre's further SNMP cards, and its field bus: meter, transfer switch and input module on one line."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from simulators.instruments import apc_emu, apc_inrow, atys, digital_inputs, liebert_air, sdm630
from simulators.room.room import Room
from simulators.servers.live_view import Tick
from simulators.servers.modbus import Unit
from simulators.servers.modbus_rtu import BusServer, RtuBus
from simulators.servers.modbus_tcp import TcpServer
from simulators.servers.snmp import SnmpServer, V3User

Row = tuple[str, str, str, SnmpServer | BusServer | TcpServer]
BAUD: Final = 9600
DISCRETE_INPUTS, HOLDING, INPUT = (2,), (3,), (4,)


def rows(room: Room, tick: Tick, user: V3User) -> Iterator[Row]:
    yield "climate-4", "environment", "snmp", SnmpServer(partial(apc_emu.objects, room), tick, user=user)
    yield "cooling-1", "cooling", "snmp", SnmpServer(partial(apc_inrow.objects, room, 1), tick, user=user)
    liebert = partial(liebert_air.registers, room, 2)
    yield "cooling-2", "cooling", "modbus+tcp", TcpServer(liebert, tick, liebert_air.UNIT, "liebert-air")
    yield from _bus(room, tick)


def _bus(room: Room, tick: Tick) -> Iterator[Row]:
    bus = RtuBus(BAUD)
    contacts = f"&contacts={','.join(digital_inputs.CONTACTS)}"
    meter = Unit(sdm630.UNIT, "eastron-sdm630", INPUT, floats=True)
    switch = Unit(atys.UNIT, "socomec-atys-pm", HOLDING)
    module = Unit(digital_inputs.UNIT, "di-8", DISCRETE_INPUTS, contacts)
    yield "meter-1", "meter", "modbus+rtu", BusServer(partial(sdm630.registers, room), tick, meter, bus)
    yield "ats-2", "ats", "modbus+rtu", BusServer(partial(atys.registers, room), tick, switch, bus)
    yield "contacts-1", "contacts", "modbus+rtu", BusServer(partial(digital_inputs.inputs, room), tick, module, bus)
