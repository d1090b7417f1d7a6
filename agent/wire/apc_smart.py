"""APC Smart ("UPS-Link"): the questions a Smart-UPS may be asked on its serial line, and how its answers read.

2400 baud 8N1. A question is one character without an end; an answer is a line that ends with CR LF.

    -> Y    <- SM          smart mode; without it nothing else is answered
    -> a    <- 3.!$%+?=#|.ABCLQ...    version, alert characters, the questions and commands that this unit knows
    -> Q    <- 08          status, hex: 0 calibration, 1 lowering, 2 boosting, 3 on line, 4 on battery, 5 overload,
                           6 battery low, 7 replace battery
    -> L    <- 230.1       input V; M, N its highest and lowest since they were last asked; O output V
    -> P    <- 034.0       load %; \\ by apparent power; / output A; F Hz; B battery V; f its charge %
    -> j    <- 0034:       minutes left
    -> C    <- 028.5       degC inside; t, h of the probe beside it, degC and % humidity; i its contacts, hex
    -> X    <- OK          self-test: OK, BT battery failed, NG overloaded, NO none of late
    -> g o l u q           nominal battery V, output V, lower and upper transfer V, minutes that count as low
    -> ~ ' 8               registers 1, 2 and 3, hex
    -> ^A b V n c          model, firmware, old firmware, serial number, name
    <- NA                  not known to this unit

At any moment the unit may put in one character that tells of a change: ! line failed, $ line back, % battery low,
+ no longer low, ? and = overload begins and ends, * about to turn off, # replace battery, & look at the probe,
| a setting was changed. Such characters are taken out of numbers wherever they stand; a text may hold them itself, so
there only those before it are taken for alerts. What acts on a unit (K, Z, S, @, U, W, D, A, ^, - and the like) cannot
be asked. Sources: the apcupsd manual's description of the APC smart protocol; NUT's apcsmart documentation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.faults import Garbled, Refused, shown

ALERTS = "!$%+?=*#&|"
MODEL = "\x01"

_HEX = re.compile(r"[0-9A-F]{2}")
_NUMBER = re.compile(r"-?\d{1,4}(?:\.\d{1,3})?")
_TEXT = re.compile(r"[ -~]{1,40}")

# Every question that can be asked, and how its answer looks.
QUESTIONS: Mapping[str, re.Pattern[str]] = {
    "Y": re.compile(r"SM"),
    "a": re.compile(r"\d\.[^.]*\.[^.]+", re.DOTALL),
    **dict.fromkeys("Q~'8i", _HEX),
    **dict.fromkeys("LMNOP\\/FBfCthgoluq", _NUMBER),
    "j": re.compile(r"\d{1,6}:"),
    "X": re.compile(r"OK|BT|NG|NO"),
    **dict.fromkeys((MODEL, "b", "V", "n", "c"), _TEXT),
}
_TEXTS = frozenset({MODEL, "a", "b", "V", "n", "c"})  # the answer to `a` lists the alert characters
_OUT = {ord(character): None for character in f"{ALERTS}\r\n"}
_NOT_KNOWN = "NA"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a unit answered, and the alert characters that came with it. A register is a number, all else a text."""

    value: int | str
    alerts: str = ""


def request(question: str) -> bytes:
    """The byte that asks; there is none for anything else than a question."""
    if question not in QUESTIONS:
        raise ValueError(f"{question!r} is no question")
    return question.encode("ascii")


def ends(data: bytes) -> int | None:
    """How long the answer at the beginning is; a line of nothing but alerts is none."""
    end = 0
    while (end := data.find(b"\n", end) + 1) > 0:
        if data[:end].translate(None, delete=ALERTS.encode("ascii")).strip():
            return end
    return None


def parse(question: str, answer: bytes) -> Reply:
    """What the answer to a question says.

    Raises:
        Refused: the unit does not know the question.
        Garbled: it is no answer to this question.
    """
    line = answer.decode("latin-1").strip("\r\n")
    text, alerts = _without_alerts(question, line)
    if text == _NOT_KNOWN:
        raise Refused(f"asked {shown(request(question))}: not known to this UPS")
    if QUESTIONS[question].fullmatch(text) is None:
        raise Garbled(f"asked {shown(request(question))}: received {shown(answer)}, which does not answer that")
    return Reply(int(text, 16) if QUESTIONS[question] is _HEX else text, alerts)


def alerts_in(data: bytes) -> str:
    """The alert characters among bytes that nobody asked for."""
    return "".join(character for character in data.decode("latin-1") if character in ALERTS)


def questions_in(command_set: str) -> frozenset[str]:
    """The questions that a unit's answer to `a` lists; commands are left out."""
    return frozenset(command_set.split(".", 2)[2]) & QUESTIONS.keys()


def _without_alerts(question: str, line: str) -> tuple[str, str]:
    """The answer, and the alerts that came with it."""
    if question in _TEXTS:
        text = line.lstrip(f"{ALERTS}\r\n")
        return text, line[: len(line) - len(text)].strip("\r\n")
    return line.translate(_OUT), alerts_in(line.encode("latin-1"))
