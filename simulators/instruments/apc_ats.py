"""The rack transfer switch as an APC AP44xx tells it (PowerNet MIB, group 318.1.1.8): whole volts and hertz per source,
tenths of amperes at the output, and two states for nearly everything, where 1 is usually the bad one.

The group counts no transfers: a poller sees `atsStatusSelectedSource` change.
"""

from typing import Final

from simulators.instruments.snmp_values import Oid, Value, gauge, integer, system_group, text, under
from simulators.room.feed import NOMINAL_FREQUENCY, NOMINAL_VOLTAGE
from simulators.room.room import Room
from simulators.room.transfer_switch import FREQUENCY_TOLERANCE, SOURCES, VOLTAGE_TOLERANCE

APC: Final = "1.3.6.1.4.1.318"
RATED_AMPERES: Final = 32.0
FAIL, OK = 1, 2
NUMBER: Final = {source: row for row, source in enumerate(SOURCES, start=1)}


def objects(room: Room) -> dict[Oid, Value]:
    rows = {**_identity(), **_configuration(room), **_status(room), **_inputs(room), **_output(room)}
    system = system_group("Simulated rack transfer switch, AP4424", f"{APC}.1.3.32", room.time, "ats-1")
    return system | under(f"{APC}.1.1.8", rows)


def _identity() -> dict[str, Value]:
    return {
        "1.1.0": text("01"),
        "1.2.0": text("1.0"),
        "1.3.0": text("01/01/2024"),
        "1.5.0": text("AP4424"),
        "1.6.0": text("SIM-ATS-1"),
        "1.7.0": integer(NOMINAL_VOLTAGE),
        "1.8.0": integer(NOMINAL_FREQUENCY),
        "1.9.0": integer(RATED_AMPERES),
    }


def _configuration(room: Room) -> dict[str, Value]:
    return {
        "4.1.0": text("ats-1"),
        "4.2.0": integer(NUMBER[room.transfer_switch.preferred]),
        "4.4.0": integer(1),  # high sensitivity
        "4.5.0": integer(2),  # medium voltage range
        "4.8.0": integer(NOMINAL_VOLTAGE),
        "4.9.0": integer(16),
        "4.10.0": integer(VOLTAGE_TOLERANCE),
        "4.11.0": integer(30),
        "4.12.0": integer(FREQUENCY_TOLERANCE),
    }


def _status(room: Room) -> dict[str, Value]:
    switch = room.transfer_switch
    good = {source: OK if switch.good(source) else FAIL for source in SOURCES}
    return {
        "5.1.1.0": integer(2),  # communication established
        "5.1.2.0": integer(NUMBER[switch.selected]),
        "5.1.3.0": integer(2 if switch.redundant else 1),
        "5.1.4.0": integer(1 if _output_current(room) > RATED_AMPERES else 2),
        "5.1.5.0": integer(OK),
        "5.1.6.0": integer(OK),
        "5.1.10.0": integer(OK),
        "5.1.11.0": integer(2),  # front panel unlocked
        "5.1.12.0": integer(good["A"]),
        "5.1.13.0": integer(good["B"]),
        "5.1.14.0": integer(1),  # in phase
        "5.1.15.0": integer(OK if switch.voltage > 0 else FAIL),
        "5.1.16.0": integer(OK),
    }


def _inputs(room: Room) -> dict[str, Value]:
    rows = {"5.3.1.0": integer(len(SOURCES))}
    for source, number in NUMBER.items():
        feed = room.feeds[source]
        rows |= {
            f"5.3.2.1.1.{number}": integer(number),
            f"5.3.2.1.2.{number}": integer(1),  # one phase
            f"5.3.2.1.4.{number}": integer(feed.frequency),
            f"5.3.2.1.6.{number}": text(f"Source {source}"),
            f"5.3.3.1.3.{number}.1.1": integer(feed.voltage),
            f"5.3.3.1.6.{number}.1.1": integer(-1),
            f"5.3.3.1.9.{number}.1.1": integer(-1),
        }
    return rows


def _output_current(room: Room) -> float:
    voltage = room.transfer_switch.voltage
    return room.mains_watts / voltage if voltage > 0 else 0.0


def _output(room: Room) -> dict[str, Value]:
    switch, current = room.transfer_switch, _output_current(room)
    return {
        "5.4.1.0": integer(1),
        "5.4.2.1.1.1": integer(1),
        "5.4.2.1.2.1": integer(1),
        "5.4.2.1.4.1": integer(switch.frequency),
        "5.4.3.1.3.1.1.1": integer(switch.voltage),
        "5.4.3.1.4.1.1.1": integer(current * 10),  # 0.1 A
        "5.4.3.1.7.1.1.1": integer(room.mains_watts),
        "5.4.3.1.10.1.1.1": integer(current / RATED_AMPERES * 100),
        "5.4.3.1.13.1.1.1": integer(room.mains_watts),
        "5.4.5.1.1.1": integer(1),
        "5.4.5.1.3.1": integer(1),  # the total
        "5.4.5.1.4.1": gauge(current * 10),  # 0.1 A
        "5.4.5.1.5.1": integer(1),
        "5.4.5.1.6.1": integer(switch.voltage),
        "5.4.5.1.15.1": integer(room.mains_watts),
    }
