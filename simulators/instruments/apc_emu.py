"""An APC environmental monitor of the first kind (AP9312TH; PowerNet MIB, group 318.1.1.10.1): two probes.

Whole degrees Celsius and per cent; each row says whether its probe is there and in which unit it tells.
"""

from typing import Final

from simulators.instruments.snmp_values import Oid, Value, integer, system_group, text, under
from simulators.room.room import Room

APC: Final = "1.3.6.1.4.1.318"
PROBES: Final = ("inlet", "hot_spot")
CONNECTED, CELSIUS = 2, 1


def objects(room: Room) -> dict[Oid, Value]:
    rows: dict[str, Value] = {}
    for number, position in enumerate(PROBES, start=1):
        sensor = room.sensors[position]
        rows |= {
            f"1.{number}": integer(number),
            f"2.{number}": text(position),
            f"3.{number}": integer(CONNECTED),
            f"4.{number}": integer(sensor.temperature),
            f"5.{number}": integer(CELSIUS),
            f"6.{number}": integer(sensor.humidity * 100),
        }
    system = system_group("Simulated environmental monitor, AP9312TH", f"{APC}.1.3.8.1", room.time, "climate-4")
    return system | under(f"{APC}.1.1.10.1.3.3.1", rows)
