"""One cooling unit, 5 kW, fed from the mains: it stops when both feeds are gone, whatever the UPS does.

It controls the return air: demand rises from 0 to 1 across a band around the setpoint, and the output follows the
demand with a time constant. After a loss of power or a failure the compressor waits three minutes before it starts.
"""

from typing import Final

from simulators.room.noise import approach

CAPACITY: Final = 5000.0
BAND: Final = 2.0  # kelvin of return temperature between no demand and full demand
RESPONSE: Final = 60.0
RESTART_DELAY: Final = 180.0
COEFFICIENT_OF_PERFORMANCE: Final = 3.0
FAN_WATTS: Final = 250.0
AIR_CONDUCTANCE: Final = 500.0  # watts per kelvin: 1500 m3/h of air
LOWEST_VOLTAGE: Final = 180.0


class Cooling:
    def __init__(self, setpoint: float = 23.0, output: float = 0.0) -> None:
        self.setpoint = setpoint
        self.failed = False
        self.state = "running"
        self.output = output
        self.demand = output / CAPACITY
        self.return_temperature = setpoint
        self._waiting = 0.0

    def step(self, dt: float, voltage: float, return_temperature: float) -> None:
        self.return_temperature = return_temperature
        if self.failed or voltage < LOWEST_VOLTAGE:
            self.state = "failed" if self.failed else "off"
            self._waiting = RESTART_DELAY
            self.demand = self.output = 0.0
            return
        self._waiting = max(0.0, self._waiting - dt)
        self.state = "restarting" if self._waiting > 0 else "running"
        self.demand = min(1.0, max(0.0, 0.5 + (return_temperature - self.setpoint) / BAND))
        wanted = CAPACITY * self.demand if self.state == "running" else 0.0
        self.output = approach(self.output, wanted, dt, RESPONSE)

    @property
    def fan_ratio(self) -> float:
        return 1.0 if self.state in ("running", "restarting") else 0.0

    @property
    def supply_temperature(self) -> float:
        return self.return_temperature - self.output / AIR_CONDUCTANCE

    @property
    def electric_watts(self) -> float:
        return self.fan_ratio * FAN_WATTS + self.output / COEFFICIENT_OF_PERFORMANCE

    def fail(self) -> None:
        self.failed = True

    def restore(self) -> None:
        self.failed = False

    def set_to(self, setpoint: float) -> None:
        self.setpoint = setpoint
