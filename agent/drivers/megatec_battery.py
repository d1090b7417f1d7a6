"""What the battery's own data tell where a UPS does not: the volts of the whole pack, and estimates of what is left.

battery=12Vx16       sixteen blocks of 12 V in series
battery=12V9Ahx16    the same, 9 Ah each
battery=12V9Ahx16x2  two such strings in parallel

Charge: linear between 10.4 V and 13.0 V of a 12 V block (0 and 1), which are the limits that the NUT project takes for
lead-acid blocks. It is coarse: the voltage sinks under load and is higher while charging.
Runtime: P x t = C x V x 0.9 (0.9 is the inverter's efficiency), where of the rated capacity C only a share can be had
at a high current: 0.9 at 0.1 C, 0.8 at 0.2 C, 0.7 at 0.4 C, 0.6 at 0.6 C, 0.5 at 1 C, 0.4 at 2 C; between them, linear
over the logarithm of the current. P is the load times the rated voltamperes, as if the power factor were 1: rather too
short than too long. The result is multiplied by the charge.
"""

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from agent.address import Address, AddressError

_FORM = re.compile(r"(\d{1,2})V(?:(\d{1,4}(?:\.\d{1,2})?)Ah)?x(\d{1,3})(?:x(\d{1,2}))?")
_EMPTY, _FULL = 104 / 120, 130 / 120  # of the nominal voltage
_LOWEST, _HIGHEST = 0.6, 1.35  # of the nominal voltage: deep discharge at a high current, and equalising charge
_EFFICIENCY = 0.9
_SHARES = ((0.1, 0.9), (0.2, 0.8), (0.4, 0.7), (0.6, 0.6), (1.0, 0.5), (2.0, 0.4))  # current in C -> share to be had
_CELL = 2.0  # nominal volts of a lead-acid cell


@dataclass(frozen=True, slots=True)
class Battery:
    """Blocks in series, and the capacity of all strings together in ampere-hours, where it is known."""

    block_volts: float
    blocks: int
    capacity: float | None = None

    @property
    def nominal(self) -> float:
        return self.block_volts * self.blocks

    @property
    def cells(self) -> float:
        return self.nominal / _CELL


def battery_of(address: Address) -> Battery | None:
    """The battery that an address tells of.

    Raises:
        AddressError: it does not have the form of one.
    """
    text = address.options.get("battery")
    if text is None:
        return None
    match = _FORM.fullmatch(text)
    if match is None or not int(match[1]) or not int(match[3]):
        raise AddressError(f"battery={text}", "volts and number of blocks in series, as in 12V9Ahx16 or 12Vx16")
    strings = int(match[4] or 1)
    return Battery(float(match[1]), int(match[3]), float(match[2]) * strings if match[2] else None)


def pack_volts(reported: float, nominal: float | None, battery: Battery | None) -> float | None:
    """The volts of all blocks, from those of a cell, a block or all; None where it cannot be told which they are.

    `nominal` is the rated voltage by the UPS's own word; without data of the battery the value must fit it as it is.
    """
    expected = battery.nominal if battery else nominal
    factors = (1.0, battery.blocks, battery.cells) if battery else (1.0,)
    fitting = (round(reported * f, 2) for f in factors if expected and _LOWEST <= reported * f / expected <= _HIGHEST)
    return next(fitting, None)


def charge(volts: float, battery: Battery) -> float:
    """The share of the charge that is left, 0 to 1."""
    return min(1.0, max(0.0, (volts / battery.nominal - _EMPTY) / (_FULL - _EMPTY)))


def runtime(left: float, watts: float, battery: Battery) -> float | None:
    """Seconds that the battery lasts; None where nothing draws on it, or its capacity is not known."""
    if not battery.capacity or watts <= 0:
        return None
    current = watts / (battery.nominal * _EFFICIENCY) / battery.capacity
    return _share(current) / current * 3600 * left


def _share(current: float) -> float:
    for (low, more), (high, less) in pairwise(_SHARES):
        if low <= current <= high:
            return more + (less - more) * math.log(current / low) / math.log(high / low)
    return _SHARES[0][1] if current < _SHARES[0][0] else _SHARES[-1][1]
