"""The cooling units of a room: all at once, or one in the lead and one standing by.

The one standing by is called when the lead does not work, or the room is too warm although it does; it is released when
the room has been cool again for a while. The lead changes every week, so that both wear alike.
"""

from typing import Final

from simulators.room.cooling import Cooling

CALL_AFTER: Final = 10.0  # seconds that the lead may be out of work
TOO_WARM: Final = 2.5  # kelvin above the setpoint
COOL_AGAIN: Final = 0.7
RELEASE_AFTER: Final = 300.0
ROTATION: Final = 7 * 86400.0


class CoolingGroup:
    def __init__(self, units: tuple[Cooling, ...], standby: bool) -> None:
        self.units = units
        self.lead = 0
        self._standby = standby and len(units) > 1
        self._lead_out_for = 0.0
        self._cool_for = RELEASE_AFTER
        self._lead_since = 0.0
        self._called = not self._standby
        self._tell()
        for unit in units:
            unit.state = "running" if unit.wanted else "standby"

    def step(self, dt: float, return_temperature: float) -> None:
        if not self._standby:
            return
        lead = self.units[self.lead]
        above = return_temperature - lead.setpoint
        self._lead_out_for = 0.0 if lead.works else self._lead_out_for + dt
        self._cool_for = self._cool_for + dt if lead.works and above < COOL_AGAIN else 0.0
        if self._lead_out_for >= CALL_AFTER or above > TOO_WARM:
            self._called = True
        elif self._cool_for >= RELEASE_AFTER:
            self._called = False
        self._rotate(dt)
        self._tell()

    def _rotate(self, dt: float) -> None:
        self._lead_since += dt
        if self._lead_since >= ROTATION and not self._called:
            self.lead, self._lead_since = (self.lead + 1) % len(self.units), 0.0

    def _tell(self) -> None:
        for number, unit in enumerate(self.units):
            unit.wanted = self._called or number == self.lead

    @property
    def output(self) -> float:
        return sum(unit.output for unit in self.units)

    @property
    def electric_watts(self) -> float:
        return sum(unit.electric_watts for unit in self.units)

    @property
    def airflow_ratio(self) -> float:
        """Against what the lead gives with a clean filter."""
        return min(1.0, sum(unit.airflow_ratio for unit in self.units))

    def supply_temperature(self, return_temperature: float) -> float:
        """The units' air, mixed."""
        conductance = sum(unit.conductance for unit in self.units)
        return return_temperature - self.output / conductance if conductance > 0 else return_temperature

    def coil_temperature(self) -> float:
        return min(unit.coil_temperature for unit in self.units)
