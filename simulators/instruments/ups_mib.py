"""The UPS as an RFC 1628 card tells it: whole volts, tenths of amperes and hertz, minutes of runtime, per cent.

Groups: identity, battery, input, output, bypass, alarms, test, control, configuration. The alarm table holds a row
for each condition that stands, pointing at the well-known alarms of the RFC; its row numbers are those of the
conditions, so it is sparse as the RFC wants. A lost input is also counted in upsInputLineBads.
"""

import math
from typing import Final

from simulators.instruments.snmp_values import (
    Oid,
    Value,
    counter,
    gauge,
    integer,
    oid,
    system_group,
    text,
    ticks,
    under,
)
from simulators.room.room import Room
from simulators.room.ups import (
    INPUT_HIGH,
    INPUT_LOW,
    LOW_RUNTIME,
    OUTPUT_FREQUENCY,
    OUTPUT_VOLTAGE,
    RATED_VOLTAMPERES,
    RATED_WATTS,
    Ups,
)

UPS_MIB: Final = "1.3.6.1.2.1.33"
WELL_KNOWN_ALARM: Final = f"{UPS_MIB}.1.6.3"
OUTPUT_SOURCE: Final = {"off": 2, "online": 3, "bypass": 4, "battery": 5}
NO_TEST, QUICK_TEST = 1, 4
TEST_RESULT: Final = {"passed": 1, "failed": 3, "aborted": 4, "refused": 4, "running": 5, "none": 6}
# What the UPS calls its conditions, and their numbers among the well-known alarms.
ALARM: Final = {
    "on_battery": 2,
    "battery_low": 3,
    "battery_depleted": 4,
    "input_bad": 6,
    "overload": 8,
    "on_bypass": 9,
    "charger_failed": 13,
    "output_off": 14,
    "general_fault": 18,
    "test_failed": 19,
    "awaiting_power": 21,
    "test_in_progress": 24,
}


def objects(room: Room) -> dict[Oid, Value]:
    ups = room.ups
    rows = {
        **_identity(),
        **_battery(room),
        **_input(ups),
        **_output(ups),
        **_bypass(ups),
        **_alarms(ups),
        **_test(ups),
        **_control(),
        **_configuration(),
    }
    system = system_group("Simulated UPS 6000, network card", UPS_MIB, room.time, "ups-1")
    return system | under(f"{UPS_MIB}.1", rows)


def _identity() -> dict[str, Value]:
    return {
        "1.1.0": text("roomready"),
        "1.2.0": text("Simulated UPS 6000"),
        "1.3.0": text("1.0"),
        "1.4.0": text("1.0"),
        "1.5.0": text("SIM-UPS-1"),
        "1.6.0": text("racks 1 to 3"),
    }


def _battery(room: Room) -> dict[str, Value]:
    ups = room.ups
    return {
        "2.1.0": integer(_battery_status(ups)),
        "2.2.0": integer(math.floor(ups.seconds_on_battery)),
        "2.3.0": integer(max(1, math.floor(ups.runtime / 60))),  # minutes; the type begins at 1
        "2.4.0": integer(math.floor(ups.battery.charge * 100)),
        "2.5.0": integer(ups.battery.voltage * 10),  # 0.1 V
        "2.6.0": integer(ups.battery.current * 10),  # 0.1 A
        "2.7.0": integer(ups.battery.temperature),
    }


def _battery_status(ups: Ups) -> int:
    if ups.battery.charge <= 0:
        return 4
    return 3 if ups.battery_low else 2


def _input(ups: Ups) -> dict[str, Value]:
    return {
        "3.1.0": counter(ups.input_bads),
        "3.2.0": integer(1),
        "3.3.1.2.1": integer(ups.input_frequency * 10),  # 0.1 Hz
        "3.3.1.3.1": integer(ups.input_voltage),
        "3.3.1.4.1": integer(ups.input_current * 10),  # 0.1 A
        "3.3.1.5.1": integer(ups.input_watts),
    }


def _output(ups: Ups) -> dict[str, Value]:
    return {
        "4.1.0": integer(OUTPUT_SOURCE[ups.mode]),
        "4.2.0": integer(ups.output_frequency * 10),  # 0.1 Hz
        "4.3.0": integer(1),
        "4.4.1.2.1": integer(ups.output_voltage),
        "4.4.1.3.1": integer(ups.output_current * 10),  # 0.1 A
        "4.4.1.4.1": integer(ups.output_watts),
        "4.4.1.5.1": integer(min(200.0, ups.load_ratio * 100)),
    }


def _bypass(ups: Ups) -> dict[str, Value]:
    on_bypass = ups.mode == "bypass"
    return {
        "5.1.0": integer(ups.input_frequency * 10),  # 0.1 Hz
        "5.2.0": integer(1),
        "5.3.1.2.1": integer(ups.input_voltage),
        "5.3.1.3.1": integer(ups.output_current * 10 if on_bypass else 0),  # 0.1 A
        "5.3.1.4.1": integer(ups.output_watts if on_bypass else 0),
    }


def _alarms(ups: Ups) -> dict[str, Value]:
    rows = {"6.1.0": gauge(len(ups.standing))}
    for condition, since in ups.standing.items():
        number = ALARM[condition]
        rows[f"6.2.1.1.{number}"] = integer(number)
        rows[f"6.2.1.2.{number}"] = oid(f"{WELL_KNOWN_ALARM}.{number}")
        rows[f"6.2.1.3.{number}"] = ticks(since)
    return rows


def _test(ups: Ups) -> dict[str, Value]:
    since = ups.standing.get("test_in_progress")
    return {
        "7.1.0": oid(f"{UPS_MIB}.1.7.7.{NO_TEST if ups.self_test == 'none' else QUICK_TEST}"),
        "7.2.0": integer(0),
        "7.3.0": integer(TEST_RESULT[ups.self_test]),
        "7.4.0": text("" if ups.self_test == "none" else ups.self_test),
        "7.5.0": ticks(since or 0),
        "7.6.0": integer(0 if since is None else (ups.time - since) * 100),  # 0.01 s
    }


def _control() -> dict[str, Value]:
    return {
        "8.1.0": integer(1),  # shutdown acts on the output
        "8.2.0": integer(-1),
        "8.3.0": integer(-1),
        "8.4.0": integer(-1),
        "8.5.0": integer(1),  # restarts by itself
    }


def _configuration() -> dict[str, Value]:
    return {
        "9.1.0": integer(OUTPUT_VOLTAGE),
        "9.2.0": integer(OUTPUT_FREQUENCY * 10),  # 0.1 Hz
        "9.3.0": integer(OUTPUT_VOLTAGE),
        "9.4.0": integer(OUTPUT_FREQUENCY * 10),  # 0.1 Hz
        "9.5.0": integer(RATED_VOLTAMPERES),
        "9.6.0": integer(RATED_WATTS),
        "9.7.0": integer(LOW_RUNTIME / 60),
        "9.8.0": integer(2),
        "9.9.0": integer(INPUT_LOW),
        "9.10.0": integer(INPUT_HIGH),
    }
