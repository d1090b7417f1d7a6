"""The room's UPSs and transfer switch as a NUT server names them: variables with their units, and status words.

OL on line, OB on battery, LB battery low, CHRG, DISCHRG, BYPASS, OFF, OVER, RB replace the battery, TEST, ALARM
volts, hertz, amperes, degrees; charge, load and humidity in per cent; runtime in seconds
"""

from typing import Final

from simulators.room.feed import NOMINAL_FREQUENCY, NOMINAL_VOLTAGE
from simulators.room.room import Room
from simulators.room.transfer_switch import SOURCES, VOLTAGE_TOLERANCE
from simulators.room.ups import INPUT_HIGH, INPUT_LOW, LOW_CHARGE, LOW_RUNTIME, OUTPUT_VOLTAGE, Ups

Variables = dict[str, str]
ALARM_TEXT: Final = {
    "general_fault": "Inverter failed!",
    "charger_failed": "Charger failed!",
    "test_failed": "Battery test failed!",
    "battery_depleted": "Battery empty!",
}
TEST_RESULT: Final = {
    "none": "No test initiated",
    "running": "In progress",
    "passed": "Done and passed",
    "failed": "Done and error",
    "aborted": "Aborted",
    "refused": "Not started",
}


def devices(room: Room) -> dict[str, Variables]:
    """By the name under which a client asks."""
    units = {f"ups-{number}": ups(room, unit, number) for number, unit in enumerate(room.ups_units, start=1)}
    return units | {"ats-1": transfer_switch(room)}


def ups(room: Room, unit: Ups, number: int) -> Variables:
    serial, model = f"SIM-UPS-{number}", f"Simulated UPS {unit.plan.voltamperes:.0f}"
    return {
        **_identity("ups", model, serial),
        **_status(unit),
        **_battery(unit),
        **_input(unit),
        **_output(unit),
        "ambient.temperature": f"{room.sensors['inlet'].temperature:.1f}",
        "ambient.humidity": f"{room.sensors['inlet'].humidity * 100:.1f}",
    }


def _identity(kind: str, model: str, serial: str) -> Variables:
    return {
        "device.mfr": "roomready",
        "device.model": model,
        "device.serial": serial,
        "device.type": kind,
        "driver.name": "simulated",
    }


def _status(unit: Ups) -> Variables:
    alarms = [words for name, words in ALARM_TEXT.items() if name in unit.standing]
    rows = {
        "ups.status": " ".join(word for word, stands in _words(unit, bool(alarms)) if stands),
        "ups.load": f"{unit.load_ratio * 100:.0f}",
        "ups.power": f"{unit.output_voltamperes:.0f}",
        "ups.power.nominal": f"{unit.plan.voltamperes:.0f}",
        "ups.realpower": f"{unit.output_watts:.0f}",
        "ups.realpower.nominal": f"{unit.plan.watts:.0f}",
        "ups.mode": "bypass" if unit.mode == "bypass" else unit.plan.kind,
        "ups.test.result": TEST_RESULT[unit.self_test],
        "ups.firmware": "1.0",
        "ups.temperature": f"{unit.battery.temperature:.1f}",
    }
    if alarms:
        rows["ups.alarm"] = " ".join(alarms)
    if unit.efficiency > 0:
        rows["ups.efficiency"] = f"{unit.efficiency * 100:.0f}"
    return rows


def _words(unit: Ups, alarm: bool) -> tuple[tuple[str, bool], ...]:
    battery = unit.battery
    return (
        ("ALARM", alarm),
        ("OFF", unit.mode == "off"),
        ("OL", unit.mode in ("online", "bypass")),
        ("OB", unit.mode == "battery"),
        ("LB", "battery_low" in unit.standing),
        ("CHRG", battery.current > 0 and battery.charge < 1.0),
        ("DISCHRG", battery.current < 0),
        ("BYPASS", unit.mode == "bypass"),
        ("BOOST", unit.regulation > 1.0),
        ("TRIM", unit.regulation < 1.0),
        ("OVER", "overload" in unit.standing),
        ("RB", "test_failed" in unit.standing),
        ("TEST", unit.testing),
    )


def _battery(unit: Ups) -> Variables:
    battery = unit.battery
    return {
        "battery.charge": f"{battery.charge * 100:.0f}",
        "battery.charge.low": f"{LOW_CHARGE * 100:.0f}",
        "battery.runtime": f"{unit.runtime:.0f}",
        "battery.runtime.low": f"{LOW_RUNTIME:.0f}",
        "battery.voltage": f"{battery.voltage:.1f}",
        "battery.voltage.nominal": f"{battery.nominal_voltage:.0f}",
        "battery.current": f"{battery.current:.1f}",
        "battery.temperature": f"{battery.temperature:.1f}",
        "battery.type": "PbAc",
    }


def _input(unit: Ups) -> Variables:
    return {
        "input.voltage": f"{unit.input_voltage:.1f}",
        "input.voltage.nominal": f"{NOMINAL_VOLTAGE:.0f}",
        "input.frequency": f"{unit.input_frequency:.1f}",
        "input.frequency.nominal": f"{NOMINAL_FREQUENCY:.0f}",
        "input.current": f"{unit.input_current:.1f}",
        "input.realpower": f"{unit.input_watts:.0f}",
        "input.transfer.low": f"{INPUT_LOW:.0f}",
        "input.transfer.high": f"{INPUT_HIGH:.0f}",
    }


def _output(unit: Ups) -> Variables:
    return {
        "output.voltage": f"{unit.output_voltage:.1f}",
        "output.voltage.nominal": f"{OUTPUT_VOLTAGE:.0f}",
        "output.frequency": f"{unit.output_frequency:.1f}",
        "output.current": f"{unit.output_current:.1f}",
    }


def transfer_switch(room: Room) -> Variables:
    switch = room.transfer_switch
    watts, volts = room.mains_watts, switch.voltage
    rows = {
        **_identity("ats", "Simulated transfer switch", "SIM-ATS-1"),
        "ups.status": "OL" if volts > 0 else "OFF",
        "input.source": str(SOURCES.index(switch.selected) + 1),
        "input.source.preferred": str(SOURCES.index(switch.preferred) + 1),
        "input.transfer.low": f"{NOMINAL_VOLTAGE - VOLTAGE_TOLERANCE:.0f}",
        "input.transfer.high": f"{NOMINAL_VOLTAGE + VOLTAGE_TOLERANCE:.0f}",
        "output.voltage": f"{volts:.1f}",
        "output.current": f"{watts / volts if volts > 0 else 0.0:.1f}",
        "output.realpower": f"{watts:.0f}",
    }
    for number, source in enumerate(SOURCES, start=1):
        feed = room.feeds[source]
        rows[f"input.{number}.voltage"] = f"{feed.voltage:.1f}"
        rows[f"input.{number}.frequency"] = f"{feed.frequency:.1f}"
    return rows
