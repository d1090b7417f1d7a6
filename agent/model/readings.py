"""What travels up the staircase: a reading, the poll that brought it, and the snapshot that everybody renders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from agent.faults import Fault
from agent.model.measures import Group, Measure

Labels = tuple[tuple[str, str], ...]
Kind = Literal[
    "ups",
    "ats",
    "meter",
    "pdu",
    "rectifier",
    "climate",
    "environment",
    "cooling",
    "contacts",
    "host",
    "generator",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one measure.

    `value` is in the measure's unit; for a state measure it is the word, for a flag 0.0 or 1.0.
    `address` is the device's own name for it: OID, register, variable.
    """

    measure: Measure
    labels: Labels
    value: float | str
    address: str

    @property
    def group(self) -> Group:
        return self.measure.group

    @property
    def series(self) -> tuple[str, Labels]:
        return (self.measure.key, self.labels)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that was not believed: what the device said (`raw`), and why it was refused."""

    measure: Measure
    labels: Labels
    address: str
    raw: str
    reason: str

    @property
    def series(self) -> tuple[str, Labels]:
        return (self.measure.key, self.labels)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a device says it is; an empty string is something it does not tell. `name` is what its owner calls it."""

    kind: Kind
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    profile: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """One attempt to read a device: its readings, or the fault. `at` is wall time, `duration` seconds."""

    device: str
    at: float
    duration: float
    groups: frozenset[Group]
    readings: Sequence[Reading] = ()
    withheld: Sequence[Withheld] = ()
    fault: Fault | None = None
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Timed:
    """A reading and when it was taken (wall time)."""

    reading: Reading
    at: float


@dataclass(frozen=True, slots=True)
class DeviceSnapshot:
    """All that is known of one device now. `readings` holds only what has not aged out."""

    name: str
    kind: Kind
    zone: str
    address: str
    up: bool | None
    fault: str
    identity: Identity | None
    readings: Sequence[Timed]
    last_reading_at: float | None
    down_since: float | None
    poll_duration: float | None
    polls: Mapping[str, int]
    withheld: Sequence[Withheld] = ()
    labels: Labels = ()

    def find(self, key: str, **labels: str) -> Timed | None:
        """The first reading of a measure whose labels include the given ones."""
        wanted = set(labels.items())
        return next(
            (t for t in self.readings if t.reading.measure.key == key and wanted <= set(t.reading.labels)), None
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The room as it is known at `at`; never changed after it was made."""

    at: float
    devices: Mapping[str, DeviceSnapshot] = field(default_factory=lambda: MappingProxyType({}))
