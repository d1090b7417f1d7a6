"""An APC UPS on its line: one letter there, a line back; and a single character unasked when something happens.

-> Y    <- SM        -> Q    <- 08        (mains fails)    <- !        -> K    <- NA

Only after `Y` are letters understood, until `R`. Commands that would test, calibrate, shut down or set it are refused
with NA and counted; they are not in the command set that `a` tells.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from simulators.mishaps import Outlet
from simulators.servers.line_server import LineServer
from simulators.servers.lines import Conversation, Line
from simulators.servers.live_view import LiveView

CRLF: Final = b"\r\n"
NOT_AVAILABLE: Final = b"NA"
COMMANDS: Final = frozenset("AUWDSKZ@^+-\x0e\x7f")
DIGITS_AFTER_AT: Final = 3  # tenths of an hour
LOOK: Final = 0.2  # seconds between looks at what an alert would tell


@dataclass(frozen=True, slots=True)
class Alerts:
    """What a condition says when its number rises, and when it is back at 0."""

    conditions: Callable[[], Mapping[str, int]]
    characters: Mapping[str, tuple[str, str]]


class ApcSmartServer(LineServer):
    def __init__(
        self,
        look: Callable[[], Mapping[str, str]],
        alerts: Alerts,
        tick: Callable[[], int],
        line: Line,
        baud: int | None = None,
    ) -> None:
        super().__init__("apc-smart", line, letters, Outlet(change_id), baud)
        self._view = LiveView(look, tick, self.outlet)
        self._alerts = alerts
        self._before = alerts.conditions()
        self._smart = False
        self._clients: list[Conversation] = []
        self._timer: asyncio.TimerHandle | None = None

    def converse(self) -> Conversation:
        conversation = super().converse()
        self._clients.append(conversation)
        return conversation

    def answer(self, request: bytes) -> bytes:
        letter = request[:1].decode("latin-1")
        if letter == "Y":
            self._smart = True
            return b"SM" + CRLF
        if not self._smart:
            return b""
        if letter == "R":
            self._smart = False
            return b"BYE" + CRLF
        self.writes_refused += letter in COMMANDS
        said = self._view().get(letter)
        return (said.encode("latin-1") if said is not None else NOT_AVAILABLE) + CRLF

    async def open(self) -> None:
        await super().open()
        self._watch()

    def _watch(self) -> None:
        now = self._alerts.conditions()
        for name, (begins, ends) in self._alerts.characters.items():
            if now[name] > self._before[name]:
                self._alert(begins)
            elif now[name] == 0 < self._before[name]:
                self._alert(ends)
        self._before = now
        self._timer = asyncio.get_running_loop().call_later(LOOK, self._watch)

    def _alert(self, character: str) -> None:
        for conversation in self._clients:
            if self._smart:
                conversation.say(character.encode())

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._clients.clear()
        await super().close()


def letters(buffer: bytearray) -> Iterator[bytes]:
    """Each byte asks, except that @ brings three digits; line ends and ESC, by which drivers wake it, ask nothing."""
    while buffer:
        size = 1 + DIGITS_AFTER_AT if buffer[:1] == b"@" else 1
        if len(buffer) < size:
            return
        request = bytes(buffer[:size])
        del buffer[:size]
        if request not in (b"\r", b"\n", b"\x1b"):
            yield request


def change_id(reply: bytes) -> bytes:
    """UPS-Link has no question numbers: the answer that another letter would have had."""
    return b"OK" + CRLF if reply.endswith(CRLF) and reply != b"OK" + CRLF else b"NO" + CRLF
