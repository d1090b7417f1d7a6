"""Slow noise: a first-order random walk that is pulled back to zero (AR(1), Ornstein-Uhlenbeck), exact for any dt."""

import math
from random import Random


class SlowNoise:
    def __init__(self, random: Random, deviation: float, time_constant: float) -> None:
        self._random = random
        self._deviation = deviation
        self._time_constant = time_constant
        self.value = random.gauss(0.0, deviation)

    def step(self, dt: float) -> None:
        kept = math.exp(-dt / self._time_constant)
        self.value = kept * self.value + math.sqrt(1 - kept * kept) * self._random.gauss(0.0, self._deviation)


def approach(current: float, target: float, dt: float, time_constant: float) -> float:
    """First-order lag: never overshoots, whatever dt is."""
    return target + (current - target) * math.exp(-dt / time_constant)
