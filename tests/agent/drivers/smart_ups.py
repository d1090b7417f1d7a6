"""A Smart-UPS of the tests' own, for the far end of a byte stream. It counts what it is told to do."""

import asyncio
from dataclasses import dataclass, field

from tests.agent.links.far_side import FarSide

KNOWN = {
    "Q": "08", "L": "230.1", "M": "231.0", "N": "229.3", "O": "230.4", "P": "034.0", "F": "50.00", "B": "27.60",
    "f": "100.0", "j": "0034:", "C": "028.5", "X": "OK", "g": "024", "o": "230", "l": "208", "u": "253", "q": "02",
    "~": "00", "'": "00", "8": "00", "c": "UPS_IDEN", "n": "WS9643050926", "b": "60.11.I", "\x01": "SMART-UPS 1000",
}  # fmt: skip


@dataclass(slots=True)
class SmartUps:
    """`answers` by question; `offers` says whether it knows `a`. Before Y it is deaf.

    `delays` are for the answers to single questions, in seconds; `before` and `after` come with every answer, `cut`
    leaves its end off, `echo` sends the question back first; `dumb` says nothing to what it does not know.
    """

    answers: dict[str, str] = field(default_factory=lambda: dict(KNOWN))
    offers: bool = True
    smart: bool = False
    delays: dict[str, float] = field(default_factory=dict)
    before: bytes = b""
    after: bytes = b""
    cut: int = 0
    echo: bool = False
    dumb: bool = False
    silent: bool = False
    asked: str = ""

    async def talk(self, request: bytes, far: FarSide) -> None:
        for question in request.decode("latin-1"):
            self.asked += question
            answer = self._answer(question)
            await asyncio.sleep(self.delays.get(question, 0.0))
            if answer is None or self.silent:
                continue
            line = f"{answer}\r\n".encode("latin-1")
            echo = question.encode("latin-1") if self.echo else b""
            far.say(self.before + echo + line[: len(line) - self.cut] + self.after)

    def _answer(self, question: str) -> str | None:
        if question == "Y":
            self.smart = True
            return "SM"
        if not self.smart:
            return None
        if question == "a" and self.offers:
            return f"3.!$%+?=#|.{''.join(self.answers)}Y@KSZ"
        return self.answers.get(question, None if self.dumb else "NA")
