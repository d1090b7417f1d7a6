"""NUT's lines: what is asked, word for word, and what of any answer is believed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable
from agent.wire import nut

VARIABLES = (
    b'BEGIN LIST VAR ups-1\nVAR ups-1 input.voltage "229.8"\nVAR ups-1 ups.status "OL CHRG"\nEND LIST VAR ups-1\n'
)
PRINTABLE = st.text().filter(str.isprintable)


def test_a_list_is_the_words_behind_its_subject() -> None:
    assert [("input.voltage", "229.8"), ("ups.status", "OL CHRG")] == nut.listed(VARIABLES, "VAR", "ups-1")


def test_quotes_and_backslashes_are_taken_off() -> None:
    listed = nut.listed(b'BEGIN LIST UPS\nUPS a "Rack 3 \\"left\\" \\#1 \\\\"\nEND LIST UPS\n', "UPS")

    assert [("a", 'Rack 3 "left" #1 \\')] == listed


def test_an_empty_list_is_a_list() -> None:
    assert [] == nut.listed(b"BEGIN LIST UPS\nEND LIST UPS\n", "UPS")


def test_lines_of_other_systems_are_lines() -> None:
    answer = VARIABLES.replace(b"\n", b"\r\n")

    assert nut.is_whole("VAR", "ups-1")(answer)
    assert 2 == len(nut.listed(answer, "VAR", "ups-1"))


@pytest.mark.parametrize("cut", range(1, len(VARIABLES)))
def test_a_list_that_was_cut_is_neither_whole_nor_believed(cut: int) -> None:
    assert not nut.is_whole("VAR", "ups-1")(VARIABLES[:-cut])
    if cut > 1:  # without its last line break it can be read, but nobody gets to read it
        with pytest.raises(Garbled):
            nut.listed(VARIABLES[:-cut], "VAR", "ups-1")


def test_the_answer_to_another_question_is_garbled() -> None:
    with pytest.raises(Garbled, match="which is no list of VAR ups-2"):
        nut.listed(VARIABLES, "VAR", "ups-2")
    with pytest.raises(Garbled, match="where VAR ups-1 was expected"):
        nut.listed(VARIABLES.replace(b"VAR ups-1 ups", b"VAR ups-2 ups"), "VAR", "ups-1")


def test_one_thing_is_what_stands_behind_the_question() -> None:
    assert ("RW", "STRING:32") == nut.got(b"TYPE u ups.id RW STRING:32\n", "TYPE", "u", "ups.id")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"ERR DATA-STALE\n", TimedOut),
        (b"ERR DRIVER-NOT-CONNECTED\n", Unreachable),
        (b"ERR UNKNOWN-UPS\n", Refused),
        (b"ERR ACCESS-DENIED\n", Refused),
        (b"ERR SOMETHING-NEW with words\n", Refused),
        (b"ERR\n", Refused),
    ],
)
def test_an_error_is_a_fault_that_says_its_word(said: bytes, kind: type[Fault]) -> None:
    assert nut.is_whole("VAR", "ups-1")(said)
    for read in (
        lambda: nut.listed(said, "VAR", "u"),
        lambda: nut.got(said, "VAR", "u", "v"),
        lambda: nut.agreed(said),
    ):
        with pytest.raises(kind, match=said.decode().strip()):
            read()


def test_ok_is_agreement_and_nothing_else_is() -> None:
    nut.agreed(b"OK Goodbye\n")
    with pytest.raises(Garbled):
        nut.agreed(b"YES\n")


def test_requests_are_spelled_as_the_server_wants_them() -> None:
    assert b"LIST VAR ups-1\n" == nut.list_("VAR", "ups-1")
    assert b'PASSWORD "a \\"b\\" \\#\\\\"\n' == nut.password('a "b" #\\')
    assert b'USERNAME ""\n' == nut.username("")


@pytest.mark.parametrize("word", ["a\nSET VAR u v x", "a\rb", "\0", "a\tb"])
def test_a_word_cannot_smuggle_in_another_request(word: str) -> None:
    for request in (nut.username, nut.password, lambda w: nut.list_("VAR", w)):
        with pytest.raises(ValueError, match="not printable"):
            request(word)


def test_only_questions_can_be_asked() -> None:
    for kind in ("VAR", "TRACKING"):
        with pytest.raises(ValueError, match="GET"):
            nut.get(kind, "u")


@given(st.lists(PRINTABLE, min_size=1, max_size=3))
def test_what_is_spelled_is_understood_again(spoken: list[str]) -> None:
    line = nut.get("VAR", spoken[0], spoken[-1])

    assert line.endswith(b"\n")
    assert 1 == line.count(b"\n")
    assert ("GET", "VAR", spoken[0], spoken[-1]) == nut.words(line.decode())


@given(
    st.binary()
    | st.binary().map(lambda data: b"ERR " + data)
    | st.text(alphabet='BEGINLISTVARup "\\#-1\n').map(str.encode)
)
def test_whatever_comes_is_a_list_or_a_fault(data: bytes) -> None:
    nut.is_whole("VAR", "ups-1")(data)
    for read in (
        lambda: nut.listed(data, "VAR", "u"),
        lambda: nut.got(data, "VAR", "u", "v"),
        lambda: nut.agreed(data),
    ):
        assert complaint(read).isprintable()


def complaint(read: Callable[[], object]) -> str:
    try:
        read()
    except Fault as fault:
        return str(fault)
    return ""
