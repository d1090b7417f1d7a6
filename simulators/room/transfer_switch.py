"""A transfer switch: feeds the room from the preferred feed while that is good, from the other otherwise.

The contacts break before they make, so the output is dead for `transfer_seconds`: 4 ms of a static switch and 12 ms for
the relays of a rack switch (a UPS bridges both without touching its battery), 60 ms to several seconds for a motorised
one, which also waits a moment before it believes that a feed is bad. A stuck switch stays where it is; one in manual
mode moves only by hand.
"""

from typing import Final

from simulators.room.feed import NOMINAL_FREQUENCY, NOMINAL_VOLTAGE, Feed
from simulators.room.plan import RACK_SWITCH, SwitchPlan

VOLTAGE_TOLERANCE: Final = 23.0  # the "medium" band of rack switches at 230 V
FREQUENCY_TOLERANCE: Final = 3.0
RETRANSFER_DELAY: Final = RACK_SWITCH.retransfer_delay
SOURCES: Final = ("A", "B")
OTHER: Final = {"A": "B", "B": "A"}


class TransferSwitch:
    def __init__(self, feeds: dict[str, Feed], preferred: str = "A", plan: SwitchPlan = RACK_SWITCH) -> None:
        self._feeds = feeds
        self.plan = plan
        self.preferred = preferred
        self.selected = preferred
        self.manual = False
        self.stuck = False
        self.transfers = 0
        self.redundancy_losses = 0
        self.gap = 0.0  # how long the output was dead because of moving contacts, within the last step
        self._opening_left = 0.0
        self._selected_bad_for = 0.0
        self._preferred_good_for = plan.retransfer_delay
        self._was_redundant = True

    def step(self, dt: float) -> None:
        good = {source: self.good(source) for source in SOURCES}
        self._preferred_good_for = self._preferred_good_for + dt if good[self.preferred] else 0.0
        self._selected_bad_for = 0.0 if good[self.selected] else self._selected_bad_for + dt
        if not self.manual and self._wants_to_move(good):
            self._move()
        self.gap = min(dt, self._opening_left)
        self._opening_left -= self.gap
        redundant = all(good.values())
        self.redundancy_losses += self._was_redundant and not redundant
        self._was_redundant = redundant

    def _wants_to_move(self, good: dict[str, bool]) -> bool:
        if not good[OTHER[self.selected]]:
            return False
        if not good[self.selected]:
            return self._selected_bad_for > self.plan.sensing_seconds
        return self.selected != self.preferred and self._preferred_good_for >= self.plan.retransfer_delay

    def _move(self) -> None:
        if self.stuck:
            return
        self.selected = OTHER[self.selected]
        self.transfers += 1
        self._selected_bad_for = 0.0
        self._opening_left = self.plan.transfer_seconds

    def select(self, source: str) -> None:
        """By hand, whatever the feeds are like."""
        if source != self.selected:
            self._move()

    def prefer(self, source: str) -> None:
        if source != self.preferred:
            self.preferred, self._preferred_good_for = source, 0.0

    def stick(self) -> None:
        self.stuck = True

    def free(self) -> None:
        self.stuck = False

    def set_manual(self, manual: bool) -> None:
        self.manual = manual

    def good(self, source: str) -> bool:
        feed = self._feeds[source]
        if abs(feed.frequency - NOMINAL_FREQUENCY) > FREQUENCY_TOLERANCE:
            return False
        return all(abs(feed.volts[phase] - NOMINAL_VOLTAGE) <= VOLTAGE_TOLERANCE for phase in self.plan.phases)

    @property
    def redundant(self) -> bool:
        return all(self.good(source) for source in SOURCES)

    @property
    def voltage(self) -> float:
        """At the output, once the step is over: phase L1."""
        return self.voltage_of("L1")

    def voltage_of(self, phase: str) -> float:
        return 0.0 if self._opening_left > 0 else self._feeds[self.selected].volts[phase]

    @property
    def frequency(self) -> float:
        return 0.0 if self._opening_left > 0 else self._feeds[self.selected].frequency
