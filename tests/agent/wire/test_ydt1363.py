"""YD/T 1363.3 frames: published and captured ones hold, and any bytes give values or a named fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Fault, Garbled, Refused
from agent.wire.ydt1363 import QUERIES, answering, maker, parse, request, value

ADDRESS_ASKED, ADDRESS_TOLD = b"~21012A500000FDA4\r", b"~21012A000000FDA9\r"
FIXED = b"~20012A0090340059E459C45A0559D859D859D803F203D403E8A0141388000000F275\r"
FLOATS = (
    b"~20012A00A060009A196643CDCC6543666666430000664300006643000066439A992141CDCC1C410000204166E6CC4300004842000000"
    b"E992\r"
)
PANEL = (  # captured from an AC distribution panel; two inputs, of which one is in use
    b"~20014000A0600002B91EC343FCA3C34318DCC243E2E6474200DB42853FDB42053F79AEB13E        00CB96D142"
    b"                EA9D\r"
)


@pytest.mark.parametrize(
    ("version", "cid1", "cid2", "info", "frame"),
    [
        (0x21, 0x2A, 0x50, "", ADDRESS_ASKED),
        (0x20, 0x2A, 0x41, "", b"~20012A410000FDA5\r"),
        (0x20, 0x2A, 0x42, "", b"~20012A420000FDA4\r"),
        (0x20, 0x2A, 0x43, "", b"~20012A430000FDA3\r"),
        (0x20, 0x2A, 0x44, "", b"~20012A440000FDA2\r"),
        (0x20, 0x40, 0x41, "FF", b"~20014041E002FFFD11\r"),
        (0x20, 0x60, 0x42, "", b"~200160420000FDB1\r"),
        (0x20, 0x80, 0x42, "", b"~200180420000FDAF\r"),
        (0x20, 0x2A, 0x51, "", b"~20012A510000FDA4\r"),
    ],
)
def test_a_question_is_the_published_frame(version: int, cid1: int, cid2: int, info: str, frame: bytes) -> None:
    assert frame == request(version, 1, cid1, cid2, info)


def test_an_answer_without_info_is_an_answer() -> None:
    assert parse(ADDRESS_TOLD) == ""


@pytest.mark.parametrize(
    ("frame", "offset", "kind", "expected"),
    [
        (FIXED, 1, "u16", 23012),
        (FIXED, 5, "u16", 23045),
        (FIXED, 19, "u16", 40980),
        (FIXED, 21, "u16", 5000),
        (FIXED, 33, "u16", None),  # this device's answer ends before
        (FLOATS, 1, "f32", 230.1),
        (FLOATS, 37, "f32", 409.8),
        (FLOATS, 41, "f32", 50.0),
        (PANEL, 2, "f32", 390.24),
        (PANEL, 14, "f32", 49.975),
        (PANEL, 31, "f32", None),  # spaces
        (b"~20012A00400C000100E1E0E1FB11\r", 4, "u8", 0xE0),
    ],
)
def test_a_value_stands_at_its_byte(frame: bytes, offset: int, kind: str, expected: float | None) -> None:
    found = value(parse(frame), offset, kind)  # type: ignore[arg-type] # the words of Type

    assert found == (None if expected is None else pytest.approx(expected, rel=1e-4))


def test_floats_may_come_with_the_high_byte_first() -> None:
    assert value("0043661999", 1, "f32", "big") == pytest.approx(230.1, rel=1e-6)


@pytest.mark.parametrize(("kind", "expected"), [("u8", 0xFF), ("u16", 0xFF38), ("s16", -200)])
def test_integers_come_with_the_high_byte_first(kind: str, expected: int) -> None:
    assert expected == value("FF38", 0, kind)  # type: ignore[arg-type] # the words of Type


@pytest.mark.parametrize("digits", ["0000C07F", "0000807F", "20202020", "        "])
def test_a_float_that_is_no_number_is_missing(digits: str) -> None:
    assert value(digits, 0, "f32") is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GXE3      21ACME POWER          ", ("GXE3", "ACME POWER")),
        (b"GXE3\0\0\0\0\0\0\x02\x01ACME POWER\0\0\0\0\0\0\0\0\0\0", ("GXE3", "ACME POWER")),
        (b"PANEL 3              V1.02               ACME POWER          ", ("PANEL 3", "ACME POWER")),
        (b"GXE3      ", ("GXE3", "")),
        (b"", ("", "")),
    ],
)
def test_name_and_maker_are_read_without_their_padding(data: bytes, expected: tuple[str, str]) -> None:
    assert expected == maker(data.hex().upper())


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (b"~20012A040000FDA6\r", "return code 04H, it does not know this command"),
        (request(0x20, 1, 0x2A, 0x42).replace(b"42", b"99").replace(b"FDA4", b"FD98"), "return code 99H"),
    ],
)
def test_a_return_code_is_a_refusal_in_words(frame: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        parse(frame)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FIXED.replace(b"59E4", b"59E5"), "the checksum does not fit"),
        (b"~20012A00100000FDA8\r", "the length 1000 does not fit 2 digits|the checksum|no frame"),
        (b"~20012A00E004FF" + b"FD11\r", "the checksum"),
        (FIXED[:40] + b"\r", "the checksum|no frame"),
        (b"\r", "no frame"),
        (b"~\xff\xfe\r", "no frame"),
    ],
)
def test_a_spoilt_frame_is_garbled_and_shown(frame: bytes, said: str) -> None:
    with pytest.raises(Garbled, match=said):
        parse(frame)


def test_a_length_that_does_not_fit_is_garbled_though_the_checksum_fits() -> None:
    body = b"20012A001002FF"  # LCHKSUM should be E
    frame = b"~%b%04X\r" % (body, -sum(body) & 0xFFFF)

    with pytest.raises(Garbled, match="the length 1002 does not fit"):
        parse(frame)


def test_a_missing_value_is_not_mixed_with_digits() -> None:
    with pytest.raises(Garbled, match="at byte 1"):
        value("00FF  ", 1, "u16")


@pytest.mark.parametrize("order", [0x45, 0x48, 0x49, 0x4E, 0x80, 0xE0, 0x00, 0x100])
def test_nothing_that_may_change_a_device_can_be_asked(order: int) -> None:
    with pytest.raises(ValueError, match="no question"):
        request(0x20, 1, 0x2A, order)
    assert order not in QUERIES


def test_what_others_say_and_the_question_itself_are_passed_over() -> None:
    asked = request(0x20, 1, 0x2A, 0x42)
    other = ADDRESS_TOLD.replace(b"2101", b"2102")
    received = b"\x00?" + asked + other + b"noise\r" + FIXED

    ends = answering(asked)
    assert ends(received[:-1]) is None
    assert ends(received) == len(received)
    assert value(parse(received), 1, "u16") == 23012


@given(st.binary(max_size=300))
def test_whatever_comes_is_info_or_a_named_fault(received: bytes) -> None:
    answering(ADDRESS_ASKED)(received)
    try:
        parse(received)
    except (Garbled, Refused):
        return


@given(place=st.integers(1, len(FIXED) - 2), changed=st.integers(0, 255))
def test_one_damaged_byte_never_passes(place: int, changed: int) -> None:
    damaged = bytearray(FIXED)
    damaged[place] = changed
    if bytes(damaged).upper() == FIXED:
        return
    with pytest.raises((Garbled, Refused)):
        parse(bytes(damaged))


@given(
    info=st.text("0123456789ABCDEF ", max_size=80),
    offset=st.integers(0, 50),
    kind=st.sampled_from(["u8", "u16", "s16", "f32"]),
)
def test_whatever_stands_at_a_byte_is_a_value_none_or_a_named_fault(info: str, offset: int, kind: str) -> None:
    try:
        found = value(info, offset, kind)  # type: ignore[arg-type] # the words of Type
    except Fault:
        return
    assert found is None or abs(found) < float("inf")
    maker(info)


@given(
    version=st.integers(0, 255),
    address=st.integers(1, 254),
    cid1=st.integers(0, 255),
    info=st.binary(max_size=2000).map(lambda data: data.hex().upper()),
)
def test_a_frame_holds_its_info(version: int, address: int, cid1: int, info: str) -> None:
    question = request(version, address, cid1, 0x42, info)
    body = question[1:7] + b"00" + question[9:-5]

    assert info == parse(b"~%b%04X\r" % (body, -sum(body) & 0xFFFF))
