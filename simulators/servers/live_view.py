"""What a server shows right now: an instrument's view, made at most once per tick of the simulation."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from simulators.mishaps import Outlet

Address = TypeVar("Address")
Content = TypeVar("Content")


class LiveView(Generic[Address, Content]):
    """`look` makes the view, `tick` tells whether time has passed; no_such leaves only what `remains`."""

    def __init__(
        self,
        look: Callable[[], Mapping[Address, Content]],
        tick: Callable[[], int],
        outlet: Outlet,
        remains: Callable[[Address], bool] = lambda _: False,
    ) -> None:
        self._look = look
        self._tick = tick
        self._outlet = outlet
        self._remains = remains
        self._seen: Mapping[Address, Content] = {}
        self._seen_at = -1

    def __call__(self) -> Mapping[Address, Content]:
        if self._seen_at < 0 or (self._tick() != self._seen_at and self._outlet.mishap.kind != "stuck"):
            self._seen_at, self._seen = self._tick(), self._look()
        if self._outlet.mishap.kind == "no_such":
            return {address: content for address, content in self._seen.items() if self._remains(address)}
        return self._seen
