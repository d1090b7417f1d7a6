"""A cooling unit, fed from the mains: it stops when its supply is gone, whatever the UPS does.

It controls the return air: demand rises from 0 to 1 across a band around the setpoint, and the output follows the
demand with a time constant. What limits it: heat outdoors takes capacity away and at last trips the compressor by high
pressure; a clogged filter takes air away, and supply air is never colder than a few degrees. After a loss of power or a
failure the compressor waits three minutes before it starts; some units wait for a hand as well.

running / restarting (compressor waits) / standby (not wanted) / off (no power, or waits for a hand) / failed
"""

from typing import Final

from simulators.room.noise import approach
from simulators.room.plan import CoolingPlan

CAPACITY: Final = CoolingPlan().watts
BAND: Final = 2.0  # kelvin of return temperature between no demand and full demand
RESPONSE: Final = 60.0
RESTART_DELAY: Final = 180.0
COEFFICIENT_OF_PERFORMANCE: Final = 3.0
CONDUCTANCE_PER_WATT: Final = 0.1  # watts per kelvin and watt of capacity: 1500 m3/h of air for 5 kW
FAN_WATTS_PER_WATT: Final = 0.05
LOWEST_VOLTAGE: Final = 180.0
RATED_OUTDOOR: Final = 35.0
DERATING: Final = 0.012  # of the capacity, per kelvin above the rated outdoor temperature
HIGH_PRESSURE_OUTDOOR: Final = 49.0
COLDEST_SUPPLY: Final = 6.0
COIL_DIFFERENCE: Final = 4.0  # the coil is so much colder than the air that leaves it
CLOGGED: Final = 0.6  # from here the filter switch closes
CLOG_TAKES: Final = 0.8  # of the air, when nothing more goes through the pores that are clogged
CLOG_SECONDS: Final = 180 * 86400.0


class Cooling:
    def __init__(self, setpoint: float = 23.0, output: float = 0.0, plan: CoolingPlan | None = None) -> None:
        self.plan = plan or CoolingPlan()
        self.setpoint = setpoint
        self.fault = ""  # tripped, fan, high_pressure
        self.wanted = True  # by whoever coordinates several units
        self.restarts = self.plan.restarts
        self.state = "running"
        self.output = output
        self.demand = output / self.plan.watts
        self.return_temperature = setpoint
        self.outdoor = RATED_OUTDOOR
        self.clogging = 0.0
        self.starts = 0
        self.hours = 0.0
        self._waiting = 0.0
        self._awaits_hand = False

    def step(self, dt: float, voltage: float, return_temperature: float, outdoor: float = RATED_OUTDOOR) -> None:
        self.return_temperature, self.outdoor = return_temperature, outdoor
        if outdoor > HIGH_PRESSURE_OUTDOOR and self.output > 0:
            self.fault = self.fault or "high_pressure"
        before, self.state = self.state, self._next_state(dt, voltage >= LOWEST_VOLTAGE)
        self.starts += self.state == "running" != before
        if self.state not in ("running", "restarting"):
            self.demand = self.output = 0.0
            return
        self.hours += dt / 3600.0
        self.clogging = min(1.0, self.clogging + dt / CLOG_SECONDS)
        self.demand = min(1.0, max(0.0, 0.5 + (return_temperature - self.setpoint) / BAND))
        wanted = self.plan.watts * self.demand if self.state == "running" else 0.0
        self.output = min(approach(self.output, wanted, dt, RESPONSE), self.capacity)

    def _next_state(self, dt: float, powered: bool) -> str:
        if not powered:
            self._awaits_hand = self._awaits_hand or not self.restarts
        if self.failed or not powered or self._awaits_hand:
            self._waiting = RESTART_DELAY
            return "failed" if self.failed else "off"
        self._waiting = max(0.0, self._waiting - dt)
        if not self.wanted:
            self._waiting = RESTART_DELAY if self.state == "running" else self._waiting
            return "standby"
        return "restarting" if self._waiting > 0 else "running"

    @property
    def failed(self) -> bool:
        return self.fault != ""

    @property
    def works(self) -> bool:
        """Whether it cools, or will as soon as its compressor may."""
        return self.state in ("running", "restarting")

    @property
    def capacity(self) -> float:
        """What it can do now, outdoors as warm and the filter as clogged as they are."""
        derated = self.plan.watts * (1.0 - DERATING * max(0.0, self.outdoor - RATED_OUTDOOR))
        return max(0.0, min(derated, self.conductance * (self.return_temperature - COLDEST_SUPPLY)))

    @property
    def airflow_ratio(self) -> float:
        return self.fan_ratio * (1.0 - CLOG_TAKES * self.clogging)

    @property
    def conductance(self) -> float:
        """Watts per kelvin between return and supply."""
        return CONDUCTANCE_PER_WATT * self.plan.watts * self.airflow_ratio

    @property
    def filter_clogged(self) -> bool:
        return self.clogging >= CLOGGED

    @property
    def fan_ratio(self) -> float:
        return 1.0 if self.state in ("running", "restarting") else 0.0

    @property
    def supply_temperature(self) -> float:
        return self.return_temperature - self.output / self.conductance if self.output > 0 else self.return_temperature

    @property
    def coil_temperature(self) -> float:
        return self.supply_temperature - COIL_DIFFERENCE if self.output > 0 else self.return_temperature

    @property
    def electric_watts(self) -> float:
        return self.fan_ratio * FAN_WATTS_PER_WATT * self.plan.watts + self.output / COEFFICIENT_OF_PERFORMANCE

    def fail(self) -> None:
        self.fault = "tripped"

    def fail_fan(self) -> None:
        self.fault = "fan"

    def restore(self) -> None:
        """Repaired and acknowledged."""
        self.fault = ""

    def start(self) -> None:
        """By hand, after a loss of power that it does not restart from."""
        self._awaits_hand = False

    def restart_by_itself(self, restarts: bool) -> None:
        self.restarts = restarts

    def clog(self, ratio: float) -> None:
        self.clogging = ratio

    def set_to(self, setpoint: float) -> None:
        self.setpoint = setpoint
