"""What the RFC 1628 card says unasked (1.3.6.1.2.1.33.2.N).

1  on battery            at once, then every minute for as long as it lasts
2  a test is completed
3  an alarm was added    4  it was removed; neither for being on battery nor for a test in progress
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from simulators.instruments.notifications import Herald, Notification
from simulators.instruments.snmp_values import Value, integer, oid, parse_oid
from simulators.instruments.ups_mib import ALARM, UPS_MIB, WELL_KNOWN_ALARM, objects
from simulators.room.room import Room

ON_BATTERY, TEST_COMPLETED, ALARM_ADDED, ALARM_REMOVED = (f"{UPS_MIB}.2.{number}" for number in (1, 2, 3, 4))
WITH_ON_BATTERY: Final = tuple(f"{UPS_MIB}.1.{row}" for row in ("2.3.0", "2.2.0", "9.7.0"))
WITH_TEST: Final = tuple(f"{UPS_MIB}.1.7.{row}.0" for row in range(1, 7))
NOT_ADDED: Final = frozenset({"on_battery", "test_in_progress"})
REPEAT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Watched:
    standing: frozenset[str]
    minute: int  # on battery; -1 on mains


def herald(room: Room) -> Herald[Watched]:
    return Herald(partial(_watch, room), partial(_tell, room))


def _watch(room: Room) -> Watched:
    on_battery = "on_battery" in room.ups.standing
    return Watched(frozenset(room.ups.standing), int(room.ups.seconds_on_battery / REPEAT) if on_battery else -1)


def _tell(room: Room, before: Watched, now: Watched) -> Iterator[Notification]:
    if now.minute > before.minute:
        yield Notification(ON_BATTERY, _read(room, WITH_ON_BATTERY))
    if "test_in_progress" in before.standing - now.standing:
        yield Notification(TEST_COMPLETED, _read(room, WITH_TEST))
    for condition in sorted(now.standing - before.standing - NOT_ADDED):
        yield Notification(ALARM_ADDED, _entry(condition))
    for condition in sorted(before.standing - now.standing - NOT_ADDED):
        yield Notification(ALARM_REMOVED, _entry(condition))


def _read(room: Room, names: tuple[str, ...]) -> dict[str, Value]:
    view = objects(room)
    return {name: view[parse_oid(name)] for name in names}


def _entry(condition: str) -> dict[str, Value]:
    number = ALARM[condition]
    row = f"{UPS_MIB}.1.6.2.1"
    return {f"{row}.1.{number}": integer(number), f"{row}.2.{number}": oid(f"{WELL_KNOWN_ALARM}.{number}")}
