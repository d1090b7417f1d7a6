"""apcupsd's network information server: length-prefixed text over TCP.

-> 00 06 "status"
<- 00 1B "APC      : 001,042,1012\\n" ... one record per line ... 00 00
   the header counts the records that follow it, and their bytes; END APC is the last

`events` is answered the same way without header and trailer; anything else with `Invalid command` and a NUL.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from simulators.mishaps import Outlet
from simulators.servers.line_server import LineServer
from simulators.servers.lines import TcpLine
from simulators.servers.live_view import LiveView

LENGTH: Final = 2
INVALID: Final = b"Invalid command\n\0"
STATUS_REVISION: Final = 1


@dataclass(frozen=True, slots=True)
class Report:
    status: Mapping[str, str]
    events: tuple[str, ...]


class ApcupsdServer(LineServer):
    def __init__(self, look: Callable[[], Report], tick: Callable[[], int]) -> None:
        super().__init__("apcupsd", TcpLine(), requests, Outlet(change_id))
        self._view = LiveView(lambda: {"": look()}, tick, self.outlet)

    def answer(self, request: bytes) -> bytes:
        report = self._view().get("", Report({}, ()))
        match request:
            case b"status":
                return message(_status(report.status))
            case b"events":
                return message(f"{line}\n".encode() for line in report.events)
        return message([INVALID])


def _status(rows: Mapping[str, str]) -> list[bytes]:
    if not rows:
        return []
    records = [f"{key:<9}: {value}\n".encode() for key, value in rows.items()]
    records.append(f"{'END APC':<9}: {rows['DATE']}\n".encode())
    header = f"{'APC':<9}: {STATUS_REVISION:03},{len(records):03},{sum(map(len, records)):04}\n"
    return [header.encode(), *records]


def message(records: Iterable[bytes]) -> bytes:
    return b"".join(len(record).to_bytes(LENGTH, "big") + record for record in records) + bytes(LENGTH)


def requests(buffer: bytearray) -> Iterator[bytes]:
    while len(buffer) >= LENGTH:
        end = LENGTH + int.from_bytes(buffer[:LENGTH], "big")
        if len(buffer) < end:
            return
        request = bytes(buffer[LENGTH:end])
        del buffer[:end]
        yield request


def change_id(reply: bytes) -> bytes:
    """There are no question numbers: another UPS's serial number."""
    return reply.replace(b": SIM-", b": NOT-")
