"""A module with eight digital inputs (function 02 from 0), three of them not used; closed is the bad state."""

from typing import Final

from simulators.room.room import Room

UNIT: Final = 8
INPUTS: Final = 8
CONTACTS: Final = ("surge_protector_failed", "breaker_tripped", "water_leak", "smoke", "door_open")


def inputs(room: Room) -> dict[int, int]:
    return dict.fromkeys(range(INPUTS), 0) | {at: int(room.contacts[name]) for at, name in enumerate(CONTACTS)}
