"""How many notifications came, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

# unknown_sender: from an address that is no device's, not looked into. refused: a wrong community or user.
# garbled: no notification could be read from it. dropped: its sender had said too much.
Result = Literal["accepted", "unknown_sender", "refused", "garbled", "dropped"]
RESULTS: tuple[Result, ...] = get_args(Result)


@dataclass(frozen=True, slots=True)
class TrapCounts:
    """Datagrams by result, and accepted notifications by device, since the start."""

    received: Mapping[Result, int] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(RESULTS, 0)))
    devices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
