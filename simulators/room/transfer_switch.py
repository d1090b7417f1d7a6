"""A rack transfer switch: feeds the room from A while A is good, from B otherwise; returns to A after 30 s of good A.

The contacts break before they make, so the output is dead for `transfer_seconds`: 12 ms for the relays of a rack
switch (a UPS bridges that without touching its battery), 60 ms to several seconds for a motorised one.
"""

from typing import Final

from simulators.room.feed import NOMINAL_FREQUENCY, NOMINAL_VOLTAGE, Feed

VOLTAGE_TOLERANCE: Final = 23.0  # the "medium" band of rack switches at 230 V
FREQUENCY_TOLERANCE: Final = 3.0
RETRANSFER_DELAY: Final = 30.0
SOURCES: Final = ("A", "B")


class TransferSwitch:
    def __init__(self, feeds: dict[str, Feed], preferred: str = "A", transfer_seconds: float = 0.012) -> None:
        self._feeds = feeds
        self.preferred = preferred
        self.selected = preferred
        self.transfer_seconds = transfer_seconds
        self.transfers = 0
        self.redundancy_losses = 0
        self.gap = 0.0  # how long the output was dead because of moving contacts, within the last step
        self._opening_left = 0.0
        self._preferred_good_for = RETRANSFER_DELAY
        self._was_redundant = True

    def step(self, dt: float) -> None:
        self._preferred_good_for = self._preferred_good_for + dt if self.good(self.preferred) else 0.0
        wanted = self._wanted()
        if wanted != self.selected:
            self.selected = wanted
            self.transfers += 1
            self._opening_left = self.transfer_seconds
        self.gap = min(dt, self._opening_left)
        self._opening_left -= self.gap
        self.redundancy_losses += self._was_redundant and not self.redundant
        self._was_redundant = self.redundant

    def _wanted(self) -> str:
        other = next(source for source in SOURCES if source != self.preferred)
        if self.selected == self.preferred:
            return other if not self.good(self.preferred) and self.good(other) else self.preferred
        if self.good(self.preferred) and (self._preferred_good_for >= RETRANSFER_DELAY or not self.good(other)):
            return self.preferred
        return other

    def good(self, source: str) -> bool:
        feed = self._feeds[source]
        voltage_good = abs(feed.voltage - NOMINAL_VOLTAGE) <= VOLTAGE_TOLERANCE
        return voltage_good and abs(feed.frequency - NOMINAL_FREQUENCY) <= FREQUENCY_TOLERANCE

    @property
    def redundant(self) -> bool:
        return all(self.good(source) for source in SOURCES)

    @property
    def voltage(self) -> float:
        """At the output, once the step is over."""
        return 0.0 if self._opening_left > 0 else self._feeds[self.selected].voltage

    @property
    def frequency(self) -> float:
        return 0.0 if self._opening_left > 0 else self._feeds[self.selected].frequency
