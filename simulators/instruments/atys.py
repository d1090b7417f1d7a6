"""The transfer switch as a Socomec ATyS p M controller tells it (communication table of the maker, function 03).

0x5001  mode: 0 manual, 0x10 automatic       0x5002  position: 1 open, 2 on source 1, 3 on source 2
0x5005  priority source                      0x5006, 0x5007  source 1, 2: 0 low, 1 present, 2 available
0x5009  cycle counter                        0xC350  "SOCO", a letter each; 0xC357 software
"""

from typing import Final

from simulators.room.room import Room
from simulators.room.transfer_switch import SOURCES

UNIT: Final = 5
MANUAL, AUTOMATIC = 0x00, 0x10
OPEN: Final = 1
POSITION: Final = {"A": 2, "B": 3}
LOW, PRESENT, AVAILABLE = 0, 1, 2
THRESHOLD: Final = 50.0  # volts: less is no source at all
SOFTWARE: Final = 100


def registers(room: Room) -> dict[int, int]:
    switch = room.transfer_switch
    name = {0xC350 + at: ord(letter) for at, letter in enumerate("SOCO")}
    return name | {
        0xC357: SOFTWARE,
        0x5000: 0,
        0x5001: MANUAL if switch.manual else AUTOMATIC,
        0x5002: POSITION[switch.selected] if not switch.gap else OPEN,
        0x5003: 0,
        0x5004: 0,
        0x5005: 1 + SOURCES.index(switch.preferred),
        0x5006: _state(room, "A"),
        0x5007: _state(room, "B"),
        0x5008: 0,
        0x5009: switch.transfers & 0xFFFF,
    }


def _state(room: Room, source: str) -> int:
    if room.transfer_switch.good(source):
        return AVAILABLE
    return PRESENT if room.feeds[source].voltage > THRESHOLD else LOW
