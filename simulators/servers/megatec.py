"""A Megatec or Voltronic UPS on its line: `Q1` CR there, `(230.1 ...` CR back.

A Megatec unit sends what it does not know back as it came; a Voltronic one says `(NAK`. Commands that would test, shut
down or silence it are refused the same way, and counted.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from simulators.mishaps import Outlet
from simulators.servers.line_server import LineServer
from simulators.servers.lines import Line, until
from simulators.servers.live_view import LiveView

CR: Final = b"\r"
NOT_KNOWN: Final = "(NAK"
# Tests, shutdowns, beeper, outlets and settings of both dialects.
COMMAND: Final = re.compile(
    r"T(L|\.?\d+)?|CT|S(\.?\d+)(R\d+)?|C|CS|Q|BZ(ON|OFF)|SON|SOFF|P[ED]\w|PF|SKO(N|FF)\d|V\d{3}|[HL][EFB]\w+"
)


class MegatecServer(LineServer):
    def __init__(
        self,
        look: Callable[[], Mapping[str, str]],
        tick: Callable[[], int],
        line: Line,
        dialect: Literal["megatec", "voltronic"] = "megatec",
        baud: int | None = None,
    ) -> None:
        super().__init__("megatec", line, until(CR), Outlet(change_id), baud)
        self._view = LiveView(look, tick, self.outlet)
        self._echoes = dialect == "megatec"

    def answer(self, request: bytes) -> bytes:
        question = request.decode("ascii", "replace")
        reply = self._view().get(question)
        if reply is None:
            self.writes_refused += COMMAND.fullmatch(question) is not None
            reply = question if self._echoes else NOT_KNOWN
        return reply.encode("ascii", "replace") + CR


def change_id(reply: bytes) -> bytes:
    """The answer to another question: a status instead of ratings, and the other way round."""
    return (b"#" if reply[:1] == b"(" else b"(") + reply[1:]
