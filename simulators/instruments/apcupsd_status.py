"""A UPS as apcupsd's network server tells it: a key padded to nine, a colon, and a value with its unit in words.

STATUS words: ONLINE ONBATT OVERLOAD LOWBATT REPLACEBATT TRIM BOOST; STATFLAG has them as bits, and bit 24 that it is
plugged in, bit 26 that there is a battery. Times are the room's, counted from a New Year's day.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from simulators.room.room import Room
from simulators.room.ups import INPUT_HIGH, INPUT_LOW, LOW_CHARGE, LOW_RUNTIME, OUTPUT_VOLTAGE, Ups

BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
FLAG: Final = {"TRIM": 1, "BOOST": 2, "ONLINE": 3, "ONBATT": 4, "OVERLOAD": 5, "LOWBATT": 6, "REPLACEBATT": 7}
CALIBRATION, PLUGGED, BATTERY_PRESENT = 0, 24, 26
SELF_TEST: Final = {"passed": "OK", "failed": "BT", "aborted": "WN", "running": "IP"}
WORDS: Final = {
    "on_battery": "Power failure. Running on UPS batteries.",
    "battery_low": "Battery power is low.",
    "output_off": "The output is off.",
    "overload": "The UPS is overloaded.",
    "on_bypass": "The load is on bypass.",
}


def status(room: Room, unit: Ups, serial: str) -> dict[str, str]:
    """Without its header APC and trailer END APC, which the server knows how to count."""
    return {
        **_service(room, unit),
        "STATUS": " ".join(word for word, stands in _words(unit) if stands),
        **_measured(room, unit),
        **_settings(),
        **_history(unit),
        "STATFLAG": f"0x{_flags(unit):08X}",
        "SERIALNO": serial,
        "BATTDATE": "2024-01-01",
        "NOMOUTV": f"{OUTPUT_VOLTAGE:.0f} Volts",
        "NOMBATTV": f"{unit.battery.nominal_voltage:.1f} Volts",
        "NOMPOWER": f"{unit.plan.watts:.0f} Watts",
        "FIRMWARE": "601.1.I",
    }


def events(unit: Ups) -> list[str]:
    """What stands, and since when; this server was not there to see what has passed."""
    return [f"{moment(since)}  {WORDS[name]}" for name, since in unit.standing.items() if name in WORDS]


def moment(seconds: float) -> str:
    return f"{BEGINNING + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S %z}"


def _service(room: Room, unit: Ups) -> dict[str, str]:
    return {
        "DATE": f"{moment(room.time)}  ",
        "HOSTNAME": "machine-room",
        "VERSION": "3.14.14 (simulated) debian",
        "UPSNAME": "MACHROOM",
        "CABLE": "Custom Cable Smart",
        "DRIVER": "APC Smart UPS (any)",
        "UPSMODE": "Stand Alone",
        "STARTTIME": f"{moment(0.0)}  ",
        "MODEL": f"SMART-UPS {unit.plan.voltamperes:.0f}",
    }


def _words(unit: Ups) -> tuple[tuple[str, bool], ...]:
    return (
        ("TRIM", unit.regulation < 1.0),
        ("BOOST", unit.regulation > 1.0),
        ("ONLINE", unit.mode in ("online", "bypass")),
        ("ONBATT", unit.mode == "battery"),
        ("OVERLOAD", "overload" in unit.standing),
        ("LOWBATT", "battery_low" in unit.standing),
        ("REPLACEBATT", "test_failed" in unit.standing),
    )


def _flags(unit: Ups) -> int:
    standing = sum(1 << FLAG[word] for word, stands in _words(unit) if stands)
    return standing | 1 << PLUGGED | 1 << BATTERY_PRESENT


def _measured(room: Room, unit: Ups) -> dict[str, str]:
    air = room.sensors["inlet"]
    return {
        "LINEV": f"{unit.input_voltage:.1f} Volts",
        "LOADPCT": f"{unit.output_watts / unit.plan.watts * 100:.1f} Percent",
        "BCHARGE": f"{unit.battery.charge * 100:.1f} Percent",
        "TIMELEFT": f"{unit.runtime / 60:.1f} Minutes",
        "OUTPUTV": f"{unit.output_voltage:.1f} Volts",
        "LINEFREQ": f"{unit.input_frequency:.1f} Hz",
        "BATTV": f"{unit.battery.voltage:.1f} Volts",
        "ITEMP": f"{unit.battery.temperature:.1f} C",
        "AMBTEMP": f"{air.temperature:.1f} C",
        "HUMIDITY": f"{air.humidity * 100:.1f} Percent",
    }


def _settings() -> dict[str, str]:
    return {
        "MBATTCHG": f"{LOW_CHARGE * 100:.0f} Percent",
        "MINTIMEL": f"{LOW_RUNTIME / 60:.0f} Minutes",
        "MAXTIME": "0 Seconds",
        "SENSE": "High",
        "LOTRANS": f"{INPUT_LOW:.1f} Volts",
        "HITRANS": f"{INPUT_HIGH:.1f} Volts",
        "DLOWBATT": f"{LOW_RUNTIME / 60:.0f} Minutes",
        "ALARMDEL": "5 Seconds",
    }


def _history(unit: Ups) -> dict[str, str]:
    rows = {
        "SELFTEST": SELF_TEST.get(unit.self_test, "NO"),
        "NUMXFERS": f"{unit.times_on_battery}",
        "TONBATT": f"{unit.seconds_on_battery:.0f} Seconds",
    }
    if "on_battery" in unit.standing:
        rows["XONBATT"] = f"{moment(unit.standing['on_battery'])}  "
    return rows
