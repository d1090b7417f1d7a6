"""A UPS's self-test: ten seconds on the battery while the mains is good, judged by the voltage under load."""

from typing import Final

from simulators.room.battery import BLOCKS, Battery

TEST_SECONDS: Final = 10.0
BLOCK_VOLTAGE: Final = 12.0  # at the end of a test that is passed
CHARGE: Final = 0.9  # less than that, and no test begins


class SelfTest:
    def __init__(self, battery: Battery) -> None:
        self._battery = battery
        self.result = "none"  # running, passed, failed, aborted, refused
        self._left = 0.0

    @property
    def running(self) -> bool:
        return self._left > 0

    def start(self, possible: bool) -> None:
        if not possible or self._battery.charge < CHARGE:
            self.result = "refused"
            return
        self.result, self._left = "running", TEST_SECONDS

    def step(self, dt: float) -> None:
        self._left -= dt
        if not self.running:
            passed = self._battery.voltage >= BLOCKS * BLOCK_VOLTAGE
            self.result = "passed" if passed else "failed"

    def abort(self) -> None:
        self.result, self._left = "aborted", 0.0
