"""YD/T 1363.3 (YDN 023, the telecommunication power and environment protocol): frames, checksums, values.

    ~ VER ADR CID1 CID2 LENGTH INFO CHKSUM CR      a question
    ~ VER ADR CID1 RTN  LENGTH INFO CHKSUM CR      its answer; RTN 00 means that all is well
      2   2   2    2    4           4              digits; every byte is two hexadecimal digits, the high one first

    LENGTH  LENID, the number of digits in INFO (12 bits), and before it LCHKSUM (4 bits): the negated sum of LENID's
            three digits, modulo 16
    CHKSUM  the negated sum of all characters from VER to the end of INFO, modulo 65536
    INFO    41H analogue values as floats (IEEE 754, the low byte first, by some makers the high byte)
            42H analogue values as integers (16 bits, high byte first), in steps of the maker's choice
            43H states, 44H alarms (one byte each), 46H and 47H parameters as 41H and 42H
            41H to 44H begin with DATAFLAG (one byte); spaces stand for a value that is missing

    -> ~21012A500000FDA4     version 2.1, address 1, UPS (2AH): which address have you (50H)?
    <- ~21012A000000FDA9     the answer, with nothing in it

CID1 is the kind of device: 2AH UPS, 40H AC distribution, 41H rectifier, 42H DC distribution, 60H air conditioner. An
answer says who gives it and not what was asked. Sources: YD/T 1363.3 as the NUT project's ydn23 code renders it, the
standard's own examples, and a captured answer of an AC distribution panel.
"""

import re
import struct
from collections.abc import Callable
from typing import Literal

from agent.faults import Garbled, Refused, shown

Type = Literal["u8", "u16", "s16", "f32"]
Order = Literal["little", "big"]

GET_VERSION, GET_ADDRESS, GET_MAKER = 0x4F, 0x50, 0x51
# Nothing else can be asked: 45H, 48H, 49H and 4EH change a device, and what 80H to EFH do is each maker's own affair.
QUERIES = frozenset({0x41, 0x42, 0x43, 0x44, 0x46, 0x47, GET_VERSION, GET_ADDRESS, GET_MAKER})
WIDTHS: dict[Type, int] = {"u8": 1, "u16": 2, "s16": 2, "f32": 4}
_SAID = {
    0x01: "it does not speak this version",
    0x02: "the checksum did not fit",
    0x03: "the length's checksum did not fit",
    0x04: "it does not know this command",
    0x05: "the form of the command is wrong",
    0x06: "the data of the command are invalid",
    0xE0: "not permitted",
    0xE1: "the operation failed",
    0xE2: "a fault of the device",
    0xE3: "it is write-protected",
}
_FRAME = re.compile(rb"~[0-9A-F]{6}([0-9A-F]{2})([0-9A-F])([0-9A-F]{3})([0-9A-F ]*)([0-9A-F]{4})\r", re.IGNORECASE)


def request(version: int, address: int, cid1: int, cid2: int, info: str = "") -> bytes:
    """A question; only those of QUERIES can be made.

    Raises:
        ValueError: it is none of them.
    """
    if cid2 not in QUERIES:
        raise ValueError(f"{cid2:02X}H is no question")
    body = f"{version:02X}{address:02X}{cid1:02X}{cid2:02X}{_length(len(info))}{info}".encode("ascii")
    return b"~%b%04X\r" % (body, _checksum(body))


def answering(asked: bytes) -> Callable[[bytes], int | None]:
    """How long what came is up to the end of the answer to a question; None while that is missing.

    What others say is passed over, late answers to them too, and so is the question itself, which some adapters repeat.
    """

    def ends(received: bytes) -> int | None:
        end = 0
        while (end := received.find(b"\r", start := end) + 1) > 0:
            frame = received[max(received.rfind(b"~", start, end), start) : end]
            if frame != asked and frame[3:7].upper() == asked[3:7]:
                return end
        return None

    return ends


def parse(reply: bytes) -> str:
    """The INFO of an answer.

    Raises:
        Refused: the device said no.
        Garbled: it is no frame, or one of its checksums does not fit.
    """
    frame = reply[max(reply.rfind(b"~"), 0) :]
    match = _FRAME.fullmatch(frame)
    if match is None:
        raise Garbled(f"no frame: {shown(reply)}")
    said, checked, lenid, info, checksum = match.groups()
    if int(checksum, 16) != _checksum(frame[1:-5]):
        raise Garbled(f"the checksum does not fit: {shown(reply)}")
    if int(lenid, 16) != len(info) or (checked + lenid).decode().upper() != _length(len(info)):
        raise Garbled(f"the length {(checked + lenid).decode()} does not fit {len(info)} digits: {shown(reply)}")
    code = int(said, 16)
    if code:
        raise Refused(f"return code {code:02X}H, {_SAID.get(code, 'one of the maker')}")
    return info.decode()


def value(info: str, offset: int, kind: Type, order: Order = "little") -> int | float | None:
    """The value at a byte of INFO; None where it is missing. `order` counts for floats only.

    Raises:
        Garbled: digits and spaces are mixed there.
    """
    digits = info[2 * offset : 2 * (offset + WIDTHS[kind])]
    if len(digits) < 2 * WIDTHS[kind] or not digits.strip():
        return None
    if " " in digits:
        raise Garbled(f"a value of {digits!r} at byte {offset}")
    data = bytes.fromhex(digits)
    if kind != "f32":
        return int.from_bytes(data, "big", signed=kind == "s16")
    number: float = struct.unpack("<f" if order == "little" else ">f", data)[0]
    return number if data != b"    " and abs(number) < float("inf") else None


def maker(info: str) -> tuple[str, str]:
    """The name of the device and that of its maker, as in the answer to 51H: name (10 bytes), version (2), maker (20).

    Where the widths are others, these are the first and the last text in it.
    """
    data = bytes.fromhex(info.replace(" ", "")[: len(info.replace(" ", "")) // 2 * 2])
    if len(data) == 32:
        return _text(data[:10]), _text(data[12:])
    found = [text.strip() for text in re.split(r"[^ -~]+| {2,}", data.decode("latin-1")) if text.strip()]
    return found[0] if found else "", found[-1] if len(found) > 1 else ""


def _text(data: bytes) -> str:
    return re.sub(r"[^ -~]", " ", data.decode("latin-1")).strip()


def _length(digits: int) -> str:
    check = -sum(int(digit, 16) for digit in f"{digits:03X}") & 0xF
    return f"{check:X}{digits:03X}"


def _checksum(body: bytes) -> int:
    return -sum(body) & 0xFFFF
