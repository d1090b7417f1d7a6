"""The network information protocol of apcupsd, as records of bytes.

    -> 00 06 "status"                       length (2 bytes, high first), command
    <- 00 1B "APC      : 001,050,1122\\n"   revision, records that follow, their bytes
    <- 00 1A "LINEV    : 230.1 Volts\\n"    key, value with its unit
    <- 00 28 "END APC  : 2026-11-23 22:46:16 +0000\\n"
    <- 00 00                                end

Written from the behaviour of apcupsd 3.14.14. The daemon knows two commands, both of which only ask.
"""

import re
from collections.abc import Mapping

from agent.faults import Garbled, Refused, shown

STATUS = b"\x00\x06status"

_LINE = re.compile(r"([A-Z0-9_][A-Z0-9_ ]*?)\s*:\s*(.*)", re.DOTALL)
_NOTHING = "N/A"


def is_whole(data: bytes) -> bool:
    """Whether the bytes hold records up to the empty one that ends an answer."""
    place = 0
    while place + 2 <= len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        place += 2 + length
        if length == 0:
            return True
    return False


def records(data: bytes) -> list[bytes]:
    """The records of a whole answer.

    Raises:
        Garbled: a record is cut, or something follows the end.
    """
    found: list[bytes] = []
    place = 0
    while place + 2 <= len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        place += 2
        if length == 0:
            break
        found.append(data[place : place + length])
        place += length
    if place != len(data) or not data.endswith(b"\0\0"):
        raise Garbled(f"received {shown(data)}, whose records do not end where it ends")
    return found


def status(data: bytes) -> Mapping[str, str]:
    """The keys and values of an answer to `STATUS`; what the daemon does not know (N/A) is left out.

    Raises:
        Refused: the daemon does not know the command.
        Garbled: this is no status, or a part of it is missing.
    """
    lines = [record.decode("latin-1").rstrip("\0\r\n ") for record in records(data)]
    if lines and lines[0].startswith("Invalid command"):
        raise Refused(f"the daemon said {lines[0]!r}")
    pairs = [_LINE.fullmatch(line) for line in lines]
    found = {pair[1]: pair[2].strip() for pair in pairs if pair is not None}
    if len(found) != len(lines) or not lines or not lines[0].startswith("APC "):
        raise Garbled(f"received {shown(data)}, which is no status")
    _complete(found["APC"], len(lines) - 1)
    return {key: value for key, value in found.items() if value not in ("", _NOTHING)}


def flags(variables: Mapping[str, str]) -> int:
    """The bits of STATFLAG, which stand in hexadecimal; 0 where there are none."""
    try:
        return int(variables.get("STATFLAG", "0").split()[0], 16)
    except ValueError:
        return 0


def is_blank(variables: Mapping[str, str]) -> bool:
    """Whether the daemon has nothing from its UPS yet: it then tells of a UPS without mains and battery volts.

    No UPS that can speak is like that.
    """
    if "STATUS" not in variables:
        return True
    volts = [variables.get(key, "").split()[:1] for key in ("LINEV", "BATTV")]
    return all(found and not found[0].strip("0.") for found in volts)


def _complete(header: str, found: int) -> None:
    """Compares the number of records with what the first one promises."""
    _, _, promised = header.partition(",")
    count = promised.partition(",")[0].strip()
    if not count.isdecimal() or int(count) != found:
        raise Garbled(f"{found} lines came where the header {header!r} was to be believed")
