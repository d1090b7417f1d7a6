"""Numbers out of 16-bit Modbus registers.

How 0x0A0B0C0D stands in two registers, by the name of the order:
    ABCD  0A0B 0C0D   high word first, as Modbus itself counts
    CDAB  0C0D 0A0B   low word first
    BADC  0B0A 0D0C   high word first, the bytes of each word swapped
    DCBA  0D0C 0B0A   all bytes reversed
"""

import struct
from collections.abc import Sequence
from typing import Literal

Type = Literal["u16", "s16", "u32", "s32", "f32", "u64"]
Order = Literal["ABCD", "CDAB", "BADC", "DCBA"]

_FORMATS: dict[Type, str] = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "f32": ">f", "u64": ">Q"}
WIDTHS: dict[Type, int] = {name: struct.calcsize(layout) // 2 for name, layout in _FORMATS.items()}


def number(registers: Sequence[int], kind: Type, order: Order) -> int | float:
    """The number in `WIDTHS[kind]` registers. A single register has no word order, but its bytes may be swapped."""
    words = registers if order in {"ABCD", "BADC"} else registers[::-1]
    endian: Literal["big", "little"] = "big" if order in {"ABCD", "CDAB"} else "little"
    data = b"".join(word.to_bytes(2, endian) for word in words)
    value: int | float = struct.unpack(_FORMATS[kind], data)[0]
    return value
