"""A rack: the air in front of it is partly the cooling's, partly the room's, and what it draws warms what leaves it."""

from typing import Final

from simulators.room.noise import approach
from simulators.room.plan import BranchPlan

INLET_LAG: Final = 45.0
CONDUCTANCE: Final = 100.0  # watts per kelvin of the servers' own fans


class Rack:
    def __init__(self, plan: BranchPlan, inlet: float) -> None:
        self.name = plan.name
        self.supply_share = plan.supply_share
        self.inlet = inlet
        self.watts = 0.0

    def step(self, dt: float, supply: float, room: float, airflow: float, watts: float) -> None:
        share = self.supply_share * airflow
        self.inlet = approach(self.inlet, share * supply + (1.0 - share) * room, dt, INLET_LAG)
        self.watts = watts

    @property
    def outlet(self) -> float:
        return self.inlet + self.watts / CONDUCTANCE
