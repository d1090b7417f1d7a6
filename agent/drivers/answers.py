"""Raw values become an answer: of each series the first value counts, and what is not believed is kept back."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.drivers.driver import Answer
from agent.model.measures import Group
from agent.model.readings import Labels, Reading, Withheld
from agent.profiles.values import Insane, Raw, ValueReader, as_text


@dataclass(frozen=True, slots=True)
class Found:
    """One raw value at the device's own `address` for it, and how it reads; `doubt` says why it is not believed."""

    reader: ValueReader
    labels: Labels
    address: str
    raw: Raw
    doubt: str = ""


def answer_of(everything: Iterable[Found]) -> Answer:
    readings: dict[tuple[str, Labels], Reading] = {}
    withheld: list[Withheld] = []
    for found in everything:
        measure = found.reader.measure
        if (measure.key, found.labels) in readings:
            continue
        doubt = found.doubt
        try:
            value = None if doubt else found.reader.read(found.raw)
        except Insane as insane:
            value, doubt = None, str(insane)
        if doubt:
            withheld.append(Withheld(measure, found.labels, found.address, as_text(found.raw), doubt))
        elif value is not None:
            readings[measure.key, found.labels] = Reading(measure, found.labels, value, found.address)
    return Answer(tuple(readings.values()), tuple(withheld))


def only(answer: Answer, groups: frozenset[Group]) -> Answer:
    """What of an answer belongs to the groups."""
    return Answer(
        tuple(reading for reading in answer.readings if reading.group in groups),
        tuple(withheld for withheld in answer.withheld if withheld.measure.group in groups),
    )
