"""The newest reading of every series: folds polls in, ages readings out, hands out immutable snapshots.

A reading is dropped `ages[group]` seconds after it was taken, and at once when a later poll of its group answers
without it: absent is absent, never zero and never stale. Of a device that has fallen silent nothing counts longer than
one of its states would, be it a rating that is asked for once an hour.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agent.model.measures import Group
from agent.model.readings import DeviceSnapshot, Identity, Kind, Labels, Poll, Reading, Snapshot, Timed, Withheld
from agent.plausible import implausible


@dataclass(frozen=True, slots=True)
class Watched:
    """A device as the configuration names it. `ages` is how long a reading of each group counts, in seconds."""

    name: str
    kind: Kind
    zone: str
    address: str
    ages: Mapping[Group, float]
    labels: Labels = ()


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the last poll of one group brought."""

    at: float
    readings: Sequence[Reading]
    insane: Sequence[Withheld]


@dataclass(slots=True)
class _Known:
    watched: Watched
    snapshot: DeviceSnapshot
    groups: dict[Group, _Taken] = field(default_factory=dict)
    judged: Sequence[Reading] = ()
    contradictions: Sequence[Withheld] = ()
    expires: float = math.inf


class Latest:
    """Holds what is known of each device. Not thread-safe: fold and snapshot on one loop."""

    def __init__(self, devices: Iterable[Watched]) -> None:
        self._known = {watched.name: _Known(watched, _nothing(watched)) for watched in devices}
        self._view: Mapping[str, DeviceSnapshot] = MappingProxyType({})
        self._changed = True

    def fold(self, poll: Poll) -> None:
        """Takes in one poll; readings of the polled groups that it did not bring are gone."""
        known = self._known[poll.device]
        if poll.fault is None:
            known.groups.update({group: _taken(poll, group) for group in poll.groups})
        known.snapshot = _folded(known, poll)
        self._age(known, poll.at)
        self._changed = True

    def snapshot(self, now: float) -> Snapshot:
        """The room at `now` (wall time)."""
        for known in self._known.values():
            if known.expires <= now:
                self._age(known, now)
                self._changed = True
        if self._changed:
            self._view = MappingProxyType({name: known.snapshot for name, known in self._known.items()})
            self._changed = False
        return Snapshot(now, self._view)

    def _age(self, known: _Known, now: float) -> None:
        ages, down_since = known.watched.ages, known.snapshot.down_since
        end = math.inf if down_since is None else down_since + ages[Group.STATE]
        expiries = {group: min(taken.at + ages[group], end) for group, taken in known.groups.items()}
        known.groups = {group: taken for group, taken in known.groups.items() if expiries[group] > now}
        known.expires = min((expiries[group] for group in known.groups), default=math.inf)
        _judge(known)


def _taken(poll: Poll, group: Group) -> _Taken:
    readings = tuple(reading for reading in poll.readings if reading.measure.group is group)
    return _Taken(poll.at, readings, tuple(w for w in poll.withheld if w.measure.group is group))


def _judge(known: _Known) -> None:
    """Puts into the snapshot what is to be believed; readings that stand still are not judged again."""
    readings = tuple(reading for taken in known.groups.values() for reading in taken.readings)
    if readings != known.judged:
        known.judged, known.contradictions = readings, implausible(readings)
    refused = {withheld.series for withheld in known.contradictions}
    timed = [Timed(reading, taken.at) for taken in known.groups.values() for reading in taken.readings]
    known.snapshot = replace(
        known.snapshot,
        readings=tuple(t for t in timed if not refused or t.reading.series not in refused),
        withheld=(*(w for taken in known.groups.values() for w in taken.insane), *known.contradictions),
    )


def _nothing(watched: Watched) -> DeviceSnapshot:
    return DeviceSnapshot(
        name=watched.name,
        kind=watched.kind,
        zone=watched.zone,
        address=watched.address,
        up=None,
        fault="",
        identity=None,
        readings=(),
        last_reading_at=None,
        down_since=None,
        poll_duration=None,
        polls=MappingProxyType({}),
        labels=watched.labels,
    )


def _folded(known: _Known, poll: Poll) -> DeviceSnapshot:
    before = known.snapshot
    result = poll.fault.result if poll.fault else "ok"
    identity = poll.identity or before.identity
    return replace(
        before,
        kind=_kind(known.watched, identity),
        up=poll.fault is None,
        fault=f"{result}: {poll.fault}" if poll.fault else "",
        identity=identity,
        last_reading_at=poll.at if poll.readings else before.last_reading_at,
        down_since=None if poll.fault is None else before.down_since or poll.at,
        poll_duration=poll.duration,
        polls=MappingProxyType({**before.polls, result: before.polls.get(result, 0) + 1}),
    )


def _kind(watched: Watched, identity: Identity | None) -> Kind:
    return watched.kind if watched.kind != "unknown" or identity is None else identity.kind
