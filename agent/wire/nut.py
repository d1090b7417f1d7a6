r"""The reading half of the Network UPS Tools protocol (RFC 9271), as lines of bytes.

    -> LIST UPS                           <- BEGIN LIST UPS
                                          <- UPS ups-1 "Rack 3 \"left\" \#1"
                                          <- END LIST UPS
    -> LIST VAR ups-1                     <- BEGIN LIST VAR ups-1
                                          <- VAR ups-1 input.voltage "229.8"
                                          <- END LIST VAR ups-1
    -> GET VAR ups-1 ups.status           <- VAR ups-1 ups.status "OL CHRG"
    -> USERNAME x, PASSWORD y, STARTTLS   <- OK ...
    any of them                           <- ERR DATA-STALE

One line, one request. Words stand bare or in quotes; a backslash takes the next character as it is, and before ", \
and # it is needed everywhere. Replies give back the words of the question, by which they are known. LOGIN is not
here: it would make the agent one of those for whom a shutdown waits. Nor is anything that changes a UPS.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable, shown

Words = tuple[str, ...]

LISTS: Mapping[str, int] = {"UPS": 0, "VAR": 1, "RW": 1, "CMD": 1, "CLIENT": 1, "ENUM": 2, "RANGE": 2}
GETS: Mapping[str, int] = {"VAR": 2, "TYPE": 2, "DESC": 2, "CMDDESC": 2, "UPSDESC": 1, "NUMLOGINS": 1}
STARTTLS, LOGOUT = b"STARTTLS\n", b"LOGOUT\n"

# What the words after ERR say; those not listed are told as they are.
_ERRORS: Mapping[str, tuple[type[Fault], str]] = {
    "DATA-STALE": (TimedOut, "the driver hears nothing from the UPS"),
    "DRIVER-NOT-CONNECTED": (Unreachable, "the driver of the UPS is not running"),
    "UNKNOWN-UPS": (Refused, "there is no such UPS"),
    "ACCESS-DENIED": (Refused, "this host or user may not ask"),
    "VAR-NOT-SUPPORTED": (Refused, "the UPS has no such variable"),
    "FEATURE-NOT-CONFIGURED": (Refused, "the server has no certificate"),
    "FEATURE-NOT-SUPPORTED": (Refused, "the server was built without it"),
}
_WORD = re.compile(r'[ \t\r]*(?:"((?:[^"\\]|\\.)*)"|((?:[^ \t\r"\\]|\\.)+))(?=[ \t\r]|$)')
_ESCAPED = re.compile(r"\\(.)")
_SPECIAL = re.compile(r'(["\\#])')


def list_(kind: str, *subject: str) -> bytes:
    """The request for a list, such as `list_("VAR", "ups-1")`."""
    return _question("LIST", LISTS, kind, subject)


def get(kind: str, *subject: str) -> bytes:
    """The request for one thing, such as `get("VAR", "ups-1", "ups.status")`."""
    return _question("GET", GETS, kind, subject)


def username(name: str) -> bytes:
    return _line("USERNAME", name)


def password(secret: str) -> bytes:
    return _line("PASSWORD", secret)


def is_whole(kind: str, *subject: str) -> Callable[[bytes], bool]:
    """Says of bytes whether they are the whole answer to `list_(kind, *subject)`, or a refusal of it."""
    end = b"\n" + _line("END", "LIST", kind, *subject)

    def whole(data: bytes) -> bool:
        return data.endswith((end, end[:-1] + b"\r\n")) if data.startswith(b"BEGIN") else is_line(data)

    return whole


def is_line(data: bytes) -> bool:
    """Says of bytes whether they end with a line."""
    return data.endswith(b"\n")


def listed(data: bytes, kind: str, *subject: str) -> list[Words]:
    """What each line of a list says beyond its kind and subject.

    Raises:
        Fault: the server refused, or this is not the whole answer to that question.
    """
    about = (kind, *subject)
    lines = [words(line) for line in _text(data).removesuffix("\n").split("\n")]
    if lines[0][:1] == ("ERR",):
        raise refusal(lines[0])
    if len(lines) < 2 or lines[0] != ("BEGIN", "LIST", *about) or lines[-1] != ("END", "LIST", *about):
        raise Garbled(f"received {shown(data)}, which is no list of {' '.join(about)}")
    return [_about(line, about) for line in lines[1:-1]]


def got(data: bytes, kind: str, *subject: str) -> Words:
    """What the answer to `get(kind, *subject)` says.

    Raises:
        Fault: the server refused, or this is not the answer to that question.
    """
    return _about(_only_line(data), (kind, *subject))


def agreed(data: bytes) -> None:
    """Returns where the server said OK.

    Raises:
        Fault: it said anything else.
    """
    if _only_line(data)[:1] != ("OK",):
        raise Garbled(f"received {shown(data)} where OK was expected")


def refusal(line: Sequence[str]) -> Fault:
    """The fault that an ERR line tells."""
    fault, meaning = _ERRORS.get(line[1] if len(line) > 1 else "", (Refused, ""))
    said = " ".join(line)
    said = said if said.isprintable() else shown(said.encode())
    return fault(f"{said}: {meaning}" if meaning else said)


def words(line: str) -> Words:
    """The words of a line without quotes and backslashes.

    Raises:
        Garbled: a quote is not closed, or a backslash has nothing after it.
    """
    found: list[str] = []
    place, line = 0, line.rstrip()
    while place < len(line):
        match = _WORD.match(line, place)
        if match is None:
            raise Garbled(f"received {shown(line.encode())}, which has an open quote or backslash")
        found.append(_ESCAPED.sub(r"\1", match[1] if match[1] is not None else match[2]))
        place = match.end()
    return tuple(found)


def is_sendable(word: str) -> bool:
    """Whether a word can stand in a request: a line break would begin another."""
    return word.isprintable()


def _question(verb: str, known: Mapping[str, int], kind: str, subject: Words) -> bytes:
    if known.get(kind) != len(subject):
        raise ValueError(f"{verb} {kind} with {len(subject)} words")
    return _line(verb, kind, *subject)


def _line(*spoken: str) -> bytes:
    if not all(is_sendable(word) for word in spoken):
        raise ValueError("a word with characters that are not printable")
    return " ".join(_spelled(word) for word in spoken).encode() + b"\n"


def _spelled(word: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", word)
    return f'"{escaped}"' if escaped != word or not word or " " in word else word


def _only_line(data: bytes) -> Words:
    """The words of an answer of one line, unless it is a refusal."""
    if data.count(b"\n") != 1 or not data.endswith(b"\n"):
        raise Garbled(f"received {shown(data)} where one line was expected")
    line = words(_text(data))
    if line[:1] == ("ERR",):
        raise refusal(line)
    return line


def _about(line: Words, about: Words) -> Words:
    if line[: len(about)] != about:
        raise Garbled(f"received {shown(' '.join(line).encode())} where {' '.join(about)} was expected")
    return line[len(about) :]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
