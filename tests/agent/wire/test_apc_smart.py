"""APC Smart's bytes: what can be asked, where an answer ends, what it says, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Garbled, Refused
from agent.wire.apc_smart import ALERTS, MODEL, QUESTIONS, Reply, alerts_in, ends, parse, questions_in, request

OFFER = "3.!$%+?=#|.\x01\x0e\x1a')-+89>@ABCDEFGKLMNOPQRSUVWXYZabcefgjklmnopqrsuxyz~\x7f"
ANSWERS = {
    "Q": "08", "L": "230.1", "M": "231.0", "N": "229.3", "O": "230.4", "P": "034.0", "\\": "023.5", "/": "02.45",
    "F": "50.00", "B": "27.60", "f": "100.0", "C": "028.5", "g": "024", "l": "208", "u": "253", "o": "230", "q": "02",
}  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), [*ANSWERS.items(), ("j", "0034:"), ("X", "OK"), ("Y", "SM")])
def test_an_answer_is_the_line_that_came(question: str, answer: str) -> None:
    expected: int | str = 8 if question == "Q" else answer

    assert Reply(expected) == parse(question, f"{answer}\r\n".encode())


@pytest.mark.parametrize(
    ("question", "text"),
    [(MODEL, "SMART-UPS 1000"), ("b", "60.11.I"), ("V", "GWI"), ("n", "WS9643050926"), ("c", "A#1")],
)
def test_texts_are_kept_as_they_are(question: str, text: str) -> None:
    assert Reply(text) == parse(question, f"{text}\r\n".encode())


def test_the_questions_that_a_unit_offers_are_known_and_its_commands_are_not() -> None:
    offered = questions_in(str(parse("a", f"{OFFER}\r\n".encode("latin-1")).value))

    assert frozenset(f"{MODEL}ABCFLMNOPQXYabcfgjlnoqu~'8V") - {"A", "Y"} <= offered | {"Y"}
    assert not offered & set("AD@KSUWZGE-+\x0e\x1a\x7f")


@pytest.mark.parametrize(
    "command", ["K", "Z", "S", "@", "U", "W", "D", "A", "^", "-", "+", "R", "\x0e", "\x1a", "\x7f", ""]
)
def test_what_acts_on_a_unit_cannot_be_asked(command: str) -> None:
    with pytest.raises(ValueError, match="is no question"):
        request(command)


def test_every_question_is_one_byte() -> None:
    assert all(len(request(question)) == 1 for question in QUESTIONS)


@pytest.mark.parametrize(
    ("data", "length"),
    [
        (b"", None),
        (b"230.1", None),
        (b"230.1\r", None),
        (b"230.1\r\n", 7),
        (b"230.1\r\nSM\r\n", 7),
        (b"!\r\n", None),
        (b"\r\n!\r\n", None),
        (b"!\r\n230.1\r\n$", 10),
    ],
)
def test_an_answer_ends_with_its_line_and_a_line_of_alerts_is_none(data: bytes, length: int | None) -> None:
    assert length == ends(data)


@pytest.mark.parametrize("spoilt", [b"!230.1\r\n", b"23!0.1\r\n", b"230.1!\r\n", b"!\r\n230.1\r\n"])
def test_an_alert_does_not_disturb_the_number_it_comes_with(spoilt: bytes) -> None:
    assert Reply("230.1", "!") == parse("L", spoilt)


def test_an_alert_before_a_text_is_told_and_one_inside_belongs_to_it() -> None:
    assert Reply("UPS#1", "!#") == parse("c", b"!#UPS#1\r\n")
    assert Reply(OFFER, "$") == parse("a", f"${OFFER}\r\n".encode("latin-1"))


def test_a_unit_that_does_not_know_a_question_refuses_it() -> None:
    with pytest.raises(Refused, match="asked 't': not known to this UPS"):
        parse("t", b"NA\r\n")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("L", b"SM\r\n"),  # another question's
        ("Y", b"230.1\r\n"),
        ("Q", b"230.1\r\n"),
        ("j", b"0034\r\n"),
        ("X", b"08\r\n"),
        ("L", b"L230.1\r\n"),  # an echo before it
        ("L", b"2 0.1\r\n"),
        ("Q", b"0\xb8\r\n"),
        (MODEL, b"SMART\x00UPS\r\n"),
        ("a", b"SM\r\n"),
        ("a", b"3.only two\r\n"),
    ],
)
def test_what_does_not_look_like_the_answer_is_garbled_and_shown(question: str, answer: bytes) -> None:
    with pytest.raises(Garbled, match=r"received '.*', which does not answer that"):
        parse(question, answer)


def test_alerts_among_bytes_that_nobody_asked_for_are_found() -> None:
    assert "!%" == alerts_in(b"\x00!230.1\r\n%\xff")


@given(question=st.sampled_from(sorted(QUESTIONS)), answer=st.binary(max_size=60))
def test_whatever_comes_is_an_answer_or_a_named_fault(question: str, answer: bytes) -> None:
    try:
        reply = parse(question, answer)
    except (Garbled, Refused):
        return
    assert set(reply.alerts) <= set(ALERTS)
    assert reply.value != ""


@given(data=st.binary(max_size=60), more=st.binary(max_size=20))
def test_an_end_that_was_found_stays_where_it_is(data: bytes, more: bytes) -> None:
    end = ends(data)

    assert end is None or (end == ends(data + more) and data[end - 1 : end] == b"\n")


@given(number=st.integers(0, 999), alerts=st.text(ALERTS, max_size=3), place=st.integers(0, 5))
def test_alerts_anywhere_leave_the_number_as_it_was(number: int, alerts: str, place: int) -> None:
    text = f"{number:03}.5"
    line = text[:place] + alerts + text[place:]

    assert Reply(text, alerts) == parse("O", f"{line}\r\n".encode())
