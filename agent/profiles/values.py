"""One raw value becomes one value of a measure: the fixed ladder of refusals, and the only unit conversion.

present -> not a sentinel -> of the right kind (number, known word) -> converted -> in the sane range
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from agent.model.measures import Measure
from agent.model.units import Conversion

Raw = int | float | str | bytes | None
_NUMBER = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)")


class Insane(Exception):  # noqa: N818 - a verdict on a value, not an error of ours
    """A value was converted and lies outside its measure's sane range."""


@dataclass(frozen=True, slots=True)
class ValueReader:
    """How the raw values of one row read. Exactly one of `conversion`, `words` and `flags` is set.

    `absent` are the device's own words for "no value"; `fold` is the width at which an unsigned number is in truth
    signed; `least` and `most` bound the numbers that can be meant in this unit; `bit` picks a bit of a number, `char`
    a character (from 1) of a text, `word` whether a text has it among its words, `pattern` the first group of a match.
    """

    measure: Measure
    conversion: Conversion | None = None
    words: dict[str, str] | None = None
    flags: dict[str, float] | None = None
    absent: frozenset[str] = frozenset()
    fold: int | None = None
    least: float | None = None
    most: float | None = None
    bit: int | None = None
    char: int | None = None
    word: str | None = None
    pattern: re.Pattern[str] | None = None

    def read(self, raw: Raw, scale: Fraction | None = None, unit: Conversion | None = None) -> float | str | None:
        """The value, or None where the device has none.

        `scale` and `unit` are what the device itself reported for this value, where the row says it does.

        Raises:
            Insane: the value is outside the measure's sane range.
        """
        raw = self._picked(raw)
        if raw is None or (text := as_text(raw)) == "" or text in self.absent:
            return None
        if self.words is not None:
            return self.words.get(text)
        if self.flags is not None:
            return self.flags.get(text)
        return self._number(raw, scale, unit)

    def _picked(self, raw: Raw) -> Raw:
        if self.char is not None:
            return as_text(raw)[self.char - 1 : self.char] if raw is not None else None
        if self.word is not None and raw is not None:
            return int(self.word in as_text(raw).split())
        if self.pattern is not None and raw is not None:
            match = self.pattern.search(as_text(raw))
            return match[1] if match else None
        if self.bit is not None:
            number = as_number(raw)
            return None if number is None else int(number) >> self.bit & 1
        return raw

    def _number(self, raw: Raw, scale: Fraction | None, unit: Conversion | None) -> float | None:
        number = as_number(raw)
        conversion = unit or self.conversion
        if number is None or conversion is None:
            return None
        if self.fold and number >= 1 << (self.fold - 1):
            number -= 1 << self.fold
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            return None
        value = (conversion.scaled(scale) if scale is not None else conversion).apply(number)
        sane = self.measure.sane
        if sane is not None and not sane[0] <= value <= sane[1]:
            raise Insane(f"{value:g} {self.measure.unit.symbol} is outside {sane[0]:g} to {sane[1]:g}")
        return value


def factor(meaning: str, number: Fraction) -> Fraction:
    """What a value is to be multiplied by, where the device says `number` and means that by it.

    Raises:
        ZeroDivisionError: a divisor of 0.
    """
    match meaning:
        case "decimals":
            return Fraction(10) ** -int(number)
        case "exponent":
            return Fraction(10) ** int(number)
        case "divisor":
            return 1 / number
    return number


def as_text(raw: Raw) -> str:
    """Text as a person would read it: no surrounding blanks, nothing after a NUL."""
    if isinstance(raw, bytes):
        raw = _decoded(raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return "" if raw is None else str(raw).split("\0", 1)[0].strip()


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def as_number(raw: Raw) -> float | None:
    """The number itself, or the one a text begins with, as in "23.5 C"; None where there is none."""
    if isinstance(raw, int | float):
        return raw if math.isfinite(raw) else None
    match = _NUMBER.match(as_text(raw))
    if match is None:
        return None
    text = match[1].replace(",", ".")
    return float(text) if "." in text else int(text)
