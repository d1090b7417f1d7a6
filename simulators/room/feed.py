"""A mains feed of three phases: 230 V and 50 Hz with the slow wandering of a public grid (EN 50160), until disturbed.

The voltage follows the day (a sine of 3 V) and wanders by about a volt with a time constant of five minutes; the phases
share that and differ by up to one per cent. The frequency wanders by 20 mHz with a time constant of one minute.
Disturbances: outage, sag, swell, single phases lost, flicker (short dips a few times a minute), wrong frequency.
"""

import math
from random import Random
from typing import Final

from simulators.room.noise import SlowNoise
from simulators.room.plan import PHASES

NOMINAL_VOLTAGE = 230.0
NOMINAL_FREQUENCY = 50.0
DAILY_SWING = 3.0
DAY = 86400.0
PHASE_DIFFERENCE: Final = 0.01
DIP_DEPTH: Final = (0.4, 0.8)
DIP_SECONDS: Final = (0.2, 0.6)
CALM_SECONDS: Final = (2.0, 12.0)


class Feed:
    gap = 0.0  # no contacts move inside a feed

    def __init__(self, random: Random) -> None:
        self._voltage_noise = SlowNoise(random, deviation=1.2, time_constant=300.0)
        self._frequency_noise = SlowNoise(random, deviation=0.02, time_constant=60.0)
        self._time = random.uniform(0.0, DAY)
        self._differences = (1.0, *(1.0 + random.uniform(-PHASE_DIFFERENCE, PHASE_DIFFERENCE) for _ in PHASES[1:]))
        self._random = random
        self._depth = 1.0
        self._phase_depths = dict.fromkeys(PHASES, 1.0)
        self._dip = 1.0
        self._until_dip_changes: float | None = None
        self._frequency_set: float | None = None
        self.volts = dict.fromkeys(PHASES, NOMINAL_VOLTAGE)
        self._settle()

    def step(self, dt: float) -> None:
        self._time += dt
        self._voltage_noise.step(dt)
        self._frequency_noise.step(dt)
        if self._until_dip_changes is not None:
            self._flicker(self._until_dip_changes - dt)
        self._settle()

    def _flicker(self, left: float) -> None:
        if left <= 0:
            begins = self._dip == 1.0
            self._dip = self._random.uniform(*DIP_DEPTH) if begins else 1.0
            left = self._random.uniform(*(DIP_SECONDS if begins else CALM_SECONDS))
        self._until_dip_changes = left

    def _settle(self) -> None:
        daily = DAILY_SWING * math.sin(2 * math.pi * self._time / DAY)
        common = self._depth * self._dip * (NOMINAL_VOLTAGE + daily + self._voltage_noise.value)
        for phase, difference in zip(PHASES, self._differences, strict=True):
            self.volts[phase] = common * difference * self._phase_depths[phase]

    @property
    def voltage(self) -> float:
        """Phase L1 to neutral: what a single-phase instrument sees."""
        return self.volts["L1"]

    def voltage_of(self, phase: str) -> float:
        return self.volts[phase]

    def line_voltage(self, one: str, other: str) -> float:
        """Between two phases, a third of a turn apart."""
        a, b = self.volts[one], self.volts[other]
        return math.sqrt(a * a + a * b + b * b)

    @property
    def frequency(self) -> float:
        if not any(self.volts.values()):
            return 0.0
        return (self._frequency_set or NOMINAL_FREQUENCY) + self._frequency_noise.value

    def fail(self) -> None:
        self._change(0.0)

    def sag(self, depth: float) -> None:
        """The voltage stays at this fraction of what it would be until the feed is restored."""
        self._change(depth)

    swell = sag

    def fail_phase(self, phase: str) -> None:
        self._phase_depths[phase] = 0.0
        self._settle()

    def restore_phase(self, phase: str) -> None:
        self._phase_depths[phase] = 1.0
        self._settle()

    def flicker(self) -> None:
        self._until_dip_changes = 0.0

    def set_frequency(self, hertz: float) -> None:
        self._frequency_set = hertz

    def restore(self) -> None:
        """All is well again, on every phase."""
        self._phase_depths = dict.fromkeys(PHASES, 1.0)
        self._dip, self._until_dip_changes, self._frequency_set = 1.0, None, None
        self._change(1.0)

    def _change(self, depth: float) -> None:
        self._depth = depth
        self._settle()
