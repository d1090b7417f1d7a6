"""1-wire thermometers as Linux shows them: one text of two lines, from the nine bytes that the sensor sent.

    72 01 4b 46 7f ff 0c 10 c6 : crc=c6 YES      temperature (low, high byte), two limits, configuration, -, -, -, CRC
    72 01 4b 46 7f ff 0c 10 c6 t=23125           the kernel's own reading, thousandths of a degree

Behind NO the second line repeats the last good bytes, so nothing of it is believed. Some bytes pass the CRC and are no
temperature: a sensor that lost its supply says what it says at power-on, one with too little supply says all ones,
and a bus that is shorted to ground says zeros. Sources: Linux kernel, w1_therm's documentation; the DS18B20's
datasheet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.faults import Garbled, shown

THERMOMETERS: Mapping[str, str] = {
    "10": "DS18S20",
    "22": "DS1822",
    "28": "DS18B20",
    "3b": "DS1825",
    "42": "DS28EA00",
}
_FALSE: Mapping[int, str] = {
    85000: "what a sensor says at power-on: it was reset while it measured",
    127937: "what a sensor with too little supply says",
}
_TEXT = re.compile(
    r"(?P<bytes>(?:[0-9a-f]{2} ){9}): crc=(?P<crc>[0-9a-f]{2}) (?P<good>YES|NO)\s*\n"
    r"(?:[0-9a-f]{2} ){9}t=(?P<millidegrees>-?\d{1,6})\s*"
)


@dataclass(frozen=True, slots=True)
class Temperature:
    """What a sensor says, in thousandths of a degree Celsius; `doubt` says why it is no temperature."""

    millidegrees: int
    doubt: str = ""


def parse(text: str) -> Temperature:
    """The temperature in a sensor's text.

    Raises:
        Garbled: it is none, or what it was made from did not come well over the wire.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise Garbled(f"received {shown(text.encode())}, which is no thermometer's text")
    data = bytes.fromhex(match["bytes"])
    if match["good"] == "NO" or crc8(data[:8]) != data[8]:
        raise Garbled(f"received {data.hex(' ')}, whose checksum is wrong")
    if not any(data):
        raise Garbled("received nothing but zeros: the bus is shorted to ground")
    value = int(match["millidegrees"])
    return Temperature(value, _FALSE.get(value, ""))


def crc8(data: bytes) -> int:
    """The checksum of 1-wire: x^8 + x^5 + x^4 + 1, bits reflected, start 0."""
    remainder = 0
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ 0x8C if remainder & 1 else remainder >> 1
    return remainder
