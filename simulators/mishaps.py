"""Misbehaviour on purpose, between a server and its wire: what a tired card, a bad cable or a broken sensor does.

none        all is well again
off         nothing comes back                  lost N     every Nth reply is lost
late S      the reply comes after S seconds     drip S     it comes byte by byte, S seconds apart (not in datagrams)
garbled     bytes are flipped                   checksum   only the checksum is wrong (where the protocol has one)
half        the reply is cut short              wrong_id   it belongs to another question
twice       it comes two times
stuck       the values stand still              no_such    the objects have vanished
scale       numbers are ten times too large     wrap       counters are about to begin at 0 again (SNMP)
reboot S    silent for S seconds, and an SNMP agent's uptime begins again
refused, unplugged    the socket is closed, the line is gone; afterwards it is back under the same name

stuck, no_such, scale and wrap act on what the instrument shows; refused and unplugged on the whole server; the others
act on the finished reply, whatever the protocol.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

LONGEST_DELAY: Final = 3600.0
LONGEST_DRIP: Final = 10.0
MOST_REPLIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    low: float
    high: float

    def parse(self, kind: str, word: str) -> float:
        try:
            number = float(word)
        except ValueError:
            number = float("nan")
        if not self.low <= number <= self.high:
            what = self.name.lower()
            raise ValueError(f"{kind}: found {word}, expected {what} from {self.low:g} to {self.high:g}")
        return number


SECONDS: Final = Argument("SECONDS", 0.0, LONGEST_DELAY)
POSSIBLE: Final[dict[str, Argument | None]] = {
    "none": None,
    "off": None,
    "late": SECONDS,
    "lost": Argument("NTH", 1, MOST_REPLIES),
    "drip": Argument("SECONDS", 0.0, LONGEST_DRIP),
    "garbled": None,
    "checksum": None,
    "half": None,
    "wrong_id": None,
    "twice": None,
    "stuck": None,
    "no_such": None,
    "scale": None,
    "wrap": None,
    "reboot": SECONDS,
    "refused": None,
    "unplugged": None,
}
KINDS: Final = tuple(POSSIBLE)
GONE: Final = frozenset({"refused", "unplugged"})  # whoever has the server closes it
SPECIAL: Final = frozenset({"drip", "checksum", "scale", "wrap"})  # not every wire and view can suffer these


@dataclass(frozen=True, slots=True)
class Mishap:
    kind: str = "none"
    number: float = 0.0


def parse(words: list[str]) -> Mishap:
    match words:
        case [kind] if kind in POSSIBLE and POSSIBLE[kind] is None:
            return Mishap(kind)
        case [kind, word] if (argument := POSSIBLE.get(kind)) is not None:
            return Mishap(kind, argument.parse(kind, word))
    raise ValueError(f"unknown mishap {' '.join(words)!r}; possible: {spelt(KINDS)}")


def spelt(kinds: Iterable[str]) -> str:
    """As they are written in `mishap DEVICE KIND`."""
    arguments = ((kind, POSSIBLE[kind]) for kind in kinds)
    return ", ".join(kind if argument is None else f"{kind} {argument.name}" for kind, argument in arguments)


class Outlet:
    """Every reply of one server leaves through here.

    `change_id` knows where the protocol keeps its question number, `spoil_checksum` where its checksum is.
    """

    def __init__(
        self,
        change_id: Callable[[bytes], bytes],
        spoil_checksum: Callable[[bytes], bytes] | None = None,
        datagrams: bool = False,
    ) -> None:
        self.able = set(KINDS) - SPECIAL
        self.able |= set() if datagrams else {"drip"}
        self.able |= set() if spoil_checksum is None else {"checksum"}
        self.on_reboot: Callable[[], None] = lambda: None
        self._mishap = Mishap()
        self._began = 0.0
        self._replies = 0
        self._change_id = change_id
        self._spoil_checksum = spoil_checksum
        self._waiting: set[asyncio.TimerHandle] = set()

    @property
    def mishap(self) -> Mishap:
        return self._mishap

    @mishap.setter
    def mishap(self, mishap: Mishap) -> None:
        """ValueError when this wire or this view cannot suffer it."""
        self.check(mishap)
        self._mishap, self._began, self._replies = mishap, time.monotonic(), 0
        if mishap.kind == "reboot":
            self.on_reboot()

    def check(self, mishap: Mishap) -> None:
        if mishap.kind not in self.able:
            raise ValueError(f"{mishap.kind} cannot happen on this wire; possible: {self.possible}")

    @property
    def possible(self) -> str:
        return spelt(kind for kind in KINDS if kind in self.able)

    def deliver(self, reply: bytes, send: Callable[[bytes], None], delay: float = 0.0) -> None:
        if self._swallows():
            return
        reply = self._spoil(reply)
        match self._mishap:
            case Mishap("twice"):
                self._leave(reply, send, delay)
            case Mishap("late", seconds):
                delay += seconds
            case Mishap("drip", seconds):
                for at in range(len(reply)):
                    self._leave(reply[at : at + 1], send, delay + at * seconds)
                return
        self._leave(reply, send, delay)

    def _swallows(self) -> bool:
        self._replies += 1
        match self._mishap:
            case Mishap("off" | "refused" | "unplugged"):
                return True
            case Mishap("lost", nth):
                return self._replies % int(nth) == 0
            case Mishap("reboot", seconds):
                return time.monotonic() < self._began + seconds
        return False

    def _spoil(self, reply: bytes) -> bytes:
        match self._mishap.kind:
            case "garbled":
                return bytes(byte ^ 0x55 if at % 3 == 2 else byte for at, byte in enumerate(reply))
            case "half":
                return reply[: len(reply) // 2]
            case "wrong_id":
                return self._change_id(reply)
            case "checksum" if self._spoil_checksum is not None:
                return self._spoil_checksum(reply)
        return reply

    def _leave(self, reply: bytes, send: Callable[[bytes], None], delay: float) -> None:
        if delay <= 0:
            send(reply)
            return

        def fire() -> None:
            self._waiting.discard(handle)
            send(reply)

        handle = asyncio.get_running_loop().call_later(delay, fire)
        self._waiting.add(handle)

    def close(self) -> None:
        for handle in self._waiting:
            handle.cancel()
        self._waiting.clear()
