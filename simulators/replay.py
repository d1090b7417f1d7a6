r"""Plays recordings of devices: a file says once what an SNMP agent then says again and again.

# roomready recording 1
protocol snmp
date 2026-05-17
1.3.6.1.2.1.1.1.0|text|ACME box\x0d\x0arevision 3

The types are integer (32 bits with a sign), unsigned (up to 64 bits), oid, text (UTF-8; \\ and \xHH are escapes) and
hex (octets). Lines that begin with # are remarks.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.devices import MONITOR, Device
from simulators.instruments.snmp_values import Kind, Oid, Value
from simulators.room.truth import Fact
from simulators.servers.snmp import SYS_UPTIME, SnmpServer
from simulators.simulation import Simulation

HEADER: Final = "# roomready recording 1"
PROTOCOL: Final = "protocol snmp"
LARGEST_PART: Final = 2**32  # of an OID; RFC 2578 7.1.3
LONGEST_SHOWN: Final = 60
OID_FORM: Final = re.compile(r"(?:[01]\.[1-3]?\d|2\.\d+)(?:\.\d+)*", re.ASCII)
NUMBER: Final = re.compile(r"-?\d+", re.ASCII)
HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
ESCAPE: Final = re.compile(r"\\(?:(\\)|x([0-9a-f]{2})|)")


class RecordingError(ValueError):
    """A file is no recording: the sentence names file, line, what was found and what was expected."""

    def __init__(self, place: str, found: str, expected: str) -> None:
        shown = found if len(found) <= LONGEST_SHOWN else f"{found[:LONGEST_SHOWN]}..."
        super().__init__(f"{place}: found {shown!r}, expected {expected}")


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    objects: Mapping[Oid, Value]


def load(path: Path) -> Recording:
    """RecordingError when the file is none; OSError when it cannot be read."""
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RecordingError(str(path), f"byte {error.start} of another encoding", "text in UTF-8") from None
    if lines[0].rstrip("\r") != HEADER:
        raise RecordingError(f"{path}:1", lines[0], f"{HEADER!r}")
    rows = [(f"{path}:{n}", line.rstrip("\r")) for n, line in enumerate(lines, 1)]
    told = [(place, line) for place, line in rows if line and not line.startswith("#")]
    place, protocol = told[0] if told else (f"{path}:{len(rows)}", "the end")
    if protocol != PROTOCOL:
        raise RecordingError(place, protocol, f"{PROTOCOL!r}")
    return Recording(path.stem, _objects(row for row in told[1:] if not row[1].startswith("date ")))


def _objects(rows: Iterable[tuple[str, str]]) -> dict[Oid, Value]:
    objects: dict[Oid, Value] = {}
    for place, line in rows:
        name, kind, content = (*line.split("|", 2), "", "")[:3]
        if kind not in READERS:
            raise RecordingError(place, line, f"OID|type|value, the type one of {', '.join(READERS)}")
        try:
            at, value = parse_oid(name), READERS[kind](content)
        except ValueError as error:
            raise RecordingError(place, line, str(error)) from None
        if at in objects:
            raise RecordingError(place, line, "each OID once")
        objects[at] = Value(Kind.TICKS, value.content) if at == SYS_UPTIME and kind == "integer" else value
    return objects


def parse_oid(dotted: str) -> Oid:
    """ValueError says what an OID is."""
    parts = tuple(map(int, dotted.split("."))) if OID_FORM.fullmatch(dotted) else (LARGEST_PART,)
    if max(parts) >= LARGEST_PART:
        raise ValueError("an OID, numbers below 2^32 with dots between them")
    return parts


def _oid(content: str) -> Value:
    parse_oid(content)
    return Value(Kind.OID, content)


def _integer(content: str) -> Value:
    return Value(Kind.INTEGER, _number(content, -(2**31), 2**31 - 1))


def _unsigned(content: str) -> Value:
    number = _number(content, 0, 2**64 - 1)
    return Value(Kind.GAUGE if number < 2**32 else Kind.COUNTER64, number)


def _number(content: str, least: int, most: int) -> int:
    if not NUMBER.fullmatch(content) or not least <= int(content) <= most:
        raise ValueError(f"a whole number from {least} to {most}")
    return int(content)


def _text(content: str) -> Value:
    return Value(Kind.TEXT, ESCAPE.sub(_unescaped, content).encode())


def _unescaped(found: re.Match[str]) -> str:
    if found[1] is None and found[2] is None:
        raise ValueError(r"after a backslash another one, or x and two hexadecimal digits")
    return found[1] or chr(int(found[2], 16))


def _hex(content: str) -> Value:
    if not HEX.fullmatch(content):
        raise ValueError("pairs of hexadecimal digits, 0 to 9 and a to f")
    return Value(Kind.TEXT, bytes.fromhex(content))


READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    "integer": _integer,
    "unsigned": _unsigned,
    "oid": _oid,
    "text": _text,
    "hex": _hex,
}


def devices(recordings: Sequence[Recording], tick: Callable[[], int]) -> tuple[Device, ...]:
    """An SNMP agent for each; ValueError when two have the same name."""
    names = [recording.name for recording in recordings]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two recordings are called {twice!r}; the name is the file's without its suffix")
    return tuple(Device(each.name, "unknown", "snmp", _server(each, tick)) for each in recordings)


def _server(recording: Recording, tick: Callable[[], int]) -> SnmpServer:
    return SnmpServer(lambda: recording.objects, tick, user=MONITOR)


class Replay(Simulation):
    """Recordings on their sockets instead of a room's instruments; nothing changes but by mishaps."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        super().__init__()
        self.devices = devices(recordings, self._tick)

    def truth(self) -> dict[str, Fact]:
        return {f"mishaps.{device.id}": device.server.outlet.mishap.kind for device in self.devices}

    def do(self, line: str) -> str:
        if line.split()[:1] != ["mishap"]:
            names = "|".join(device.id for device in self.devices)
            raise ValueError(f"found {line!r}, but there is no room behind a recording; possible: mishap {names} KIND")
        return super().do(line)
