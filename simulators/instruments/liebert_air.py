"""A cooling unit as a Liebert IntelliSlot card tells it (Modbus reference guide of air units, 30001 is register 0).

30004 class, 2 air    30100 state: 0 off, 1 on, 2 standby    30102 status: 1 normal, 2 start-up, 8 warning, 16 alarm
30130 humidity of the return air, 0.1 %   30451, 30452 fan and compressor, %   30564 cooling, %
30565 temperature that it controls, 0.1 degC
"""

from typing import Final

from simulators.room.cooling import Cooling
from simulators.room.room import Room

UNIT: Final = 1
AIR_UNIT: Final = 2
OFF, ON, STANDBY = 0, 1, 2
STATE: Final = {"running": ON, "restarting": ON, "standby": STANDBY}
NORMAL, START_UP, WARNING, ALARM = 1, 2, 8, 16


def registers(room: Room, number: int) -> dict[int, int]:
    unit = room.cooling_units[number - 1]
    return {
        3: AIR_UNIT,
        99: STATE.get(unit.state, OFF),
        101: _status(unit),
        129: round(room.air.humidity * 1000),
        450: round(unit.fan_ratio * 100),
        451: round(unit.output / unit.plan.watts * 100),
        563: round(unit.demand * 100),
        564: round(unit.return_temperature * 10) & 0xFFFF,
    }


def _status(unit: Cooling) -> int:
    if unit.failed:
        return ALARM
    if unit.filter_clogged:
        return WARNING
    return START_UP if unit.state == "restarting" else NORMAL
