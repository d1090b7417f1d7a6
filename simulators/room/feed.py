"""A mains feed: 230 V and 50 Hz with the slow wandering of a public grid (EN 50160), until somebody cuts it.

The voltage follows the day (a sine of 3 V) and wanders by about a volt with a time constant of five minutes;
the frequency wanders by 20 mHz with a time constant of one minute.
"""

import math
from random import Random

from simulators.room.noise import SlowNoise

NOMINAL_VOLTAGE = 230.0
NOMINAL_FREQUENCY = 50.0
DAILY_SWING = 3.0
DAY = 86400.0


class Feed:
    def __init__(self, random: Random) -> None:
        self._voltage_noise = SlowNoise(random, deviation=1.2, time_constant=300.0)
        self._frequency_noise = SlowNoise(random, deviation=0.02, time_constant=60.0)
        self._time = random.uniform(0.0, DAY)
        self._depth = 1.0

    def step(self, dt: float) -> None:
        self._time += dt
        self._voltage_noise.step(dt)
        self._frequency_noise.step(dt)

    @property
    def voltage(self) -> float:
        daily = DAILY_SWING * math.sin(2 * math.pi * self._time / DAY)
        return self._depth * (NOMINAL_VOLTAGE + daily + self._voltage_noise.value)

    @property
    def frequency(self) -> float:
        return NOMINAL_FREQUENCY + self._frequency_noise.value if self._depth > 0 else 0.0

    def fail(self) -> None:
        self._depth = 0.0

    def sag(self, depth: float) -> None:
        """The voltage stays at this fraction of what it would be until the feed is restored."""
        self._depth = depth

    def restore(self) -> None:
        self._depth = 1.0
