"""A UPS at the far end of a serial line that answers by a table, and misbehaves where a test says so."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.agent.links.far_side import FarSide

MEGATEC = {
    "Q1": "(230.1 230.1 230.4 034 50.0 27.0 28.5 00001000",
    "F": "#230.0 004 024.0 50.0",
    "I": "#ACME-CORP-MFR15 MODEL-TEN  FW-VER-10 ",
}
VOLTRONIC = {
    "QGS": "(230.1 50.0 230.4 50.0 002.5 034 369.1 ---.- 026.5 ---.- 028.5 100000000001",
    "QMOD": "(L",
    "QRI": "(230.0 004 024.0 50.0",
    "QBV": "(026.5 02 01 068 255",
    "QMD": "(#######OLHVT1K0 ###1000 80 1/1 230 230 02 12.0",
    "QWS": f"({'0' * 9}1{'0' * 54}",
    "QVFW": "(VERFW:00322.02",
    "QMF": "(#####ACME",
    "QID": "(9132412100001",
}
CASTLE = {
    "Q1": "(225.8 225.8 226.3 014 49.9 2.25 26.5 00000001",
    "Q6": "(225.4 ---.- ---.- 49.9 226.3 ---.- ---.- 49.9 013 --- --- 027.1 ---.- 26.5 02293 100 82"
    " 00000000 00000000 11",
    "WA": "(000.1 ---.- ---.- 000.1 ---.- ---.- 000.1 000.1 000.6 ---.- ---.- 014 00000001",
    "BPS": "(225.4 ---.- ---.- 49.9",
    "WH": f"(00 10.35 00.00 {'C1K(G7)':27}1/1 6 220 50.00 012 02.00 004.00 011.30 006 00 50 187 264 45.00 55.00",
    "FW?": "08477-0307",
    "SASV07?": "GASV07DBFPB-A9492270135    ",
}


@dataclass(slots=True)
class Unit:
    """Answers what it knows; `otherwise` is what it says to the rest: None for nothing, "" for the question itself."""

    answers: Mapping[str, str]
    otherwise: str | None = "(NAK"
    late: list[float] = field(default_factory=list)  # seconds to wait before each of the next answers
    drip: float = 0.0  # seconds between two characters
    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: bytes, far: FarSide) -> None:
        question = request.decode().removesuffix("\r")
        self.asked.append(question)
        pause = self.late.pop(0) if self.late else 0.0
        answer = self.answers.get(question, question if self.otherwise == "" else self.otherwise)
        if answer is None:
            return
        await asyncio.sleep(pause)
        data = answer.encode("latin-1") + b"\r"
        pieces = [data] if not self.drip else [data[n : n + 1] for n in range(len(data))]
        for piece in pieces:
            far.say(piece)
            await asyncio.sleep(self.drip)
