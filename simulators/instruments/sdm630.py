"""A three-phase meter, as an Eastron SDM630, on the panel behind the transfer switch: input registers (function 04).

Each quantity is an IEEE 754 float in two registers, high word first; the numbers below are those of its first one.
Registers that nobody gave a meaning are 0.
"""

import math
import struct
from typing import Final

from simulators.room.panel import Panel
from simulators.room.plan import PHASES
from simulators.room.room import Room

UNIT: Final = 3
LAST: Final = 400
JOULES_PER_KWH: Final = 3.6e6
PAIRS: Final = (("L1", "L2"), ("L2", "L3"), ("L3", "L1"))


def registers(room: Room) -> dict[int, int]:
    words = dict.fromkeys(range(LAST), 0)
    for register, number in _quantities(room.panels["mains"]).items():
        words[register], words[register + 1] = struct.unpack(">HH", struct.pack(">f", number))
    return words


def _quantities(panel: Panel) -> dict[int, float]:
    quantities: dict[int, float] = {}
    for at, phase in enumerate(PHASES):
        for first, number in _of_phase(panel, phase).items():
            quantities[first + 2 * at] = number
    for at, (one, other) in enumerate(PAIRS):
        quantities[200 + 2 * at] = _between(panel.voltage(one), panel.voltage(other))
    return quantities | _totals(panel)


def _of_phase(panel: Panel, phase: str) -> dict[int, float]:
    watts, voltamperes = panel.watts(phase), panel.voltamperes(phase)
    return {
        0: panel.voltage(phase),
        6: panel.current(phase),
        12: watts,
        18: voltamperes,
        24: _reactive(watts, voltamperes),
        30: panel.power_factor(phase),
    }


def _totals(panel: Panel) -> dict[int, float]:
    volts = [panel.voltage(phase) for phase in PHASES]
    amperes = [panel.current(phase) for phase in PHASES]
    watts = sum(panel.watts(phase) for phase in PHASES)
    voltamperes = sum(panel.voltamperes(phase) for phase in PHASES)
    energy = panel.energy / JOULES_PER_KWH
    return {
        42: sum(volts) / len(volts),
        46: sum(amperes) / len(amperes),
        48: sum(amperes),
        52: watts,
        56: voltamperes,
        60: sum(_reactive(panel.watts(phase), panel.voltamperes(phase)) for phase in PHASES),
        62: watts / voltamperes if voltamperes > 0 else 1.0,
        70: panel.frequency,
        72: energy,
        224: _neutral(*amperes),
        342: energy,
    }


def _reactive(watts: float, voltamperes: float) -> float:
    return math.sqrt(max(0.0, voltamperes**2 - watts**2))


def _between(one: float, other: float) -> float:
    """Two phases are a third of a turn apart."""
    return math.sqrt(one**2 + other**2 + one * other)


def _neutral(one: float, two: float, three: float) -> float:
    return math.sqrt(max(0.0, one**2 + two**2 + three**2 - one * two - two * three - three * one))
