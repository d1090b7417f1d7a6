"""What can be sent to a device at all: questions. The words were looked up one by one in the protocols' descriptions.

`tests/agent/test_read_only.py` has instruments that count orders; here no order can even be made.
"""

import pytest

from agent.wire import apc_smart, apcupsd, megatec, nut, ydt1363

MEGATEC = "Q1 QS D F I QGS QMOD QRI QBV QMD QWS QVFW QMF QID Q6 WA BPS WH FW? SASV07?"
SMART = "YaQ~'8iLMNOP\\/FBfCthgoluqjX\x01bVnc"
YDT = {0x41, 0x42, 0x43, 0x44, 0x46, 0x47, 0x4F, 0x50, 0x51}


def test_a_megatec_unit_can_be_asked_these_words_and_no_others() -> None:
    assert {f"{word}\r".encode() for word in MEGATEC.split()} == {megatec.request(word) for word in megatec.QUERIES}


def test_a_smart_ups_can_be_asked_these_characters_and_no_others() -> None:
    assert {letter.encode() for letter in SMART} == {apc_smart.request(letter) for letter in apc_smart.QUESTIONS}


def test_a_ydt1363_device_can_be_asked_these_commands_and_no_others() -> None:
    assert set(YDT) == ydt1363.QUERIES
    assert YDT == {int(ydt1363.request(0x21, 1, 0x2A, command)[7:9], 16) for command in ydt1363.QUERIES}


def test_daemons_are_asked_for_their_status_and_lists() -> None:
    assert b"\0\x06status" == apcupsd.STATUS
    assert (b"STARTTLS\n", b"LOGOUT\n") == (nut.STARTTLS, nut.LOGOUT)
    assert (b"LIST UPS\n", b"LIST VAR ups\n") == (nut.list_("UPS"), nut.list_("VAR", "ups"))


@pytest.mark.parametrize("word", ["T", "TL", "S01", "C", "Q", "SKOFF1", "PF"])
def test_an_order_to_a_megatec_unit_cannot_be_made(word: str) -> None:
    with pytest.raises(KeyError):
        megatec.request(word)


@pytest.mark.parametrize("word", [*"KZS@UWDA^-+", "\x0e", "\x16", "YK"])
def test_an_order_to_a_smart_ups_cannot_be_made(word: str) -> None:
    with pytest.raises(ValueError, match="no question"):
        apc_smart.request(word)


@pytest.mark.parametrize("command", [0x45, 0x48, 0x49, 0x4E, 0x80, 0xEF])
def test_an_order_to_a_ydt1363_device_cannot_be_made(command: int) -> None:
    with pytest.raises(ValueError, match="no question"):
        ydt1363.request(0x21, 1, 0x2A, command)
