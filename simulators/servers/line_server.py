"""What servers of line protocols share: a line, an outlet, a count of refused commands."""

from abc import ABC, abstractmethod

from simulators.mishaps import Outlet
from simulators.servers.lines import BITS_PER_BYTE, Conversation, Line, Split


class LineServer(ABC):
    """Without `baud`, a reply does not wait for as long as its bytes would have been on a wire."""

    def __init__(self, protocol: str, line: Line, split: Split, outlet: Outlet, baud: int | None = None) -> None:
        self.outlet = outlet
        self.writes_refused = 0
        self._protocol = protocol
        self._line = line
        self._split = split
        self._seconds_per_byte = BITS_PER_BYTE / baud if baud else 0.0

    @property
    def url(self) -> str:
        return self._line.url(self._protocol)

    @abstractmethod
    def answer(self, request: bytes) -> bytes:
        """The reply; empty for silence."""

    def converse(self) -> Conversation:
        return Conversation(self._split, self.answer, self.outlet, self._seconds_per_byte)

    async def open(self) -> None:
        await self._line.open(self.converse)

    async def close(self) -> None:
        self.outlet.close()
        await self._line.close()
