"""Outdoors: a temperature that follows the day, warmest at three in the afternoon, and air with a fixed dew point."""

import math
from typing import Final

from simulators.room.feed import DAY
from simulators.room.moist_air import saturation_pressure

MEAN: Final = 24.0
SWING: Final = 5.0
WARMEST: Final = 15 * 3600.0
MORNING: Final = 9 * 3600.0  # every room begins at nine
DEW_POINT: Final = 14.0


class Weather:
    vapour_pressure = saturation_pressure(DEW_POINT)

    def __init__(self) -> None:
        self.time_of_day = MORNING
        self._mean = MEAN
        self._pinned: float | None = None
        self.temperature = self._now()

    def step(self, dt: float) -> None:
        self.time_of_day = (self.time_of_day + dt) % DAY
        self.temperature = self._now()

    def _now(self) -> float:
        if self._pinned is not None:
            return self._pinned
        return self._mean + SWING * math.cos(2 * math.pi * (self.time_of_day - WARMEST) / DAY)

    def set_to(self, celsius: float) -> None:
        """This temperature, day and night."""
        self._pinned = self.temperature = celsius

    def peak_at(self, celsius: float) -> None:
        """Days whose afternoon is this warm."""
        self._pinned, self._mean = None, celsius - SWING
        self.temperature = self._now()
