"""1-wire texts: temperatures, checksums, and what is no temperature though its checksum is right."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Garbled
from agent.wire.w1 import Temperature, crc8, parse


def text(data: str, millidegrees: int, good: str = "YES") -> str:
    return f"{data} : crc={data[-2:]} {good}\n{data} t={millidegrees}\n"


@pytest.mark.parametrize(
    ("data", "millidegrees"),
    [
        ("72 01 4b 46 7f ff 0c 10 c6", 23125),
        ("59 01 4b 46 7f ff 0c 10 81", 21562),
        ("5e ff 4b 46 7f ff 0c 10 6a", -10125),
        ("00 00 4b 46 7f ff 0c 10 c8", 0),
    ],
)
def test_a_temperature_is_read(data: str, millidegrees: int) -> None:
    assert Temperature(millidegrees) == parse(text(data, millidegrees))


@pytest.mark.parametrize(
    ("data", "millidegrees", "why"),
    [
        ("50 05 4b 46 7f ff 0c 10 1c", 85000, "at power-on"),
        ("ff 07 4b 46 7f ff 0c 10 a6", 127937, "too little supply"),
    ],
)
def test_what_a_sensor_in_trouble_says_is_doubted(data: str, millidegrees: int, why: str) -> None:
    assert why in parse(text(data, millidegrees)).doubt


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (text("72 01 4b 46 7f ff 0c 10 c6", 23125, "NO"), "checksum is wrong"),
        (text("72 02 4b 46 7f ff 0c 10 c6", 39125), "checksum is wrong"),  # the kernel says YES and is not believed
        (text("ff ff ff ff ff ff ff ff ff", -62, "NO"), "checksum is wrong"),
        (text("00 00 00 00 00 00 00 00 00", 0), "shorted"),
        ("", "received ''"),
        ("72 01 4b 46 7f ff 0c 10 c6 : crc=c6 YES\n", "no thermometer's text"),
        (text("72 01 4b 46 7f ff 0c 10 c6", 23125)[:-4] + "x", "no thermometer's text"),
    ],
)
def test_what_came_badly_is_garbled_and_shown(spoilt: str, said: str) -> None:
    with pytest.raises(Garbled, match=said):
        parse(spoilt)


def test_the_checksum_is_that_of_the_datasheet() -> None:
    assert 0xA2 == crc8(bytes.fromhex("02 1c b8 01 00 00 00"))  # the example of Maxim's application note 27


@given(st.binary(min_size=8, max_size=8), st.integers(0, 63))
def test_a_flipped_bit_is_noticed(data: bytes, bit: int) -> None:
    flipped = (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(8, "big")

    assert crc8(data) != crc8(flipped)


@given(
    st.one_of(st.text(max_size=120), st.from_regex(r"([0-9a-f]{2} ){9}: crc=[0-9a-f]{2} YES\n([0-9a-f]{2} ){9}t=-?\d+"))
)
def test_whatever_stands_there_is_a_temperature_or_garbled(found: str) -> None:
    with suppress(Garbled):
        assert -999_999 <= parse(found).millidegrees <= 999_999
