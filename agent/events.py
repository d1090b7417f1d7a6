"""What happened, in order: alarms raised and cleared, devices lost and back, notifications, the agent's own start.

An event is a fact with a time and a sentence in two languages; it carries no object of the program, so that whoever
keeps it (this log, a file, another machine) needs nothing else to read it.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter
from typing import Literal

from agent.alarms.catalogue import Text
from agent.alarms.evaluate import Transition
from agent.alarms.sentence import said

EventKind = Literal[
    "agent_started",
    "alarm_raised",
    "alarm_cleared",
    "device_lost",
    "device_back",
    "notification",
    "unknown_sender",
]
Details = Mapping[str, str | Mapping[str, str]]
KEPT = 1000  # events found, and as many heard; a bad night of a small room
HEARD: frozenset[EventKind] = frozenset({"notification", "unknown_sender"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `at` is wall time; `device` is empty where it was none's."""

    at: float
    kind: EventKind
    device: str
    text: Text
    details: Details = field(default_factory=dict)


class Events:
    """The newest events, oldest first. What others tell the agent cannot push out what it found itself."""

    def __init__(self, kept: int = KEPT) -> None:
        self._found: deque[Event] = deque(maxlen=kept)
        self._heard: deque[Event] = deque(maxlen=kept)
        self._tail: Sequence[Event] | None = ()

    def record(self, event: Event) -> None:
        (self._heard if event.kind in HEARD else self._found).append(event)
        self._tail = None

    @property
    def tail(self) -> Sequence[Event]:
        """The log as it is now; the same object until something happens."""
        if self._tail is None:
            self._tail = tuple(merge(self._found, self._heard, key=attrgetter("at")))
        return self._tail


def agent_started(at: float, version: str) -> Event:
    text = Text(f"roomready {version} started", f"roomready {version} 已启动")
    return Event(at, "agent_started", "", text, {"version": version})


def alarm_changed(transition: Transition) -> Event:
    subject, says = transition.subject, said(transition.subject)
    details: Details = {
        "alarm": subject.alarm.key,
        "severity": subject.alarm.severity,
        "zone": subject.zone,
        "labels": dict(subject.labels),
    }
    if transition.raised:
        return Event(transition.at, "alarm_raised", subject.device, says, details)
    cleared = Text(f"Over: {says.en}", f"已恢复：{says.zh}")
    return Event(transition.at, "alarm_cleared", subject.device, cleared, details)


def device_lost(at: float, device: str, result: str, fault: str) -> Event:
    text = Text(f"{device} does not answer: {fault}", f"{device} 无响应：{fault}")
    return Event(at, "device_lost", device, text, {"result": result, "fault": fault})


def device_back(at: float, device: str) -> Event:
    return Event(at, "device_back", device, Text(f"{device} answers again", f"{device} 已恢复响应"))
