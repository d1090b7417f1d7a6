"""A distribution panel: circuits on three phases, summed per phase, and how unevenly they are spread."""

from collections.abc import Iterable, Iterator
from math import isclose

from simulators.room.circuit import Circuit, Source
from simulators.room.plan import PHASES


class Panel:
    def __init__(self, source: Source, circuits: Iterable[Circuit]) -> None:
        self._source = source
        self.circuits = {circuit.name: circuit for circuit in circuits}

    def __iter__(self) -> Iterator[Circuit]:
        return iter(self.circuits.values())

    def step(self, dt: float) -> None:
        for circuit in self.circuits.values():
            circuit.step(dt)

    def voltage(self, phase: str) -> float:
        return self._source.voltage_of(phase)

    @property
    def frequency(self) -> float:
        return self._source.frequency

    def on(self, phase: str) -> list[Circuit]:
        return [circuit for circuit in self if circuit.phase == phase]

    def watts(self, phase: str) -> float:
        return sum(circuit.watts for circuit in self.on(phase))

    def voltamperes(self, phase: str) -> float:
        return sum(circuit.voltamperes for circuit in self.on(phase))

    def current(self, phase: str) -> float:
        return sum(circuit.current for circuit in self.on(phase))

    def power_factor(self, phase: str) -> float:
        apparent = self.voltamperes(phase)
        return self.watts(phase) / apparent if apparent > 0 else 1.0

    @property
    def energy(self) -> float:
        """Joules since the start."""
        return sum(circuit.energy for circuit in self)

    @property
    def imbalance(self) -> float:
        """How far the phase furthest from the mean current is from it, as a part of the mean."""
        currents = [self.current(phase) for phase in PHASES]
        mean = sum(currents) / len(currents)
        return 0.0 if isclose(mean, 0.0) else max(abs(current - mean) for current in currents) / mean

    @property
    def any_tripped(self) -> bool:
        return any(circuit.tripped for circuit in self)
