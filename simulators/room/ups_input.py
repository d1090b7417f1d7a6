"""The mains side of a UPS: whether the input is good, since when, and how often it turned bad.

An interruption shorter than the DC link bridges is none.
"""

from typing import Final

from simulators.room.circuit import Source

HOLD_UP: Final = 0.020  # seconds that the DC link bridges
REQUALIFY: Final = 4.0  # seconds of good input before the rectifier takes the load back
RESTART: Final = 10.0  # seconds of good input before the output comes back from off


class UpsInput:
    def __init__(self, supply: Source, phase: str, lowest: float, highest: float) -> None:
        self._supply = supply
        self._phase = phase
        self._lowest, self._highest = lowest, highest
        self.good_for = REQUALIFY
        self.bads = 0

    def step(self, dt: float) -> None:
        good = self._lowest <= self.voltage <= self._highest and self._supply.gap <= HOLD_UP
        self.bads += self.good and not good
        self.good_for = self.good_for + dt if good else 0.0

    @property
    def good(self) -> bool:
        return self.good_for > 0

    @property
    def requalified(self) -> bool:
        return self.good_for >= REQUALIFY

    @property
    def may_restart(self) -> bool:
        return self.good_for >= RESTART

    @property
    def voltage(self) -> float:
        return self._supply.voltage_of(self._phase)

    @property
    def frequency(self) -> float:
        return self._supply.frequency
