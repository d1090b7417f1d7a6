"""What an SNMP instrument says unasked: notifications, made of the difference between two looks at the room."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from simulators.instruments.snmp_values import Value

Watched = TypeVar("Watched")


@dataclass(frozen=True, slots=True)
class Notification:
    """`name` as in SNMPv2, which for a MIB of version 1 is enterprise.0.number; `objects` by their dotted instances."""

    name: str
    objects: Mapping[str, Value] = field(default_factory=dict)


class Herald(Generic[Watched]):
    """`watch` is what may change, cheap to make and to compare; `tell` says what follows from a change."""

    def __init__(
        self, watch: Callable[[], Watched], tell: Callable[[Watched, Watched], Iterable[Notification]]
    ) -> None:
        self._watch = watch
        self._tell = tell
        self._seen = watch()

    def forget(self) -> None:
        """What happened until now is not news."""
        self._seen = self._watch()

    def news(self) -> list[Notification]:
        before, self._seen = self._seen, self._watch()
        return [] if before == self._seen else list(self._tell(before, self._seen))
