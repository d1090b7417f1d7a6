"""Devices on a shared line that speak YD/T 1363.3 and misbehave where a test says so; frames are made here anew."""

import asyncio
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.agent.links.far_side import FarSide

CHARACTERS_PER_SECOND = 960  # 9600 baud, ten bits each
TURNAROUND = 0.02  # seconds that a device thinks before it answers


def framed(address: int, cid1: int, code: int, info: str = "", version: int = 0x20) -> bytes:
    sign = (16 - sum(int(digit, 16) for digit in f"{len(info):03X}") % 16) % 16
    text = f"{version:02X}{address:02X}{cid1:02X}{code:02X}{sign:X}{len(info):03X}{info}"
    return f"~{text}{(0x10000 - sum(map(ord, text))) & 0xFFFF:04X}\r".encode("ascii")


def floats(*values: float | None, order: str = "<") -> str:
    """An INFO with DATAFLAG and floats; None is missing."""
    return "00" + "".join(" " * 8 if v is None else struct.pack(f"{order}f", v).hex().upper() for v in values)


def integers(*values: int) -> str:
    return "00" + "".join(f"{value & 0xFFFF:04X}" for value in values)


def named(name: str, maker: str) -> str:
    return (name.ljust(10).encode() + b"\x02\x01" + maker.ljust(20).encode()).hex().upper()


UPS = {
    0x41: floats(230.1, 229.8, 230.5, 230.0, 230.0, 230.0, 10.1, 9.8, None, 409.8, 50.0) + "000000",
    0x43: "000100E1E0E1",
    0x51: named("UPS 33", "ACME POWER"),
}
GXE = {
    0x42: integers(23012, 0, 0, 23000, 0, 0, 1010, 0, 0, 8190, 5000, 0, 0, 4998, 0, 0, 210, 233, 0, 0, 4250),
    0x43: "000200E2E3E0",
    0x47: f"{integers(0, 0, 0, 0, 220, 50)}",
    0x51: named("GXE 3k", "EMERSON"),
}
PANEL = {
    0x41: "0002B91EC343FCA3C34318DCC243E2E6474200DB42853FDB42053F79AEB13E        00CB96D142                ",
    0x51: named("PANEL", "ACME POWER"),
}
COOLER = {
    0x42: integers(22130, 22240, 22010, 310, 0x2020, 290, 1850, 0x2020),
    0x51: named("IACC", "ACME COOL"),
}

Spoil = Callable[[bytes], bytes]


@dataclass(slots=True)
class Device:
    """One address. `spoil` changes the bytes of an answer; `late` are seconds to wait before each of the next ones."""

    cid1: int
    infos: Mapping[int, str]
    spoil: Spoil = bytes
    late: list[float] = field(default_factory=list)
    dead: bool = False
    asked: list[int] = field(default_factory=list)

    def answer(self, address: int, cid1: int, command: int) -> bytes:
        self.asked.append(command)
        if self.dead or cid1 != self.cid1:
            return b""
        known = command in self.infos
        return self.spoil(framed(address, cid1, 0 if known else 4, self.infos.get(command, "")))


@dataclass(slots=True)
class Line:
    """What hangs on a line. With `paced` every character takes its time, and who speaks meanwhile is counted."""

    devices: Mapping[int, Device]
    paced: bool = False
    echo: bool = False
    answering: int = 0
    overlaps: int = 0

    async def __call__(self, request: bytes, far: FarSide) -> None:
        self.overlaps += self.answering > 0
        self.answering += 1
        try:
            await self._answer(request, far)
        finally:
            self.answering -= 1

    async def _answer(self, request: bytes, far: FarSide) -> None:
        if self.echo:
            far.say(request)
        _, address, cid1, command = (int(request[n : n + 2], 16) for n in (1, 3, 5, 7))
        device = self.devices.get(address)
        reply = device.answer(address, cid1, command) if device else b""
        if self.paced:
            await asyncio.sleep(len(request) / CHARACTERS_PER_SECOND)
        if not device or not reply:
            return
        await asyncio.sleep(device.late.pop(0) if device.late else TURNAROUND if self.paced else 0.0)
        step = 24 if self.paced else 1000
        for start in range(0, len(reply), step):
            piece = reply[start : start + step]
            await asyncio.sleep(len(piece) / CHARACTERS_PER_SECOND if self.paced else 0.0)
            far.say(piece)
