"""The scale guard: readings that contradict each other are withheld, not exported.

A card that reports tenths as whole amperes, or kilowatts as watts, is believed by nobody who multiplies. Two rules:
a mains frequency is near 50 or near 60 Hz (or 0, where nothing runs), and volts x amperes agrees with watts and
voltamperes to better than a factor of ten. Where they disagree nobody can tell which one is wrong, so both the current
and the power are refused; the voltage has its own sane range.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.model import units as u
from agent.model.measures import BY_KEY
from agent.model.readings import Labels, Reading, Withheld

MAINS_HERTZ = (40.0, 70.0)  # generators hunt, and 50 and 60 Hz are nominal
ENOUGH_VOLTS, ENOUGH_AMPERES = 50.0, 1.0  # under these the steps of the instruments are too coarse to judge by
APPARENT = (0.2, 5.0)  # VA / (V x A): 1, or 1.73 and 3 where lines and totals are mixed
ACTIVE = (0.05, 5.0)  # W / (V x A): the power factor, which real loads of that size do not have below 0.05


@dataclass(frozen=True, slots=True)
class Triple:
    """Measures of one place that must agree; `powers` with the range of their quotient by volts x amperes."""

    volts: str
    amperes: str
    powers: tuple[tuple[str, tuple[float, float]], ...]


def _triple(family: str) -> Triple:
    powers = ((f"{family}_power", ACTIVE), (f"{family}_apparent_power", APPARENT))
    return Triple(
        f"{family}_voltage", f"{family}_current", tuple((key, limits) for key, limits in powers if key in BY_KEY)
    )


TRIPLES = tuple(
    map(_triple, ("ups_input", "ups_output", "ups_bypass", "mains_feed", "mains_output", "circuit", "inverter_output"))
)
_FREE = ("sensor_", "setting_", "generator_")  # frequencies that are not the mains'


def implausible(readings: Iterable[Reading]) -> list[Withheld]:
    """The readings, of one device, that are not to be believed, and why."""
    known = list(readings)
    by_series = {reading.series: reading for reading in known}
    places = {reading.labels for reading in known}
    return [*_frequencies(known), *_contradictions(by_series, places)]


def _frequencies(readings: Sequence[Reading]) -> Iterator[Withheld]:
    low, high = MAINS_HERTZ
    for reading in readings:
        measure, value = reading.measure, reading.value
        if measure.unit is not u.HERTZ or measure.key.startswith(_FREE) or not isinstance(value, float):
            continue
        if value != 0 and not low <= value <= high:
            yield _withheld(reading, f"{value:g} Hz is neither near 50 nor near 60 Hz")


def _contradictions(by_series: Mapping[tuple[str, Labels], Reading], places: Iterable[Labels]) -> Iterator[Withheld]:
    for triple in TRIPLES:
        for place in places:
            volts, amperes = by_series.get((triple.volts, place)), by_series.get((triple.amperes, place))
            if volts is not None and amperes is not None:
                powers = [(by_series.get((key, place)), limits) for key, limits in triple.powers]
                yield from _judged(volts, amperes, [(p, limits) for p, limits in powers if p is not None])


def _judged(
    volts: Reading, amperes: Reading, powers: Sequence[tuple[Reading, tuple[float, float]]]
) -> Iterator[Withheld]:
    product = abs(float(volts.value) * float(amperes.value))
    if float(volts.value) < ENOUGH_VOLTS or abs(float(amperes.value)) < ENOUGH_AMPERES:
        return
    wrong = [
        power for power, (low, high) in powers if power.value and not low <= abs(float(power.value)) / product <= high
    ]
    for power in wrong:
        sentence = (
            f"{volts.value:g} V x {amperes.value:g} A is {product:g}, "
            f"but the device says {power.value:g} {power.measure.unit.symbol}"
        )
        yield _withheld(power, sentence)
    if wrong:
        yield _withheld(amperes, sentence)


def _withheld(reading: Reading, reason: str) -> Withheld:
    return Withheld(reading.measure, reading.labels, reading.address, f"{reading.value:g}", reason)
