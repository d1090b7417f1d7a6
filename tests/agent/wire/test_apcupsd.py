"""Records of apcupsd's daemon: a whole status, or a fault."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Fault, Garbled, Refused
from agent.wire import apcupsd


def framed(*records: bytes) -> bytes:
    return b"".join(len(record).to_bytes(2, "big") + record for record in (*records, b""))


LINES = (
    b"DATE     : 2026-11-23 22:46:15 +0000  \n",
    b"STATUS   : ONLINE \n",
    b"LINEV    : 230.1 Volts\n",
    b"ITEMP    : N/A\n",
    b"END APC  : 2026-11-23 22:46:16 +0000  \n",
)
STATUS = framed(b"APC      : 001,005,0127\n", *LINES)


def test_a_status_is_keys_and_values_and_what_is_not_known_is_left_out() -> None:
    assert {
        "APC": "001,005,0127",
        "DATE": "2026-11-23 22:46:15 +0000",
        "STATUS": "ONLINE",
        "LINEV": "230.1 Volts",
        "END APC": "2026-11-23 22:46:16 +0000",
    } == apcupsd.status(STATUS)


@pytest.mark.parametrize("cut", range(1, len(STATUS)))
def test_a_status_that_was_cut_is_neither_whole_nor_believed(cut: int) -> None:
    assert not apcupsd.is_whole(STATUS[:-cut])
    with pytest.raises(Garbled):
        apcupsd.status(STATUS[:-cut])


def test_a_status_with_a_line_missing_is_garbled() -> None:
    with pytest.raises(Garbled, match="4 lines came"):
        apcupsd.status(framed(b"APC      : 001,005,0127\n", *LINES[1:]))


def test_a_daemon_that_does_not_know_the_question_refuses() -> None:
    with pytest.raises(Refused, match="Invalid command"):
        apcupsd.status(framed(b"Invalid command\n\0"))


@pytest.mark.parametrize("garbage", [b"\0\0", framed(b"hello"), framed(b"APC : x"), b"HTTP/1.1 400 Bad Request\r\n"])
def test_what_is_no_status_is_garbled(garbage: bytes) -> None:
    with pytest.raises(Garbled):
        apcupsd.status(garbage)


def test_flags_stand_in_hexadecimal() -> None:
    assert 0x05000008 == apcupsd.flags({"STATFLAG": "0x05000008 Status Flag"})
    assert 0 == apcupsd.flags({"STATFLAG": "none"}) == apcupsd.flags({})


def test_a_daemon_that_has_not_met_its_ups_yet_is_known_by_its_zeros() -> None:
    assert apcupsd.is_blank({"LINEV": "230.0 Volts"})
    assert apcupsd.is_blank({"STATUS": "ONLINE REPLACEBATT", "LINEV": "0.0 Volts", "BATTV": "0.0 Volts"})
    assert not apcupsd.is_blank({"STATUS": "ONBATT", "LINEV": "0.0 Volts", "BATTV": "26.1 Volts"})
    assert not apcupsd.is_blank({"STATUS": "ONBATT", "LINEV": "0.0 Volts"})


@given(st.binary() | st.lists(st.binary(min_size=1, max_size=40)).map(lambda records: framed(*records)))
def test_whatever_comes_is_a_status_or_a_fault(data: bytes) -> None:
    apcupsd.is_whole(data)
    with suppress(Fault):
        apcupsd.status(data)
