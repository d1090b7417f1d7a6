"""The air of a 60 m3 room and its walls: two nodes of heat, and moisture that stays what it is.

    heat of the gear -> [air + racks] <-> [inner 5 cm of the walls] -> outside
                              |
                              v  cooling

The constants are those of ordinary rooms: 120 kJ/K per rack, 4 W/m2K between air and wall, 0.6 W/m2K to the outside.
Nothing adds or removes water, so the dew point stands still while the relative humidity falls as the air warms.
"""

import math
from typing import Final

LENGTH, WIDTH, HEIGHT = 6.0, 4.0, 2.5
RACKS: Final = 3
VOLUME: Final = LENGTH * WIDTH * HEIGHT
WALL_AREA: Final = 2 * (LENGTH * WIDTH + LENGTH * HEIGHT + WIDTH * HEIGHT)
AIR_CAPACITY: Final = 1.2 * 1005 * VOLUME + RACKS * 120e3
WALL_CAPACITY: Final = WALL_AREA * 0.05 * 2300 * 880
COUPLING: Final = 4.0 * WALL_AREA
LEAKAGE: Final = 0.6 * WALL_AREA


class Air:
    def __init__(self, temperature: float = 23.2, outside: float = 24.0, humidity: float = 0.45) -> None:
        self.temperature = temperature
        self.wall_temperature = temperature
        self.outside = outside
        self.vapour_pressure = humidity * saturation_pressure(temperature)
        self.energy_leaked = 0.0  # joules to the outside since the start

    def step(self, dt: float, heating: float, cooling: float) -> None:
        into_wall = COUPLING * (self.temperature - self.wall_temperature)
        leaking = LEAKAGE * (self.wall_temperature - self.outside)
        self.temperature += (heating - cooling - into_wall) * dt / AIR_CAPACITY
        self.wall_temperature += (into_wall - leaking) * dt / WALL_CAPACITY
        self.energy_leaked += leaking * dt

    def set_outside(self, temperature: float) -> None:
        self.outside = temperature

    @property
    def heat(self) -> float:
        """Joules stored, counted from 0 degC."""
        return AIR_CAPACITY * self.temperature + WALL_CAPACITY * self.wall_temperature

    def humidity_at(self, temperature: float) -> float:
        return min(1.0, self.vapour_pressure / saturation_pressure(temperature))

    @property
    def humidity(self) -> float:
        return self.humidity_at(self.temperature)

    @property
    def dew_point(self) -> float:
        logarithm = math.log(self.vapour_pressure / 611.2)
        return 243.12 * logarithm / (17.62 - logarithm)


def saturation_pressure(temperature: float) -> float:
    """Pascal, over water (Magnus form)."""
    return 611.2 * math.exp(17.62 * temperature / (243.12 + temperature))
