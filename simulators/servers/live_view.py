"""What a server shows right now: an instrument's view, made at most once per tick of the simulation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulators.mishaps import Outlet

Address = TypeVar("Address")
Content = TypeVar("Content")
Tick = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Ways(Generic[Content]):
    """How contents go wrong: at a tenfold scale; counted as if the first one had been about to wrap."""

    tenfold: Callable[[Content], Content] | None = None
    wrapped: Callable[[Content, Content], Content] | None = None


class LiveView(Generic[Address, Content]):
    """`look` makes the view, `tick` tells whether time has passed; no_such leaves only what `remains`."""

    def __init__(
        self,
        look: Callable[[], Mapping[Address, Content]],
        tick: Callable[[], int],
        outlet: Outlet,
        remains: Callable[[Address], bool] = lambda _: False,
        ways: Ways[Content] | None = None,
    ) -> None:
        self._look = look
        self._tick = tick
        self._outlet = outlet
        self._remains = remains
        self._ways = ways = ways or Ways()
        outlet.able |= {kind for kind, way in (("scale", ways.tenfold), ("wrap", ways.wrapped)) if way is not None}
        self._first: Mapping[Address, Content] = {}
        self._seen: Mapping[Address, Content] = {}
        self._seen_at = -1

    def __call__(self) -> Mapping[Address, Content]:
        if self._seen_at < 0 or (self._tick() != self._seen_at and self._outlet.mishap.kind != "stuck"):
            self._seen_at, self._seen = self._tick(), self._look()
        return self._spoilt(self._outlet.mishap.kind)

    def _spoilt(self, kind: str) -> Mapping[Address, Content]:
        seen = self._seen
        if kind != "wrap":
            self._first = {}
        if kind == "no_such":
            return {address: content for address, content in seen.items() if self._remains(address)}
        if kind == "scale" and (tenfold := self._ways.tenfold):
            return {a: content if self._remains(a) else tenfold(content) for a, content in seen.items()}
        if kind == "wrap" and (wrapped := self._ways.wrapped):
            first = self._first = self._first or seen
            return {address: wrapped(first.get(address, content), content) for address, content in seen.items()}
        return seen
