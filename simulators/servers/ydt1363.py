"""Devices that speak YD/T 1363.3 on one bus: a serial line or a TCP port, each device with its address.

-> ~ 20 01 2A 42 0000           FDA4 CR     version, address, kind (CID1), command (CID2), length, checksum
<- ~ 20 01 2A 00 9034 0059E4... F275 CR     the same, a return code in place of the command, and the content

All but the tilde and the CR are hex digits. LENGTH is the number of digits of the content, below a nibble that makes
the sum of its digits zero; CHKSUM makes the sum of all characters zero. A device of another address is silent; a frame
that is wrong is answered with why. Commands that would control or set anything get E0 (no permission) and are counted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from simulators.mishaps import Outlet
from simulators.servers.lines import BITS_PER_BYTE, Conversation, Line
from simulators.servers.live_view import LiveView

START, END = b"~", b"\r"
VERSIONS: Final = (0x10, 0x20, 0x21, 0x22, 0x25)
OK, VERSION_WRONG, CHECKSUM_WRONG, LENGTH_WRONG, NO_SUCH_COMMAND, FORMAT_WRONG, DATA_WRONG = range(7)
NO_PERMISSION: Final = 0xE0
READS: Final = range(0x41, 0x45)
WRITES: Final = (0x45, 0x48, 0x49, 0x4E)
GROUPED: Final = 0x40  # the kind whose reads name a group of inputs
ALL_GROUPS: Final = b"FF"
HEADER: Final = 8  # digits of version, address, kind, command
SMALLEST: Final = HEADER + 4 + 4
DIGITS: Final = b"0123456789ABCDEF "


@dataclass(frozen=True, slots=True)
class Frame:
    version: int
    address: int
    kind: int
    code: int
    content: bytes = b""

    def encode(self) -> bytes:
        header = bytes((self.version, self.address, self.kind, self.code)).hex().upper().encode()
        body = header + length(len(self.content)) + self.content
        return START + body + checksum(body) + END


def length(digits: int) -> bytes:
    nibbles = sum(int(digit, 16) for digit in f"{digits:03X}")
    return f"{-nibbles & 15:X}{digits:03X}".encode()


def checksum(body: bytes) -> bytes:
    return f"{-sum(body) & 0xFFFF:04X}".encode()


def frames(buffer: bytearray) -> Iterator[bytes]:
    """What stands between a tilde and a CR; anything else on the line is noise."""
    while (end := buffer.find(END)) >= 0:
        start = buffer.rfind(START, 0, end)
        if start >= 0:
            yield bytes(buffer[start + 1 : end])
        del buffer[: end + 1]


@dataclass(frozen=True, slots=True)
class Identity:
    address: int
    kind: int


class YdtBus:
    """The line that devices share; it is open as long as one of them is."""

    def __init__(self, line: Line, baud: int | None = None) -> None:
        self.line = line
        self.devices: dict[int, YdtServer] = {}
        self._seconds_per_byte = BITS_PER_BYTE / baud if baud else 0.0
        self._users = 0

    async def open(self) -> None:
        self._users += 1
        if self._users == 1:
            await self.line.open(self._converse)

    async def close(self) -> None:
        self._users = max(0, self._users - 1)
        if self._users == 0:
            await self.line.close()

    def _converse(self) -> Conversation:
        return _BusConversation(self.devices, self._seconds_per_byte)


class _BusConversation(Conversation):
    """Each device replies by its own outlet."""

    def __init__(self, devices: Mapping[int, "YdtServer"], seconds_per_byte: float) -> None:
        super().__init__(frames, lambda _: b"", Outlet(change_id), seconds_per_byte)
        self._devices = devices

    def take(self, request: bytes) -> None:
        device = self._devices.get(_address(request))
        if device is not None:
            self.outlet = device.outlet
            self.say(device.answer(request))


def _address(request: bytes) -> int:
    try:
        return int(request[2:4], 16)
    except ValueError:
        return -1


class YdtServer:
    """One device; `look` gives the contents of its replies by command."""

    def __init__(
        self, look: Callable[[], Mapping[int, str]], tick: Callable[[], int], bus: YdtBus, identity: Identity
    ) -> None:
        self.outlet = Outlet(change_id, spoil_checksum)
        self.writes_refused = 0
        self._view = LiveView(look, tick, self.outlet)
        self._identity = identity
        self._bus = bus
        self._open = False
        bus.devices[identity.address] = self

    @property
    def url(self) -> str:
        return f"{self._bus.line.url('ydt1363')}?address={self._identity.address}"

    async def open(self) -> None:
        await self._bus.open()
        self._open = True

    async def close(self) -> None:
        self.outlet.close()
        if self._open:
            self._open = False
            await self._bus.close()

    def answer(self, request: bytes) -> bytes:
        fault = _fault(request)
        if fault is not None:
            version = int(request[:2], 16) if request[:2] in _VERSIONS_SPELT else VERSIONS[1]
            return Frame(version, self._identity.address, self._identity.kind, fault).encode()
        version, _, kind, command = bytes.fromhex(request[:HEADER].decode())
        code, content = self._carry_out(kind, command, request[HEADER + 4 : -4])
        return Frame(version, self._identity.address, self._identity.kind, code, content.encode()).encode()

    def _carry_out(self, kind: int, command: int, content: bytes) -> tuple[int, str]:
        if kind != self._identity.kind:
            return NO_SUCH_COMMAND, ""
        if command in WRITES:
            self.writes_refused += 1
            return NO_PERMISSION, ""
        if kind == GROUPED and command in READS and content != ALL_GROUPS:
            return DATA_WRONG, ""
        said = self._view().get(command)
        return (NO_SUCH_COMMAND, "") if said is None else (OK, said)


_VERSIONS_SPELT: Final = tuple(f"{version:02X}".encode() for version in VERSIONS)


def _fault(request: bytes) -> int | None:
    """Why this frame cannot be taken, in the order in which a device looks: size, digits, checksum, length, version."""
    if len(request) < SMALLEST or b" " in request[:HEADER] or any(byte not in DIGITS for byte in request):
        return FORMAT_WRONG
    body, given = request[:-4], request[-4:]
    if checksum(body) != given:
        return CHECKSUM_WRONG
    if length(len(body) - HEADER - 4) != body[HEADER : HEADER + 4]:
        return LENGTH_WRONG
    return None if request[:2] in _VERSIONS_SPELT else VERSION_WRONG


def change_id(frame: bytes) -> bytes:
    """The reply of another address, with its checksum in order."""
    other = int(frame[3:5], 16) ^ 0x40
    body = frame[1:3] + f"{other:02X}".encode() + frame[5:-5]
    return START + body + checksum(body) + END


def spoil_checksum(frame: bytes) -> bytes:
    wrong = int(frame[-5:-1], 16) ^ 1
    return frame[:-5] + f"{wrong:04X}".encode() + END
