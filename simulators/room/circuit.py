"""A circuit: a breaker on one phase, and what hangs behind it.

The breaker has the two releases of a miniature circuit breaker (IEC 60898-1, type C): a magnetic one that opens at
once above seven times the rated current, and a bimetal that warms with the square of the current and opens when it is
as hot as a lasting 1.2 times the rated current would make it: minutes at 1.45 times, about a minute at 2.55 times.
"""

from typing import Final, Protocol

from simulators.room.load import POWER_FACTOR

MAGNETIC: Final = 7.0
BIMETAL_SECONDS: Final = 220.0
HOTTEST: Final = 1.2**2


class Source(Protocol):
    """Where voltage comes from: a feed, the transfer switch, the UPS."""

    @property
    def gap(self) -> float: ...
    @property
    def frequency(self) -> float: ...
    def voltage_of(self, phase: str) -> float: ...


class Circuit:
    def __init__(
        self, name: str, source: Source, amperes: float, phase: str = "L1", power_factor: float = POWER_FACTOR
    ) -> None:
        self.name = name
        self.phase = phase
        self.amperes = amperes
        self.power_factor = power_factor
        self.tripped = False
        self.watts = 0.0  # set by whatever hangs behind the circuit
        self.energy = 0.0
        self._source = source
        self._bimetal = 0.0

    def step(self, dt: float) -> None:
        """Energy and the breaker's warmth; once a second is often enough."""
        self.energy += self.watts * dt
        ratio = self.load_ratio
        self._bimetal += (ratio * ratio - self._bimetal) * min(1.0, dt / BIMETAL_SECONDS)
        if ratio > MAGNETIC or self._bimetal > HOTTEST:
            self.tripped = True

    def trip(self) -> None:
        self.tripped = True

    def reset(self) -> None:
        self.tripped, self._bimetal = False, 0.0

    def voltage_of(self, phase: str) -> float:
        return 0.0 if self.tripped else self._source.voltage_of(phase)

    @property
    def voltage(self) -> float:
        return self.voltage_of(self.phase)

    @property
    def frequency(self) -> float:
        return 0.0 if self.tripped else self._source.frequency

    @property
    def gap(self) -> float:
        return self._source.gap

    @property
    def voltamperes(self) -> float:
        return self.watts / self.power_factor

    @property
    def current(self) -> float:
        voltage = self.voltage
        return self.voltamperes / voltage if voltage > 0 else 0.0

    @property
    def load_ratio(self) -> float:
        return self.current / self.amperes
