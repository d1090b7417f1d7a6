"""A cooling unit as an APC InRow RC tells it (PowerNet MIB, group 318.1.1.13.3.2): tenths of degC, kW and per cent.

Air flow is told in cubic feet a minute only: what real units put into the metric object is not what the MIB says.
"""

from typing import Final

from simulators.instruments.snmp_values import Oid, Value, integer, system_group, under
from simulators.room.cooling import Cooling
from simulators.room.room import Room

APC: Final = "1.3.6.1.4.1.318"
STANDBY, ON, IDLE = 1, 2, 3
MODE: Final = {"running": ON, "restarting": ON, "standby": STANDBY}
AIR_HEAT: Final = 1206.0  # joules that a cubic metre of air takes up per kelvin
CUBIC_FEET_A_MINUTE: Final = 2118.88  # in a cubic metre a second
CLEAN_FILTER, CLOGGED_FILTER = 40.0, 240.0  # pascals across it
SOURCE: Final = {"B": 2}


def objects(room: Room, number: int) -> dict[Oid, Value]:
    unit = room.cooling_units[number - 1]
    rows = {
        "1.1.6.0": integer(room.hot_spot * 10),
        "1.2.2.0": integer(unit.setpoint * 10),
        "2.3.1.0": integer(unit.hours),
        **{f"2.2.{row}.0": value for row, value in _status(room, unit).items()},
    }
    system = system_group("Simulated cooling unit, ACRC103", f"{APC}.1.3.14.5", room.time, f"cooling-{number}")
    return system | under(f"{APC}.1.1.13.3.2", rows)


def _status(room: Room, unit: Cooling) -> dict[int, Value]:
    air = unit.conductance * unit.fan_ratio / AIR_HEAT
    return {
        1: integer(MODE.get(unit.state, IDLE)),
        2: integer(unit.output / 100),  # 0.1 kW
        3: integer(unit.demand * unit.plan.watts / 100),
        4: integer(air * CUBIC_FEET_A_MINUTE),
        7: integer(room.inlet_temperature * 10),
        9: integer(unit.supply_temperature * 10),
        11: integer(unit.return_temperature * 10),
        15: integer(CLEAN_FILTER + (CLOGGED_FILTER - CLEAN_FILTER) * unit.clogging),
        16: integer(unit.fan_ratio * 1000),  # 0.1 %
        19: integer(SOURCE.get(unit.plan.supplier, 1)),
        27: integer(2 if room.contacts["water_leak"] else 1),
    }
