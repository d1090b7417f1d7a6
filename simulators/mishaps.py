"""Misbehaviour on purpose, between a server and its wire: what a tired card, a bad cable or a broken sensor does.

off      nothing comes back            half      the reply is cut short
late     the reply comes after a while wrong_id  the reply belongs to another question
garbled  bytes are flipped             stuck     the values stand still
no_such  the objects have vanished     twice     the reply comes two times
none     all is well again

stuck and no_such act on what the instrument shows; the others act on the finished reply, whatever the protocol.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("none", "off", "late", "garbled", "half", "wrong_id", "twice", "stuck", "no_such")
LONGEST_DELAY: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Mishap:
    kind: str = "none"
    seconds: float = 0.0


def parse(words: list[str]) -> Mishap:
    match words:
        case ["late", seconds]:
            return Mishap("late", _delay(seconds))
        case [kind] if kind in KINDS and kind != "late":
            return Mishap(kind)
    possible = ", ".join("late SECONDS" if kind == "late" else kind for kind in KINDS)
    raise ValueError(f"unknown mishap {' '.join(words)!r}; possible: {possible}")


def _delay(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_DELAY:
        raise ValueError(f"late: found {word}, expected seconds from 0 to {LONGEST_DELAY:g}")
    return seconds


class Outlet:
    """Every reply of one server leaves through here; `change_id` knows where the protocol keeps its question number."""

    def __init__(self, change_id: Callable[[bytes], bytes]) -> None:
        self.mishap = Mishap()
        self._change_id = change_id
        self._waiting: set[asyncio.TimerHandle] = set()

    def deliver(self, reply: bytes, send: Callable[[bytes], None], delay: float = 0.0) -> None:
        match self.mishap.kind:
            case "off":
                return
            case "garbled":
                reply = bytes(byte ^ 0x55 if at % 3 == 2 else byte for at, byte in enumerate(reply))
            case "half":
                reply = reply[: len(reply) // 2]
            case "wrong_id":
                reply = self._change_id(reply)
            case "twice":
                self._leave(reply, send, delay)
            case "late":
                delay += self.mishap.seconds
        self._leave(reply, send, delay)

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
