"""A temperature and humidity probe: its own fixed offset, a lag, and noise below one step. What it shows is quantised
by the instrument, last."""

from random import Random
from typing import Final

from simulators.room.noise import SlowNoise, approach

TEMPERATURE_ACCURACY: Final = 0.4
HUMIDITY_ACCURACY: Final = 0.02
TEMPERATURE_LAG: Final = 12.0
HUMIDITY_LAG: Final = 4.0


class ClimateSensor:
    def __init__(self, random: Random, temperature: float, humidity: float) -> None:
        self._temperature_offset = random.uniform(-TEMPERATURE_ACCURACY, TEMPERATURE_ACCURACY)
        self._humidity_offset = random.uniform(-HUMIDITY_ACCURACY, HUMIDITY_ACCURACY)
        self._noise = SlowNoise(random, deviation=0.02, time_constant=5.0)
        self._temperature = temperature
        self._humidity = humidity

    def step(self, dt: float, temperature: float, humidity: float) -> None:
        self._noise.step(dt)
        self._temperature = approach(self._temperature, temperature, dt, TEMPERATURE_LAG)
        self._humidity = approach(self._humidity, humidity, dt, HUMIDITY_LAG)

    @property
    def temperature(self) -> float:
        return self._temperature + self._temperature_offset + self._noise.value

    @property
    def humidity(self) -> float:
        return min(1.0, max(0.0, self._humidity + self._humidity_offset + 0.1 * self._noise.value))
