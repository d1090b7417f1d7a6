"""A surge protector at the entry of a feed: each surge and every second of over-voltage wear it, until it disconnects.

A disconnected module passes surges on and says so by its remote contact; somebody replaces it. The continuous operating
voltage is that of a usual 275 V module (IEC 61643-11).
"""

from typing import Final

from simulators.room.feed import Feed

CONTINUOUS_VOLTAGE: Final = 275.0
OVERVOLTAGE_SECONDS: Final = 600.0  # until a new module has worn out
SURGES: Final = 15.0  # strokes at the nominal discharge current that a new module bears
NOMINAL_KILOAMPERES: Final = 20.0


class SurgeProtector:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self.wear = 0.0
        self.surges = 0
        self.failed = False  # the remote contact

    def step(self, dt: float) -> None:
        if max(self._feed.volts.values()) > CONTINUOUS_VOLTAGE:
            self._wear_by(dt / OVERVOLTAGE_SECONDS)

    def surge(self, kiloamperes: float) -> None:
        self.surges += 1
        self._wear_by((kiloamperes / NOMINAL_KILOAMPERES) ** 2 / SURGES)

    def _wear_by(self, amount: float) -> None:
        self.wear = min(1.0, self.wear + amount)
        self.failed = self.failed or self.wear >= 1.0

    def fail(self) -> None:
        self._wear_by(1.0)

    def replace(self) -> None:
        self.wear, self.failed = 0.0, False
