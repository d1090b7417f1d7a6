"""The board: the newest view of the room, written by the service, read by everything that renders."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from agent.alarms.evaluate import AlarmState
from agent.events import Event
from agent.links.lines import LineStatistics
from agent.model.readings import Snapshot
from agent.traps.counts import TrapCounts


@dataclass(frozen=True, slots=True)
class View:
    """What is known now: the snapshot, how the alarms stand, what happened (oldest first). Wall times in seconds.

    `traps` is None where no notifications are received; `lines` are the serial lines and field buses in use.
    """

    snapshot: Snapshot
    alarms: AlarmState = field(default_factory=AlarmState)
    started_at: float = 0.0
    version: str = ""
    room: str = ""
    events: Sequence[Event] = ()
    traps: TrapCounts | None = None
    lines: Mapping[str, LineStatistics] = field(default_factory=lambda: MappingProxyType({}))


class Board:
    """One writer, many readers, one loop. Readers never touch a device."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._next: asyncio.Future[View] | None = None

    @property
    def view(self) -> View:
        return self._view

    def publish(self, view: View) -> None:
        self._view = view
        if self._next is not None and not self._next.done():
            self._next.set_result(view)
        self._next = None

    async def changed(self) -> View:
        """Waits for the next view."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        return await asyncio.shield(self._next)
