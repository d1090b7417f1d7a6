"""The servers: a wanted power that wanders by a few per cent, drawn only while there is voltage."""

from random import Random
from typing import Final

from simulators.room.noise import SlowNoise

POWER_FACTOR: Final = 0.97


class Load:
    def __init__(self, random: Random, watts: float = 3000.0) -> None:
        self._noise = SlowNoise(random, deviation=0.01, time_constant=30.0)
        self.nominal = watts

    def step(self, dt: float) -> None:
        self._noise.step(dt)

    def set_to(self, watts: float) -> None:
        self.nominal = watts

    @property
    def wanted(self) -> float:
        return max(0.0, self.nominal * (1.0 + self._noise.value))
