"""What APC's cards say unasked: traps of the PowerNet MIB (318.0.N), each with a line of text.

Nearly all come in pairs: one when something begins, another when it is over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from simulators.instruments.notifications import Herald, Notification
from simulators.instruments.snmp_values import text
from simulators.room.room import Room
from simulators.room.transfer_switch import SOURCES

APC: Final = "1.3.6.1.4.1.318"
LINE_OF_TEXT: Final = f"{APC}.2.3.3.0"  # mtrapargsString
SOURCE_SWITCHED: Final = 126
Standing = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    condition: str
    begins: int
    begun: str
    ends: int
    ended: str


UPS_PAIRS: Final = (
    Pair("on_battery", 5, "on battery power", 9, "utility power restored"),
    Pair("battery_low", 7, "the battery is low", 11, "the battery is no longer low"),
    Pair("battery_depleted", 4, "the battery is discharged", 38, "the battery is no longer discharged"),
    Pair("overload", 2, "overload", 33, "the overload is over"),
    Pair("on_bypass", 20, "on bypass because of a fault", 23, "returned from bypass"),
    Pair("bypass_wanted", 21, "on bypass by command", 23, "returned from bypass"),
    Pair("output_off", 13, "sleeping until utility power is restored", 14, "woke"),
    Pair("charger_failed", 51, "the charger failed", 52, "the charger works"),
    Pair("test_failed", 3, "the self-test failed", 10, "the self-test passed"),
)
ATS_PAIRS: Final = (
    Pair("redundancy_lost", 127, "redundancy is lost", 128, "redundancy is restored"),
    *(Pair(f"{source}_failed", 698, f"source {source} failed", 699, f"source {source} is good") for source in SOURCES),
)


def of_ups(room: Room) -> Herald[Standing]:
    return Herald(partial(_ups, room), partial(_pairs, UPS_PAIRS))


def of_ats(room: Room) -> Herald[Standing]:
    return Herald(partial(_ats, room), _ats_tells)


def _ups(room: Room) -> Standing:
    standing = dict.fromkeys(room.ups.standing, True)
    if room.ups.bypass_wanted and standing.pop("on_bypass", False):
        standing["bypass_wanted"] = True
    return standing


def _ats(room: Room) -> Standing:
    switch = room.transfer_switch
    failed = {f"{source}_failed": not switch.good(source) for source in SOURCES}
    return {"redundancy_lost": not switch.redundant, **failed, f"on_{switch.selected}": True}


def _ats_tells(before: Standing, now: Standing) -> Iterator[Notification]:
    for source in SOURCES:
        if now.get(f"on_{source}") and not before.get(f"on_{source}"):
            yield _say(SOURCE_SWITCHED, f"switched to source {source}")
    yield from _pairs(ATS_PAIRS, before, now)


def _pairs(pairs: tuple[Pair, ...], before: Standing, now: Standing) -> Iterator[Notification]:
    for pair in pairs:
        was, stands = before.get(pair.condition, False), now.get(pair.condition, False)
        if stands and not was:
            yield _say(pair.begins, pair.begun)
        elif was and not stands:
            yield _say(pair.ends, pair.ended)


def _say(number: int, words: str) -> Notification:
    return Notification(f"{APC}.0.{number}", {LINE_OF_TEXT: text(words)})
