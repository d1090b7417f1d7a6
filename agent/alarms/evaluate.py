"""Evaluates the catalogue over a snapshot. Pure: the same inputs give the same transitions.

A subject is what an alarm can be about: a device and, where its measure has them, labels such as the feed.
A reading that has aged out makes its condition false: what is not known is not claimed, and `device_silent` tells why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from agent.alarms.catalogue import ALARMS, Alarm
from agent.alarms.conditions import Above, Below, Condition, Flag, InState, Silent
from agent.model.readings import DeviceSnapshot, Labels, Reading, Snapshot


@dataclass(frozen=True, slots=True)
class Subject:
    """What one alarm is about."""

    alarm: Alarm
    device: str
    zone: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alarm stands for one subject. `true_since` and `false_since` date its condition's last change."""

    active: bool = False
    true_since: float | None = None
    false_since: float | None = None
    raised_at: float | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm was raised, or cleared."""

    subject: Subject
    raised: bool
    at: float


@dataclass(frozen=True, slots=True)
class AlarmState:
    """Every subject seen so far, and how it stands; `raised` and `cleared` count transitions by alarm."""

    standings: Mapping[Subject, Standing] = field(default_factory=lambda: MappingProxyType({}))
    raised: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    cleared: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def active(self) -> list[tuple[Subject, Standing]]:
        """The active alarms: the gravest first, of those the most urgent by the catalogue, then the oldest."""
        found = [(subject, standing) for subject, standing in self.standings.items() if standing.active]
        return sorted(found, key=_urgency)


_GRAVITY = {"critical": 0, "warning": 1, "info": 2}
_RANK = {alarm.key: rank for rank, alarm in enumerate(ALARMS)}


def _urgency(pair: tuple[Subject, Standing]) -> tuple[int, int, float]:
    (subject, standing), last = pair, len(_RANK)
    return _GRAVITY[subject.alarm.severity], _RANK.get(subject.alarm.key, last), standing.raised_at or 0.0


def evaluate(alarms: Sequence[Alarm], snapshot: Snapshot, previous: AlarmState) -> tuple[AlarmState, list[Transition]]:
    """The state after this snapshot, and the alarms that it raised or cleared."""
    truths = {subject: truth for alarm in alarms for subject, truth in _subjects(alarm, snapshot)}
    standings: dict[Subject, Standing] = {}
    transitions: list[Transition] = []
    for subject in {**previous.standings, **truths}:
        before = previous.standings.get(subject, Standing())
        after = _step(subject.alarm, before, truths.get(subject, False), snapshot.at)
        if subject in truths or after.active:
            standings[subject] = after
        if after.active != before.active:
            transitions.append(Transition(subject, after.active, snapshot.at))
    state = AlarmState(
        MappingProxyType(standings),
        _count(previous.raised, [t for t in transitions if t.raised]),
        _count(previous.cleared, [t for t in transitions if not t.raised]),
    )
    return state, transitions


def _step(alarm: Alarm, before: Standing, truth: bool, now: float) -> Standing:
    if truth:
        since = now if before.true_since is None else before.true_since
        active = before.active or now - since >= alarm.after
        return Standing(active, since, None, before.raised_at if before.active else (now if active else None))
    since = now if before.false_since is None else before.false_since
    active = before.active and now - since < alarm.clear_after
    return Standing(active, None, since, before.raised_at if active else None)


def _count(counts: Mapping[str, int], transitions: list[Transition]) -> Mapping[str, int]:
    new = dict(counts)
    for transition in transitions:
        new[transition.subject.alarm.key] = new.get(transition.subject.alarm.key, 0) + 1
    return MappingProxyType(new)


def _subjects(alarm: Alarm, snapshot: Snapshot) -> Iterator[tuple[Subject, bool]]:
    condition = alarm.condition
    for device in snapshot.devices.values():
        if isinstance(condition, Silent):
            if device.up is not None:
                yield Subject(alarm, device.name, device.zone, ()), not device.up
        else:
            yield from _readings(alarm, condition, device)


def _readings(
    alarm: Alarm, condition: Above | Below | InState | Flag, device: DeviceSnapshot
) -> Iterator[tuple[Subject, bool]]:
    for timed in device.readings:
        if timed.reading.measure is condition.measure:
            subject = Subject(alarm, device.name, device.zone, timed.reading.labels)
            yield subject, holds(condition, timed.reading)


def holds(condition: Condition, reading: Reading) -> bool:
    """Whether the condition is true of this reading of its measure."""
    value = reading.value
    if isinstance(condition, InState):
        return value in condition.words
    if isinstance(value, str):
        return False
    match condition:
        case Flag(value=wanted):
            return bool(value) == wanted
        case Above(limit=limit):
            return value > limit.value
        case Below(limit=limit):
            return value < limit.value
    return False
