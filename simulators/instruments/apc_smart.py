"""A UPS on a serial line that speaks APC's UPS-Link: one letter asked, one short line answered.

Q status byte: 1 trimming, 2 boosting, 3 on line, 4 on battery, 5 overload, 6 battery low, 7 replace the battery
~ and 8: registers with what the status byte has no room for; i: contacts of the Measure-UPS accessory, t and h its air
^Z what may be set: letter, firmware locale (4: all), count, length, values; a: version, alert characters, letters

Alerts come unasked. They follow from `conditions`: a number that rises sends the first character of its row in ALERTS,
one that returns to 0 the second. M and N, the extremes since the last question, are the present voltage: looking at
this UPS changes nothing in it.
"""

from typing import Final

from simulators.room.room import Room
from simulators.room.ups import INPUT_HIGH, INPUT_LOW, LOW_RUNTIME, OUTPUT_VOLTAGE, Ups

MODEL, FIRMWARE, MADE = "SMART-UPS", "601.1.I", "01/01/24"
CTRL_A, CTRL_Z = "\x01", "\x1a"
ALERTS: Final = {
    "on_battery": ("!", "$"),
    "battery_low": ("%", "+"),
    "replace_battery": ("#", ""),
    "measure": ("&", ""),
}
ALERT_SET: Final = "!$%+#&"
REPEAT: Final = 30.0  # seconds between repetitions of `!`
SELF_TEST: Final = {"passed": "OK", "failed": "BT", "aborted": "NG"}
CONTACTS: Final = {"water_leak": 0x10, "smoke": 0x20, "door_open": 0x40, "breaker_tripped": 0x80}
SETTABLE: Final = (
    ("u", ("276", "264", "253", "286")),
    ("l", ("176", "184", "196", "160")),
    ("e", ("00", "15", "50", "90")),
    ("q", ("02", "05", "07", "10")),
    ("p", ("020", "180", "300", "600")),
    ("r", ("000", "060", "180", "300")),
    ("k", ("0", "T", "L", "N")),
    ("s", ("H", "M", "L", "A")),
    ("E", ("336", "168", "ON ", "OFF")),
)


def answers(room: Room, ups: Ups, serial: str) -> dict[str, str]:
    rows = {**_status(ups), **_measured(ups), **_settings(), **_identity(ups, serial), **_surroundings(room)}
    return rows | {"a": f"3.{ALERT_SET}.{''.join(sorted(rows))}a"}


def conditions(room: Room, ups: Ups) -> dict[str, int]:
    on_battery = ups.mode == "battery" and not ups.testing
    low = "battery_low" in ups.standing
    return {
        "on_battery": int(not low and ups.seconds_on_battery // REPEAT) + 1 if on_battery else 0,
        "battery_low": int(low),
        "replace_battery": int(_replace_battery(ups)),
        "measure": int(any(room.contacts[name] for name in CONTACTS)),
    }


def _replace_battery(ups: Ups) -> bool:
    return "test_failed" in ups.standing


def _status(ups: Ups) -> dict[str, str]:
    bits = (
        False,
        ups.regulation < 1.0,
        ups.regulation > 1.0,
        ups.mode in ("online", "bypass"),
        ups.mode == "battery",
        "overload" in ups.standing,
        "battery_low" in ups.standing,
        _replace_battery(ups),
    )
    on_bypass = ups.mode == "bypass"
    by_fault = on_bypass and not ups.bypass_wanted
    return {
        "Q": _hex(sum(1 << bit for bit, stands in enumerate(bits) if stands)),
        "~": _hex(0x02 * by_fault | 0x08 * (on_bypass and not by_fault)),
        "'": _hex(0),
        "8": _hex(0x01 * (ups.mode == "off") | 0x20 * ups.rectifier_failed),
        "7": _hex(0),
        "9": "FF" if INPUT_LOW <= ups.input_voltage <= INPUT_HIGH else "00",
        "G": _last_transfer(ups),
        "X": SELF_TEST.get(ups.self_test, "NO"),
    }


def _hex(byte: int) -> str:
    return f"{byte:02X}"


def _last_transfer(ups: Ups) -> str:
    if ups.testing:
        return "S"
    if ups.times_on_battery == 0:
        return "O"
    return "H" if ups.input_voltage > INPUT_HIGH else "L"


def _measured(ups: Ups) -> dict[str, str]:
    battery, volts = ups.battery, f"{ups.input_voltage:05.1f}"
    return {
        "L": volts,
        "M": volts,
        "N": volts,
        "O": f"{ups.output_voltage:05.1f}",
        "F": f"{ups.output_frequency:05.2f}",
        "P": f"{ups.output_watts / ups.plan.watts * 100:05.1f}",
        "\\": f"{ups.load_ratio * 100:05.1f}",
        "/": f"{ups.output_current:05.2f}",
        "B": f"{battery.voltage:05.2f}",
        "f": f"{battery.charge * 100:05.1f}",
        "j": f"{min(9999.0, ups.runtime // 60):04.0f}:",
        "C": f"{battery.temperature:05.1f}",
        "g": f"{battery.nominal_voltage:03.0f}",
    }


def _settings() -> dict[str, str]:
    """Each with the first of its values."""
    # A locale of 4 and four values each.
    capability = "".join(f"{letter}44{len(values[0])}{''.join(values)}" for letter, values in SETTABLE)
    return {letter: values[0] for letter, values in SETTABLE} | {
        "q": f"{LOW_RUNTIME / 60:02.0f}",
        "u": f"{INPUT_HIGH:03.0f}",
        "l": f"{INPUT_LOW:03.0f}",
        "o": f"{OUTPUT_VOLTAGE:03.0f}",
        CTRL_Z: f"#{capability}",
    }


def _identity(ups: Ups, serial: str) -> dict[str, str]:
    return {
        CTRL_A: f"{MODEL} {ups.plan.voltamperes:.0f}",
        "b": FIRMWARE,
        "n": serial,
        "m": MADE,
        "x": MADE,
        "c": "MACHROOM",
        ">": "000",
        "<": "000",
    }


def _surroundings(room: Room) -> dict[str, str]:
    air = room.sensors["inlet"]
    return {
        "t": f"{air.temperature:05.1f}",
        "h": f"{air.humidity * 100:05.1f}",
        "i": _hex(sum(bit for name, bit in CONTACTS.items() if room.contacts[name])),
        "v": "4Kx",
    }
