"""What all shared lines have in common: where they are, how they are set, and how busy they have been.

A line is shared by everybody who names the same place. Its counts live as long as somebody holds the line, and are
read by `line_statistics`; a line's name in them is its place, which holds no secret.
"""

import os.path
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary


class LineConflictError(ValueError):
    """A line is wanted with other settings than it is used with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a serial line is set. `dtr` and `rts` are held high or low: some cables take their power from them."""

    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1
    data_bits: int = 8
    dtr: bool = True
    rts: bool = True

    def __str__(self) -> str:
        return f"{self.baud} {self.data_bits}{self.parity}{self.stop_bits}"


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A serial port of this machine. It is opened by the name it was given: an adapter that was pulled out may come
    back as another port under the same /dev/serial/by-id name."""

    path: str = field(compare=False)  # one line may have several names
    settings: Settings

    @property
    def key(self) -> str:
        return self.path

    def __str__(self) -> str:
        return f"{self.path} ({self.settings})"


@dataclass(frozen=True, slots=True)
class TcpLine:
    """A serial server that hands the bytes through; how its serial side is set is its own affair."""

    host: str
    port: int

    @property
    def key(self) -> str:
        return host_and_port(self.host, self.port)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Rfc2217Line:
    """A serial server that lets its client set the line (RFC 2217, telnet's COM port control)."""

    host: str
    port: int
    settings: Settings

    @property
    def key(self) -> str:
        return host_and_port(self.host, self.port)

    def __str__(self) -> str:
        return f"{self.key} ({self.settings})"


StreamPlace = SerialLine | TcpLine | Rfc2217Line


def host_and_port(host: str, port: int) -> str:
    """As in a URL: an IPv6 address is in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class _Placed(Protocol):
    """A place, as far as sharing goes."""

    @property
    def key(self) -> str: ...


P = TypeVar("P", bound=_Placed)


class _Bus(Protocol[P]):
    """A bus, as far as sharing goes."""

    place: P


B = TypeVar("B", bound=_Bus[Any])


def one_bus(buses: WeakValueDictionary[str, B], place: P, make: Callable[[P], B]) -> B:
    """The bus at a place, the same one for everybody who holds it; `buses` are those of its sort.

    Raises:
        LineConflictError: others use the line with other settings.
    """
    name = one_name(place.key)
    bus = buses.get(name)
    if bus is None:
        bus = buses[name] = make(place)
    if bus.place != place:
        raise LineConflictError(f"another device uses the line as {bus.place}")
    return bus


def one_name(key: str) -> str:
    """The same for every name of a line: a serial port may have several."""
    return os.path.realpath(key) if key.startswith("/") else key


@dataclass(frozen=True, slots=True)
class LineStatistics:
    """What happened on a line since it was first used."""

    requests: int = 0
    timeouts: int = 0
    resynchronisations: int = 0
    busy_seconds: float = 0.0


class LineCounter:
    """Counts what happens on one line."""

    def __init__(self) -> None:
        self.statistics = LineStatistics()

    def request(self) -> None:
        self.statistics = replace(self.statistics, requests=self.statistics.requests + 1)

    def timeout(self) -> None:
        self.statistics = replace(self.statistics, timeouts=self.statistics.timeouts + 1)

    def resynchronisation(self) -> None:
        self.statistics = replace(self.statistics, resynchronisations=self.statistics.resynchronisations + 1)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Counts the time of the block as time in which nobody else could use the line."""
        began = monotonic()
        try:
            yield
        finally:
            taken = monotonic() - began
            self.statistics = replace(self.statistics, busy_seconds=self.statistics.busy_seconds + taken)


_COUNTERS: WeakValueDictionary[str, LineCounter] = WeakValueDictionary()


def counter_of(line: str) -> LineCounter:
    """The counter of a line, the same one for everybody who holds it."""
    counter = _COUNTERS.get(line)
    if counter is None:
        counter = _COUNTERS[line] = LineCounter()
    return counter


def line_statistics() -> Mapping[str, LineStatistics]:
    """The counts of every line that somebody holds, by the line's name."""
    return {line: counter.statistics for line, counter in sorted(_COUNTERS.items())}
