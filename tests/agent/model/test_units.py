"""Conversions are exact, and a unit that nobody knows is refused with the list."""

import pytest

from agent.model.measures import CATALOGUE, PREFIX
from agent.model.units import WORDS, conversion


@pytest.mark.parametrize(
    ("unit", "raw", "value"),
    [
        ("V", 230, 230.0),
        ("0.1 V", 2298, 229.8),
        ("0.1 V", 3, 0.3),
        ("0.01 kW", 123, 1230.0),
        ("min", 12, 720.0),
        ("0.01 s", 456000, 4560.0),
        ("%", 97, 0.97),
        ("0.1 %", 523, 0.523),
        ("degF", 71.6, 22.0),
        ("0.1 degF", 716, 22.0),
        ("0.1 K", 2982, 25.05),
        ("0.1 kWh", 5, 1_800_000.0),
        ("mA", 20, 0.02),
        ("m3/h", 3600, 1.0),
        ("Ah", 9, 32_400.0),
    ],
)
def test_a_raw_number_becomes_the_base_unit_without_dust(unit: str, raw: float, value: float) -> None:
    assert value == conversion(unit).apply(raw)


@pytest.mark.parametrize("unit", ["", "volt", "0.1", "V 0.1", "-1 V", "0 V", "x V"])
def test_a_unit_that_nobody_knows_is_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="unit '"):
        conversion(unit)


def test_every_unit_word_can_be_used() -> None:
    assert all(conversion(word).divisor > 0 for word in WORDS)


def test_the_catalogue_has_each_metric_once_with_words_in_both_languages() -> None:
    names = [measure.metric for measure in CATALOGUE]

    assert len(names) == len(set(names))
    for measure in CATALOGUE:
        assert measure.metric.startswith(f"{PREFIX}_")
        assert measure.en.strip()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in measure.zh), measure.key
        assert bool(measure.states) == measure.is_state, measure.key
