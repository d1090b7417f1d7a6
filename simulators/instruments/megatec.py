"""A UPS on a serial line that speaks Megatec, and its Voltronic successor: questions and answers without their CR.

Q1   (MMM.M NNN.N PPP.P QQQ RR.R S.SS TT.T b7b6b5b4b3b2b1b0
      input V, V of the last transfer, output V, load %, input Hz, battery V per cell, temperature degC, flags
      b7 mains failed  b6 battery low  b5 bypass or regulating  b4 broken  b3 line-interactive  b2 testing
      b1 shutting down  b0 beeper enabled
F    #VVV.V AAA BB.BB HH.H   ratings: V, A, battery V, Hz
I    #maker (15) model (10) firmware (10)

Voltronic: QGS everything at once, QMOD the mode as a letter, QBV the battery, QWS 64 warnings, QRI as F, and who it is.
Battery volts fit in four characters only per cell, so an on-line UPS with a long string tells them so; QGS and QBV tell
the string's. What the last transfer was like is not kept: the second field repeats the first.
"""

from typing import Final

from simulators.room.battery import BLOCKS, CELLS_PER_BLOCK, NOMINAL_BLOCK_VOLTAGE
from simulators.room.feed import NOMINAL_FREQUENCY
from simulators.room.ups import OUTPUT_VOLTAGE, Ups

MAKER, FIRMWARE = "ROOMREADY", "V1.0"
NOT_MEASURED: Final = "---.-"
MODE: Final = {"online": "L", "battery": "B", "bypass": "Y", "off": "S"}
WARNINGS: Final = 64
WARNING: Final = {"battery_low": 7, "overload": 8, "charger_failed": 13, "test_failed": 55}
BROKEN: Final = ("general_fault", "charger_failed")


def megatec(ups: Ups, serial: str) -> dict[str, str]:
    return {
        "Q1": f"({_status(ups)}",
        "F": f"#{_ratings(ups)}",
        "I": f"#{MAKER:15} {_model(ups):10} {FIRMWARE:10}",
        "ID": f"#{serial}",
    }


def voltronic(ups: Ups, serial: str) -> dict[str, str]:
    """Both dialects: the newer units still answer the older questions."""
    battery = ups.battery
    minutes = min(999, int(ups.runtime / 60))
    return megatec(ups, serial) | {
        "QPI": "(PI00",
        "QGS": f"({_measured(ups)} {_voltronic_flags(ups)}",
        "QMOD": f"({'T' if ups.testing else MODE[ups.mode]}",
        "QRI": f"({_ratings(ups)}",
        "QBV": f"({battery.voltage:05.1f} {BLOCKS:02} 01 {battery.charge * 100:03.0f} {minutes:03}",
        "QWS": f"({_warnings(ups)}",
        "QFS": "(OK",
        "QVFW": "(VERFW:00010.00",
        "QID": f"({serial}",
        "QMF": f"({MAKER:#>15}",
    }


def _model(ups: Ups) -> str:
    return f"SIM-{ups.plan.voltamperes:.0f}"


def _ratings(ups: Ups) -> str:
    amperes = ups.plan.voltamperes / OUTPUT_VOLTAGE
    return f"{OUTPUT_VOLTAGE:05.1f} {amperes:03.0f} {BLOCKS * NOMINAL_BLOCK_VOLTAGE:05.1f} {NOMINAL_FREQUENCY:04.1f}"


def _status(ups: Ups) -> str:
    frequency = ups.output_frequency if ups.mode == "battery" else ups.input_frequency
    cell = ups.battery.voltage / (BLOCKS * CELLS_PER_BLOCK)
    volts = f"{ups.input_voltage:05.1f} {ups.input_voltage:05.1f} {ups.output_voltage:05.1f}"
    return f"{volts} {_load(ups)} {frequency:04.1f} {cell:04.2f} {ups.battery.temperature:04.1f} {_flags(ups)}"


def _load(ups: Ups) -> str:
    return f"{min(999.0, ups.load_ratio * 100):03.0f}"


def _bits(*bits: bool) -> str:
    return "".join("1" if bit else "0" for bit in bits)


def _mains_failed(ups: Ups) -> bool:
    return "input_bad" in ups.standing or (ups.mode == "battery" and not ups.testing)


def _regulating(ups: Ups) -> bool:
    return ups.mode == "bypass" or ups.regulation != 1.0


def _broken(ups: Ups) -> bool:
    return any(fault in ups.standing for fault in BROKEN)


def _flags(ups: Ups) -> str:
    return _bits(
        _mains_failed(ups),
        "battery_low" in ups.standing,
        _regulating(ups),
        _broken(ups),
        ups.plan.kind != "online",
        ups.testing,
        False,
        True,
    )


def _measured(ups: Ups) -> str:
    came_in = f"{ups.input_voltage:05.1f} {ups.input_frequency:04.1f}"
    goes_out = f"{ups.output_voltage:05.1f} {ups.output_frequency:04.1f} {ups.output_current:05.1f} {_load(ups)}"
    bus = f"{NOT_MEASURED} {NOT_MEASURED}"
    return f"{came_in} {goes_out} {bus} {ups.battery.voltage:05.1f} {NOT_MEASURED} {ups.battery.temperature:05.1f}"


def _voltronic_flags(ups: Ups) -> str:
    """Two for the kind, then as in Q1 with gaps; the beeper's flag is the other way round."""
    kind = "10" if ups.plan.kind == "online" else "01"
    shared = _bits(_mains_failed(ups), "battery_low" in ups.standing, _regulating(ups), _broken(ups))
    return f"{kind}{shared}0{_bits(ups.testing)}0000"


def _warnings(ups: Ups) -> str:
    standing = {WARNING[name] for name in ups.standing if name in WARNING}
    return _bits(*(number in standing for number in range(WARNINGS)))
