"""The air of one zone and its walls: two nodes of heat, and moisture that stays what it is.

    heat of the gear -> [air + racks] <-> [inner 5 cm of the walls] -> outside
                            |    \
                            v     open door -> outside
                         cooling

The constants are those of ordinary rooms: 120 kJ/K per rack, 4 W/m2K between air and wall, 0.6 W/m2K to the outside.
While the door is closed and the coil is warmer than the dew point, nothing adds or removes water: the dew point stands
still while the relative humidity falls as the air warms.
"""

from typing import Final

from simulators.room.moist_air import dew_point, saturation_pressure
from simulators.room.plan import ZonePlan

AIR_DENSITY: Final = 1.2
HEAT_OF_AIR: Final = 1005.0
RACK_CAPACITY: Final = 120e3
DOOR_FLOW: Final = 0.12  # kilograms of air a second through an open door
COIL_SECONDS: Final = 900.0  # in which a cold coil takes most of the water out that it can


class Air:
    def __init__(
        self, zone: ZonePlan, temperature: float = 23.2, outside: float = 24.0, humidity: float = 0.45
    ) -> None:
        volume = zone.length * zone.width * zone.height
        walls = 2 * (zone.length * zone.width + zone.length * zone.height + zone.width * zone.height)
        self._air_mass = AIR_DENSITY * volume
        self._air_capacity = HEAT_OF_AIR * self._air_mass + zone.racks * RACK_CAPACITY
        self._wall_capacity = walls * 0.05 * 2300 * 880
        self._coupling = 4.0 * walls
        self._leakage = 0.6 * walls
        self.temperature = temperature
        self.wall_temperature = temperature
        self.outside = outside
        self.door_open = False
        self.vapour_pressure = humidity * saturation_pressure(temperature)
        self.energy_leaked = 0.0  # joules to the outside since the start

    def step(self, dt: float, heating: float, cooling: float) -> None:
        into_wall = self._coupling * (self.temperature - self.wall_temperature)
        through_wall = self._leakage * (self.wall_temperature - self.outside)
        through_door = DOOR_FLOW * HEAT_OF_AIR * (self.temperature - self.outside) if self.door_open else 0.0
        self.temperature += (heating - cooling - into_wall - through_door) * dt / self._air_capacity
        self.wall_temperature += (into_wall - through_wall) * dt / self._wall_capacity
        self.energy_leaked += (through_wall + through_door) * dt

    def exchange_water(self, dt: float, outside_pressure: float, coil_temperature: float) -> None:
        """Through an open door, and with a coil that is colder than the dew point."""
        if self.door_open:
            part = min(1.0, DOOR_FLOW * dt / self._air_mass)
            self.vapour_pressure += part * (outside_pressure - self.vapour_pressure)
        at_coil = saturation_pressure(coil_temperature)
        if at_coil < self.vapour_pressure:
            self.vapour_pressure -= min(1.0, dt / COIL_SECONDS) * (self.vapour_pressure - at_coil)

    @property
    def heat(self) -> float:
        """Joules stored, counted from 0 degC."""
        return self._air_capacity * self.temperature + self._wall_capacity * self.wall_temperature

    def humidity_at(self, temperature: float) -> float:
        return min(1.0, self.vapour_pressure / saturation_pressure(temperature))

    @property
    def humidity(self) -> float:
        return self.humidity_at(self.temperature)

    @property
    def dew_point(self) -> float:
        return dew_point(self.vapour_pressure)
