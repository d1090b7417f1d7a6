"""Numbers in Modbus registers: every type, every order."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.registers import WIDTHS, Order, Type, number

LAYOUTS: dict[Type, str] = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "f32": ">f", "u64": ">Q"}
NUMBERS: dict[Type, st.SearchStrategy[int | float]] = {
    "u16": st.integers(0, 2**16 - 1),
    "s16": st.integers(-(2**15), 2**15 - 1),
    "u32": st.integers(0, 2**32 - 1),
    "s32": st.integers(-(2**31), 2**31 - 1),
    "f32": st.floats(width=32, allow_nan=False),
    "u64": st.integers(0, 2**64 - 1),
}
# Where the bytes of a number, named from the highest, stand on the wire.
ON_THE_WIRE: dict[Order, tuple[str, str, str]] = {
    "ABCD": ("AB", "ABCD", "ABCDEFGH"),
    "CDAB": ("AB", "CDAB", "GHEFCDAB"),
    "BADC": ("BA", "BADC", "BADCFEHG"),
    "DCBA": ("BA", "DCBA", "HGFEDCBA"),
}
KINDS_AND_NUMBERS = st.sampled_from(sorted(LAYOUTS)).flatmap(lambda kind: st.tuples(st.just(kind), NUMBERS[kind]))


def in_registers(value: float, kind: Type, order: Order) -> list[int]:
    packed = struct.pack(LAYOUTS[kind], value)
    letters = next(names for names in ON_THE_WIRE[order] if len(names) == len(packed))
    wire = bytes(packed["ABCDEFGH".index(letter)] for letter in letters)
    return list(struct.unpack(f">{len(wire) // 2}H", wire))


@given(kind_and_number=KINDS_AND_NUMBERS, order=st.sampled_from(sorted(ON_THE_WIRE)))
def test_a_number_comes_out_as_it_was_put_in(kind_and_number: tuple[Type, int | float], order: Order) -> None:
    kind, value = kind_and_number

    found = in_registers(value, kind, order)

    assert len(found) == WIDTHS[kind]
    assert number(found, kind, order) == value


@pytest.mark.parametrize(
    ("registers", "kind", "order", "expected"),
    [
        ([0xFF9B], "s16", "ABCD", -101),
        ([0x9BFF], "s16", "BADC", -101),
        ([0x4366, 0x3334], "f32", "ABCD", struct.unpack(">f", bytes.fromhex("43663334"))[0]),
        ([0x0C0D, 0x0A0B], "u32", "CDAB", 0x0A0B0C0D),
        ([0x0B0A, 0x0D0C], "u32", "BADC", 0x0A0B0C0D),
        ([0x0D0C, 0x0B0A], "u32", "DCBA", 0x0A0B0C0D),
        ([0xFFFF, 0xFFFE], "s32", "ABCD", -2),
        ([0, 0, 1, 0], "u64", "ABCD", 65536),
    ],
)
def test_a_number_stands_in_its_registers_as_the_order_says(
    registers: list[int], kind: Type, order: Order, expected: float
) -> None:
    assert number(registers, kind, order) == expected
