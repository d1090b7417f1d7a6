"""The UPSs of a room on one output: those that run share the load equally; one that is off leaves it to the others."""

from simulators.room.ups import Ups


class UpsGroup:
    gap = 0.0  # what is behind the group never sees moving contacts

    def __init__(self, units: tuple[Ups, ...]) -> None:
        self.units = units

    def step(self, dt: float, demand: float) -> None:
        carrying = [unit for unit in self.units if unit.carries]
        share = demand / len(carrying or self.units)
        for unit in self.units:
            unit.step(dt, share if unit.carries or not carrying else 0.0)

    @property
    def carrying(self) -> list[Ups]:
        return [unit for unit in self.units if unit.carries]

    @property
    def redundant(self) -> bool:
        """Whether the load could do without any one of them."""
        spare = sorted(unit.plan.watts for unit in self.carrying)[:-1]
        return self.output_watts <= sum(spare)

    @property
    def output_watts(self) -> float:
        return sum(unit.output_watts for unit in self.units)

    @property
    def input_watts(self) -> float:
        return sum(unit.input_watts for unit in self.units)

    def voltage_of(self, phase: str) -> float:  # noqa: ARG002  # one phase comes out
        return max(unit.output_voltage for unit in self.units)

    @property
    def frequency(self) -> float:
        return max(unit.output_frequency for unit in self.units)
