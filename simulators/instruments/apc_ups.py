"""The same UPS seen through an APC card (PowerNet MIB): whole units, and tenths in the high-precision groups.

Times are in hundredths of a second. There is no row for the power taken from the mains, and what the card cannot
compute it says with a negative number that is a reason (efficiency: -3 output off, -4 on battery, -5 in bypass,
-6 charging).
"""

from typing import Final

from simulators.instruments.snmp_values import Oid, Value, gauge, integer, system_group, text, ticks, under
from simulators.room.room import Room
from simulators.room.ups import INPUT_HIGH, INPUT_LOW, LOW_RUNTIME, OUTPUT_VOLTAGE, Ups

APC: Final = "1.3.6.1.4.1.318"
OUTPUT_STATUS: Final = {"online": 2, "battery": 3, "bypass": 10, "off": 7}
NO_TRANSFER, BLACKOUT, BROWNOUT = 1, 4, 3
FLOAT_CHARGING, BOOST_CHARGING, NOT_CHARGING = 4, 5, 7
EFFICIENCY_UNKNOWN: Final = {"off": -3, "battery": -4, "bypass": -5, "online": -6}
FULL: Final = 0.99
FLAGS: Final = 64  # of upsBasicStateOutputState, counted from 1


def objects(room: Room) -> dict[Oid, Value]:
    rows = {
        **_identity(),
        **_battery(room),
        **_input(room.ups),
        **_output(room.ups),
        **_configuration(),
        **_state(room.ups),
    }
    system = system_group("Simulated network card, Smart-UPS SRT 6000", f"{APC}.1.3.27", room.time, "ups-1-card")
    return system | under(f"{APC}.1.1.1", rows)


def _identity() -> dict[str, Value]:
    return {
        "1.1.1.0": text("Smart-UPS SRT 6000"),
        "1.1.2.0": text("SIM-UPS-1"),
        "1.2.1.0": text("UPS 01.0"),
        "1.2.2.0": text("01/01/2024"),
        "1.2.3.0": text("SIM-UPS-1"),
        "1.2.5.0": text("SRT6KRMXLI"),
    }


def _battery(room: Room) -> dict[str, Value]:
    ups, battery = room.ups, room.ups.battery
    temperature = battery.temperature
    return {
        "2.1.1.0": integer(3 if ups.battery_low else 2),
        "2.1.2.0": ticks(ups.seconds_on_battery),
        "2.1.3.0": text("01/01/2024"),
        "2.2.1.0": gauge(battery.charge * 100),
        "2.2.2.0": gauge(temperature),
        "2.2.3.0": ticks(ups.runtime),
        "2.2.4.0": integer(1),
        "2.2.5.0": integer(1),
        "2.2.6.0": integer(0),
        "2.2.7.0": integer(battery.nominal_voltage),
        "2.2.8.0": integer(battery.voltage),
        "2.2.9.0": integer(battery.current),
        "2.2.17.0": integer(_charger_status(ups)),
        "2.2.21.0": text("01/01/2029"),
        "2.3.1.0": gauge(battery.charge * 1000),  # 0.1 %
        "2.3.2.0": gauge(temperature * 10),  # 0.1 degC
        "2.3.4.0": integer(battery.voltage * 10),  # 0.1 V
        "2.3.5.0": integer(battery.current * 10),  # 0.1 A
        "2.3.13.0": integer(temperature * 10),  # 0.1 degC, signed
    }


def _charger_status(ups: Ups) -> int:
    if ups.mode != "online":
        return NOT_CHARGING
    return FLOAT_CHARGING if ups.battery.charge > FULL else BOOST_CHARGING


def _input(ups: Ups) -> dict[str, Value]:
    return {
        "3.1.1.0": integer(1),
        "3.2.1.0": gauge(ups.input_voltage),
        "3.2.4.0": gauge(ups.input_frequency),
        "3.2.5.0": integer(_line_fail_cause(ups)),
        "3.3.1.0": gauge(ups.input_voltage * 10),  # 0.1 V
        "3.3.4.0": gauge(ups.input_frequency * 10),  # 0.1 Hz
        "3.3.6.0": gauge(ups.input_voltage * 10),  # 0.1 V, the bypass is the same feed
    }


def _line_fail_cause(ups: Ups) -> int:
    if not ups.input_bads:
        return NO_TRANSFER
    return BROWNOUT if 0 < ups.input_voltage < INPUT_LOW else BLACKOUT


def _output(ups: Ups) -> dict[str, Value]:
    return {
        "4.1.1.0": integer(OUTPUT_STATUS[ups.mode]),
        "4.1.2.0": integer(1),
        "4.2.1.0": gauge(ups.output_voltage),
        "4.2.2.0": gauge(ups.output_frequency),
        "4.2.3.0": gauge(ups.load_ratio * 100),
        "4.2.4.0": gauge(ups.output_current),
        "4.2.8.0": integer(ups.output_watts),
        "4.2.9.0": integer(ups.output_voltamperes),
        "4.3.1.0": gauge(ups.output_voltage * 10),  # 0.1 V
        "4.3.2.0": gauge(ups.output_frequency * 10),  # 0.1 Hz
        "4.3.3.0": gauge(ups.load_ratio * 1000),  # 0.1 %
        "4.3.4.0": gauge(ups.output_current * 10),  # 0.1 A
        "4.3.5.0": integer(_efficiency(ups)),  # 0.1 %, or a reason
        "4.3.6.0": gauge(ups.energy_out / 36000),  # 0.01 kWh
    }


def _efficiency(ups: Ups) -> float:
    if ups.mode == "online" and ups.battery.charge > FULL and ups.input_watts > 0:  # before the first step it is 0
        return ups.output_watts / ups.input_watts * 1000
    return EFFICIENCY_UNKNOWN[ups.mode]


def _configuration() -> dict[str, Value]:
    return {
        "5.2.1.0": integer(OUTPUT_VOLTAGE),
        "5.2.2.0": integer(INPUT_HIGH),
        "5.2.3.0": integer(INPUT_LOW),
        "5.2.7.0": integer(1),
        "5.2.8.0": ticks(LOW_RUNTIME),
        "7.2.3.0": integer(1),
        "7.2.4.0": text("01/01/2024"),
    }


def _state(ups: Ups) -> dict[str, Value]:
    on_battery, off = ups.mode == "battery", ups.mode == "off"
    flags = {
        1: on_battery or off or ups.battery_low,  # abnormal condition
        2: on_battery,
        3: ups.battery_low,
        4: ups.mode == "online",
        6: True,  # card and UPS talk
        9: ups.load_ratio > 1,
        11: ups.battery.charge <= 0,
        14: ups.mode == "bypass",
        18: off,  # sleeping until power returns
        19: not off,
        58: off,
    }
    return {
        "11.1.1.0": text("".join("1" if flags.get(number) else "0" for number in range(1, FLAGS + 1))),
        "11.2.1.0": text("0" * 32),
        "11.2.10.0": integer(ups.times_on_battery),
    }
