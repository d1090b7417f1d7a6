"""Eight devices on one line at the pace of 9600 baud, two dead and one talking nonsense: the others keep time."""

import asyncio
import gc
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from agent.address import parse_address
from agent.drivers.driver import Surroundings
from agent.drivers.registry import connect
from agent.model.measures import Group
from agent.model.readings import Poll
from agent.poll import Pace, Poller
from tests.agent.drivers.ydt1363_far_side import Device, Line, integers, named
from tests.agent.links.far_side import at_pty
from tests.peers import poll_until

INTERVAL, ROUNDS = 1.0, 10  # seconds between two polls of a device; polls that each of the good five must make
WITHIN = 0.5  # seconds for an answer, which is what the standard allows
GOOD, DEAD, BABBLING = (1, 2, 4, 6, 8), (3, 7), (5,)
BAD = (*DEAD, *BABBLING)
PACE = Pace({Group.STATE: INTERVAL}, deadline=5.0)
PROFILE = """
name = "short"
kind = "ups"
title = "UPS of this test"
source = "this test"
cid1 = "2AH"
rows = [
    { command = "42H", offset = 1, measure = "ups_input_voltage", unit = "0.01 V" },
    { command = "42H", offset = 7, measure = "ups_output_voltage", unit = "0.01 V" },
]
"""


@pytest.fixture(autouse=True)
def _nobody_holds_an_earlier_line() -> None:
    """A caught fault holds the frames it passed, these hold their line, and pseudo-terminals use their names again."""
    gc.collect()


def device(number: int) -> Device:
    infos = {0x42: integers(20000 + number, 0, 0, 23000, *[0] * 7) + "000000", 0x51: named("UPS", "ACME")}
    babble = (lambda reply: bytes(byte ^ 0x55 for byte in reply)) if number in BABBLING else bytes
    return Device(0x2A, infos, spoil=babble, dead=number in DEAD)


@dataclass(slots=True)
class Story:
    """What was polled, and since when the bad three had failed three times and were asked less and less."""

    polls: list[Poll] = field(default_factory=list)
    settled: int | None = None

    def take(self, poll: Poll) -> None:
        self.polls.append(poll)
        failed = Counter(int(poll.device) for poll in self.polls if poll.fault)
        if self.settled is None and all(failed[number] >= 3 for number in BAD):
            self.settled = len(self.polls)

    def since(self) -> list[Poll]:
        return self.polls[self.settled :] if self.settled is not None else []

    async def fewest(self) -> int:
        good = Counter(int(poll.device) for poll in self.since() if poll.fault is None)
        return min(good[number] for number in GOOD)


def test_two_dead_devices_and_one_that_talks_nonsense_keep_the_other_five_on_schedule(tmp_path: Path) -> None:
    (tmp_path / "ydt1363").mkdir()
    (tmp_path / "ydt1363" / "short.toml").write_text(PROFILE, "utf-8")
    around = Surroundings(own_profiles=tmp_path, timeout=WITHIN)
    line = Line({number: device(number) for number in range(1, 9)}, paced=True)
    told = Story()

    async def story() -> None:
        async with at_pty(line) as far:
            addresses = {number: far.url("ydt1363", f"profile=short&address={number}") for number in line.devices}
            near = [(str(n), connect(parse_address(address), around), PACE) for n, address in addresses.items()]
            poller = asyncio.create_task(Poller(near, told.take, seed=1).run())
            await poll_until(told.fewest, lambda count: count > ROUNDS, deadline=60.0)
            poller.cancel()
            await asyncio.gather(poller, return_exceptions=True)

    asyncio.run(story())

    polls = told.since()
    periods = {n: _gaps([poll.at for poll in polls if poll.device == str(n) and poll.fault is None]) for n in GOOD}
    for number, gaps in periods.items():
        print(f"device {number}: {len(gaps) + 1} polls, mean {mean(gaps):.2f} s, longest {max(gaps):.2f} s")
    print("tried meanwhile:", Counter(int(poll.device) for poll in polls if poll.fault))
    print("asked in all:", {number: len(device.asked) for number, device in line.devices.items()})
    print(f"settled after {polls[0].at - told.polls[0].at:.1f} s")
    assert {int(poll.device) for poll in polls if poll.fault} <= set(BAD)
    assert {int(poll.device) for poll in told.polls if poll.fault} == set(BAD)
    assert max(mean(gaps) for gaps in periods.values()) <= 1.1 * INTERVAL
    assert max(len(line.devices[number].asked) for number in BAD) <= ROUNDS / 2 + 3
    assert {(n, 200 + n / 100) for n in GOOD} == {
        (int(poll.device), reading.value)
        for poll in told.polls
        for reading in poll.readings
        if reading.measure.key == "ups_input_voltage"
    }
    assert line.overlaps == 0


def _gaps(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]
