"""Power and cooling as YD/T 1363.3 frames tell them: per command (CID2) the content of the reply, in its two encodings.

41H floats       each value eight hex digits, IEEE 754, low byte first; eight spaces for what is not measured
42H fixed point  each value four hex digits, hundredths; four spaces, or 2020H, for what is not measured
43H states       one byte each
44H alarms       one byte each: 00 normal, 01 low, 02 high, 03 a phase lost, 05 open, F0 another fault
4DH clock        year (two bytes), month, day, hour, minute, second: the room's time since a New Year's day
51H maker        name (30), software (20), vendor (20), padded with spaces

2AH UPS            input V A B C, output V A B C, output A A B C, battery V, output Hz, three counts of further values
40H AC panel       number of inputs, then each: V A B C, Hz, count of further values; at last A of A B C
60H cooling unit   V A B C, A A B C, supply degC, return degC
80H environment    count and values of temperatures, count and values of relative humidities in per cent

Every reply to 41H to 44H begins with DATAFLAG, 00. The layout of 80H differs between makers.
"""

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from simulators.room.cooling import LOWEST_VOLTAGE, Cooling
from simulators.room.feed import NOMINAL_VOLTAGE
from simulators.room.plan import PHASES
from simulators.room.room import Room
from simulators.room.transfer_switch import VOLTAGE_TOLERANCE
from simulators.room.ups import INPUT_HIGH, INPUT_LOW, Ups

UPS, AC_PANEL, COOLING, ENVIRONMENT = 0x2A, 0x40, 0x60, 0x80
FLOAT, FIXED, STATES, ALARMS = 0x41, 0x42, 0x43, 0x44
CLOCK, VERSION, ADDRESS, MAKER = 0x4D, 0x4F, 0x50, 0x51  # version and address stand in the frame's header
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
DATAFLAG: Final = "00"
NO_MORE: Final = "00"  # values of the maker's own
NORMAL, TOO_LOW, TOO_HIGH, PHASE_LOST, OPEN, FAULT = 0x00, 0x01, 0x02, 0x03, 0x05, 0xF0
HUNDREDTHS: Final = 100
Encode = Callable[[float | None], str]
Content = dict[int, str]


def as_float(value: float | None) -> str:
    return " " * 8 if value is None else struct.pack("<f", value).hex().upper()


def as_fixed(value: float | None) -> str:
    return " " * 4 if value is None else f"{round(value * HUNDREDTHS) & 0xFFFF:04X}"


def as_fixed_or_2020(value: float | None) -> str:
    return "2020" if value is None else as_fixed(value)


def as_bytes(*values: int) -> str:
    return bytes(values).hex().upper()


def ups(room: Room, number: int) -> Content:
    unit = room.ups_units[number - 1]
    return _common(room, "SIMULATED UPS") | {
        FLOAT: _ups_values(unit, as_float),
        FIXED: _ups_values(unit, as_fixed),
        STATES: DATAFLAG + as_bytes(*_ups_states(unit)),
        ALARMS: DATAFLAG + as_bytes(*_ups_alarms(unit)),
    }


def _on_phase(value: float, phase: str) -> tuple[float | None, ...]:
    return tuple(value if phase == each else None for each in PHASES)


def _ups_values(unit: Ups, encode: Encode) -> str:
    values = (
        *_on_phase(unit.input_voltage, unit.plan.phase),
        *_on_phase(unit.output_voltage, "L1"),
        *_on_phase(unit.output_current, "L1"),
        unit.battery.voltage,
        unit.output_frequency,
    )
    return DATAFLAG + "".join(map(encode, values)) + NO_MORE * 3


def _ups_states(unit: Ups) -> tuple[int, ...]:
    """Supply, (not used), rectifier's input, battery, battery test."""
    supply = 0x02 if unit.mode == "bypass" else 0x01
    rectifier = {"online": 0xE1, "battery": 0xE2}.get(unit.mode, 0xE0)
    discharging, charging = unit.battery.current < 0, unit.battery.charge < 1.0 and unit.battery.current > 0
    battery = 0xE3 if discharging else 0xE1 if charging else 0xE0
    return (supply, 0x00, rectifier, battery, 0xE0 if unit.testing else 0xE1)


def _ups_alarms(unit: Ups) -> tuple[int, ...]:
    """Twenty-five bytes in the standard's order; those not named here are always normal."""
    standing = {
        2: _limits(unit.input_voltage, INPUT_LOW, INPUT_HIGH),
        3: FAULT * ("charger_failed" in unit.standing),
        4: FAULT * ("general_fault" in unit.standing),
        6: TOO_LOW * ("battery_low" in unit.standing),
        13: FAULT * ("charger_failed" in unit.standing),
        14: FAULT * ("battery_depleted" in unit.standing),
        16: FAULT * ("overload" in unit.standing),
    }
    return tuple(standing.get(place, NORMAL) for place in range(1, 26))


def _limits(value: float, low: float, high: float) -> int:
    return TOO_LOW if value < low else TOO_HIGH if value > high else NORMAL


def ac_panel(room: Room) -> Content:
    """Its two inputs are the feeds; what it gives is what the panel behind the transfer switch draws."""
    return _common(room, "SIMULATED AC PANEL") | {
        FLOAT: _panel_values(room, as_float),
        FIXED: _panel_values(room, as_fixed),
        STATES: DATAFLAG + as_bytes(len(room.feeds), *_closed(room)),
        ALARMS: DATAFLAG + as_bytes(len(room.feeds), *_panel_alarms(room)),
    }


def _panel_values(room: Room, encode: Encode) -> str:
    inputs = [
        "".join(map(encode, (*(feed.volts[phase] for phase in PHASES), feed.frequency))) + NO_MORE
        for feed in room.feeds.values()
    ]
    drawn = "".join(encode(room.panels["mains"].current(phase)) for phase in PHASES)
    return DATAFLAG + as_bytes(len(inputs)) + "".join(inputs) + drawn


def _closed(room: Room) -> list[int]:
    """Per input: 00 its switch is closed, 01 open."""
    return [int(name != room.transfer_switch.selected) for name in room.feeds]


def _panel_alarms(room: Room) -> list[int]:
    """Per input: each phase's voltage, the surge protector; at the end the breakers."""
    alarms: list[int] = []
    for name, feed in room.feeds.items():
        alarms += [_phase_alarm(feed.volts[phase]) for phase in PHASES]
        alarms.append(FAULT * room.surge_protectors[name].failed)
    return [*alarms, OPEN * room.panels["mains"].any_tripped]


def _phase_alarm(volts: float) -> int:
    if volts == 0.0:
        return PHASE_LOST
    return _limits(volts, NOMINAL_VOLTAGE - VOLTAGE_TOLERANCE, NOMINAL_VOLTAGE + VOLTAGE_TOLERANCE)


def cooling(room: Room, number: int) -> Content:
    unit, circuit = room.cooling_units[number - 1], room.circuits[f"cooling-{number}"]
    supplied = circuit.voltage, circuit.current
    return _common(room, "SIMULATED COOLING") | {
        FLOAT: _cooling_values(unit, supplied, as_float),
        FIXED: _cooling_values(unit, supplied, as_fixed_or_2020),
        STATES: DATAFLAG + as_bytes(int(unit.works), 0),
        ALARMS: DATAFLAG + as_bytes(FAULT * unit.failed, NORMAL, FAULT * (supplied[0] < LOWEST_VOLTAGE), 0, 0, 0),
    }


def _cooling_values(unit: Cooling, supplied: tuple[float, float], encode: Encode) -> str:
    voltage, current = supplied
    values = (
        *_on_phase(voltage, unit.plan.phase),
        *_on_phase(current, unit.plan.phase),
        unit.supply_temperature if unit.works else None,
        unit.return_temperature,
    )
    return DATAFLAG + "".join(map(encode, values))


def environment(room: Room) -> Content:
    """Alarms: the room's contacts in this order: water, smoke, door."""
    contacts = room.contacts
    alarms = (FAULT * contacts["water_leak"], FAULT * contacts["smoke"], OPEN * contacts["door_open"])
    return _common(room, "SIMULATED ROOM") | {
        FLOAT: _climate_values(room, as_float),
        FIXED: _climate_values(room, as_fixed),
        ALARMS: DATAFLAG + as_bytes(*alarms),
    }


def _climate_values(room: Room, encode: Encode) -> str:
    sensors, count = room.sensors.values(), as_bytes(len(room.sensors))
    temperatures = "".join(encode(sensor.temperature) for sensor in sensors)
    humidities = "".join(encode(sensor.humidity * 100) for sensor in sensors)
    return DATAFLAG + count + temperatures + count + humidities


def _common(room: Room, name: str) -> Content:
    now = BEGINNING + timedelta(seconds=room.time)
    return {CLOCK: clock(now), VERSION: "", ADDRESS: "", MAKER: maker(name)}


def clock(now: datetime) -> str:
    return f"{now.year:04X}" + as_bytes(now.month, now.day, now.hour, now.minute, now.second)


def maker(name: str) -> str:
    words: Mapping[str, int] = {name: 30, "1.0": 20, "ROOMREADY": 20}
    return "".join(word.ljust(width).encode("ascii").hex().upper() for word, width in words.items())
