"""Units: the base units that everything is kept in, and the words in which devices report.

A profile says what the device's document says ("0.1 V", "min", "0.1 degF"); `conversion` turns that into exact
rational arithmetic to the base unit. Nothing else in the program converts units.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache


@dataclass(frozen=True, slots=True)
class Unit:
    """A base unit: how Prometheus spells it in a metric name, how people write it, and Grafana's id for it."""

    suffix: str
    symbol: str
    grafana: str


VOLT = Unit("volts", "V", "volt")
AMPERE = Unit("amperes", "A", "amp")
HERTZ = Unit("hertz", "Hz", "hertz")
WATT = Unit("watts", "W", "watt")
VOLTAMPERE = Unit("voltamperes", "VA", "voltamp")
VAR = Unit("voltamperes_reactive", "var", "voltampreact")
JOULE = Unit("joules", "J", "joule")
COULOMB = Unit("coulombs", "C", "short")
OHM = Unit("ohms", "Ω", "ohm")
CELSIUS = Unit("celsius", "°C", "celsius")
CELSIUS_PER_HOUR = Unit("celsius_per_hour", "°C/h", "short")
SECOND = Unit("seconds", "s", "s")
RATIO = Unit("ratio", "", "percentunit")
RPM = Unit("rpm", "rpm", "rotrpm")
CUBIC_METER_PER_SECOND = Unit("cubic_meters_per_second", "m³/s", "short")
PASCAL = Unit("pascals", "Pa", "pressurepa")
METER_PER_SECOND = Unit("meters_per_second", "m/s", "velocityms")
LUX = Unit("lux", "lx", "lux")
BYTE = Unit("bytes", "B", "bytes")
COUNT = Unit("", "", "short")
STATE = Unit("", "", "short")
FLAG = Unit("", "", "bool")

_K = Fraction(1000)
_CFM = Fraction(47194745, 10**11)  # one cubic foot per minute in m3/s

# The word a device's document uses: base unit, factor, offset (in the base unit).
WORDS: dict[str, tuple[Unit, Fraction, Fraction]] = {
    word: (unit, Fraction(factor), Fraction(offset))
    for word, unit, factor, offset in (
        ("V", VOLT, 1, 0),
        ("mV", VOLT, 1 / _K, 0),
        ("kV", VOLT, _K, 0),
        ("A", AMPERE, 1, 0),
        ("mA", AMPERE, 1 / _K, 0),
        ("Hz", HERTZ, 1, 0),
        ("W", WATT, 1, 0),
        ("mW", WATT, 1 / _K, 0),
        ("kW", WATT, _K, 0),
        ("VA", VOLTAMPERE, 1, 0),
        ("kVA", VOLTAMPERE, _K, 0),
        ("var", VAR, 1, 0),
        ("kvar", VAR, _K, 0),
        ("J", JOULE, 1, 0),
        ("Wh", JOULE, 3600, 0),
        ("kWh", JOULE, 3600 * _K, 0),
        ("MWh", JOULE, 3600 * _K * _K, 0),
        ("Ah", COULOMB, 3600, 0),
        ("varh", JOULE, 3600, 0),
        ("kvarh", JOULE, 3600 * _K, 0),
        ("VAh", JOULE, 3600, 0),
        ("kVAh", JOULE, 3600 * _K, 0),
        ("ohm", OHM, 1, 0),
        ("mohm", OHM, 1 / _K, 0),
        ("degC", CELSIUS, 1, 0),
        ("degF", CELSIUS, Fraction(5, 9), Fraction(-160, 9)),
        ("K", CELSIUS, 1, Fraction(-27315, 100)),
        ("K/h", CELSIUS_PER_HOUR, 1, 0),
        ("ms", SECOND, 1 / _K, 0),
        ("s", SECOND, 1, 0),
        ("min", SECOND, 60, 0),
        ("h", SECOND, 3600, 0),
        ("d", SECOND, 86400, 0),
        ("%", RATIO, Fraction(1, 100), 0),
        ("ratio", RATIO, 1, 0),
        ("rpm", RPM, 1, 0),
        ("m3/s", CUBIC_METER_PER_SECOND, 1, 0),
        ("m3/min", CUBIC_METER_PER_SECOND, Fraction(1, 60), 0),
        ("m3/h", CUBIC_METER_PER_SECOND, Fraction(1, 3600), 0),
        ("l/s", CUBIC_METER_PER_SECOND, 1 / _K, 0),
        ("l/min", CUBIC_METER_PER_SECOND, Fraction(1, 60000), 0),
        ("cfm", CUBIC_METER_PER_SECOND, _CFM, 0),
        ("Pa", PASCAL, 1, 0),
        ("hPa", PASCAL, 100, 0),
        ("kPa", PASCAL, _K, 0),
        ("bar", PASCAL, 100 * _K, 0),
        ("psi", PASCAL, Fraction(6894757, 1000), 0),
        ("m/s", METER_PER_SECOND, 1, 0),
        ("m/min", METER_PER_SECOND, Fraction(1, 60), 0),
        ("lx", LUX, 1, 0),
        ("B", BYTE, 1, 0),
        ("count", COUNT, 1, 0),
    )
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """raw -> (raw * gain + bias) / divisor, integers only, so that 2298 tenths are 229.8 and not 229.80000000000001."""

    unit: Unit
    gain: int
    bias: int
    divisor: int

    def apply(self, raw: float) -> float:
        return (raw * self.gain + self.bias) / self.divisor

    def scaled(self, factor: Fraction) -> "Conversion":
        """The same conversion for raw values that must first be multiplied by `factor` (a scale the device reports)."""
        return _conversion(self.unit, Fraction(self.gain, self.divisor) * factor, Fraction(self.bias, self.divisor))


@cache
def conversion(text: str) -> Conversion:
    """Parses "[number ]word", as in "0.1 V" or "min".

    Raises:
        ValueError: the word is not in WORDS or the number is not a positive decimal.
    """
    number, _, word = text.rpartition(" ")
    if word not in WORDS:
        raise ValueError(f"unit {text!r}: {word!r} is not one of {', '.join(sorted(WORDS))}")
    try:
        step = Fraction(number or "1")
    except ValueError:
        raise ValueError(f"unit {text!r}: {number!r} is not a number") from None
    if step <= 0:
        raise ValueError(f"unit {text!r}: the number before the unit must be above 0")
    unit, factor, offset = WORDS[word]
    return _conversion(unit, factor * step, offset)


def _conversion(unit: Unit, factor: Fraction, offset: Fraction) -> Conversion:
    divisor = math.lcm(factor.denominator, offset.denominator)
    return Conversion(unit, int(factor * divisor), int(offset * divisor), divisor)
