"""Contacts on modem lines: the lines themselves are played, as no pseudo-terminal has any; all else is real."""

import asyncio
import errno
import os
import statistics
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.contacts import Contact, ContactsDriver
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, TimedOut, Unreachable
from agent.links.modem_lines import INPUTS
from agent.model.measures import Group
from tests.peers import poll_until

ALL = frozenset(Group)
PATIENT, HASTY = 20.0, 0.2  # seconds: for what must come, and for what must not
LEAK, DOOR = Contact("water_leak", "dcd", False), Contact("door_open", "dsr", True)
DCD, DSR = INPUTS["dcd"], INPUTS["dsr"]


class Lines:
    """The modem lines of a port that is not there. `can_wait` says whether the kernel would wake the waiting."""

    def __init__(self, levels: int = DSR, can_wait: bool = True) -> None:
        self.levels = levels
        self.closed = False
        self._can_wait = can_wait
        self._gone = False
        self._changed = threading.Condition()

    def read(self) -> int:
        if self._gone:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self.levels

    def wait(self) -> None:
        with self._changed:
            if not self._gone:  # the kernel does not put anybody to sleep on a port that is gone
                self._changed.wait(None if self._can_wait else 0.02)
        self.read()

    def close(self) -> None:
        self.closed = True

    def become(self, levels: int) -> None:
        with self._changed:
            self.levels = levels
            self._changed.notify_all()

    def vanish(self) -> None:
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def wake(self) -> None:
        self.become(self.levels)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def driver(lines: Lines, news: Callable[[], None] = lambda: None) -> Driver:
    return ContactsDriver("/dev/ttyS2", [LEAK, DOOR], Surroundings(timeout=PATIENT, news=news), lambda: lines)


async def contacts(device: Driver) -> dict[str, float | str]:
    answer = await device.poll(ALL)
    return {reading.labels[0][1]: reading.value for reading in answer.readings}


async def ended(device: Driver, lines: Lines) -> None:
    """Closes, and lets the thread that waits in the kernel see it."""
    await device.close()
    lines.wake()
    await poll_until(lambda: _soon(lines.closed), bool)


def test_a_contact_is_active_when_closed_and_a_normally_closed_one_when_open() -> None:
    async def story() -> None:
        lines = Lines(levels=DSR)
        device = driver(lines)
        assert "contacts" == (await device.open()).kind
        quiet = await contacts(device)
        lines.become(DCD)
        await poll_until(lambda: contacts(device), lambda found: found != quiet)
        assert {"water_leak": 0.0, "door_open": 0.0} == quiet
        both = {"water_leak": 1.0, "door_open": 1.0}
        await poll_until(lambda: contacts(device), lambda found: found == both)
        await ended(device, lines)

    run(story())


def test_readings_name_the_line_they_come_from() -> None:
    async def story() -> None:
        lines = Lines()
        device = driver(lines)
        await device.open()
        answer = await device.poll(ALL)
        await ended(device, lines)
        assert ["DCD", "DSR"] == [reading.address for reading in answer.readings]

    run(story())


@pytest.mark.parametrize("can_wait", [True, False], ids=["the kernel wakes", "looked at every 20 ms"])
def test_a_change_is_news_within_50_ms(can_wait: bool) -> None:
    async def story() -> None:
        told: asyncio.Queue[float] = asyncio.Queue()
        lines = Lines(levels=0, can_wait=can_wait)
        device = driver(lines, news=lambda: told.put_nowait(time.monotonic()))
        await device.open()
        delays = []
        for level in (DCD, 0, DCD, 0, DCD, 0, DCD):
            began = time.monotonic()
            lines.become(level)
            async with asyncio.timeout(PATIENT):
                delays.append(await told.get() - began)
            assert float(bool(level)) == (await contacts(device))["water_leak"]
            await asyncio.sleep(0.06)  # a contact that moves again at once is held back
        await ended(device, lines)
        assert statistics.median(delays) < 0.05

    run(story())


def test_a_bouncing_contact_is_one_piece_of_news() -> None:
    async def story() -> None:
        news: list[str] = []
        lines = Lines(levels=DSR)
        device = driver(lines, news=lambda: news.append("news"))
        await device.open()
        for level in (DSR | DCD, DSR) * 5:
            lines.become(level)
            await asyncio.sleep(0.002)
        lines.become(DSR | DCD)
        await poll_until(lambda: contacts(device), lambda found: found["water_leak"] == 1.0)
        await ended(device, lines)
        assert ["news"] == news

    run(story())


def test_a_port_that_is_pulled_out_is_news_and_unreachable_and_can_be_opened_again() -> None:
    async def story() -> None:
        news: list[str] = []
        ports = [Lines(), Lines(levels=DCD)]
        opening = iter(ports)
        surroundings = Surroundings(timeout=PATIENT, news=lambda: news.append("news"))
        device = ContactsDriver("/dev/ttyS2", [LEAK, DOOR], surroundings, lambda: next(opening))
        await device.open()
        ports[0].vanish()
        await poll_until(lambda: _soon(news), bool)
        with pytest.raises(Unreachable, match="/dev/ttyS2: Input/output error"):
            await device.poll(ALL)
        await poll_until(lambda: _soon(ports[0].closed), bool)
        await device.close()
        await device.open()
        assert {"water_leak": 1.0, "door_open": 1.0} == await contacts(device)
        await ended(device, ports[1])

    run(story())


def test_a_port_that_does_not_open_in_time_is_given_up() -> None:
    async def story() -> None:
        stuck = threading.Event()
        lines = Lines()

        def opening() -> Lines:
            stuck.wait(PATIENT)
            return lines

        device = ContactsDriver("/dev/ttyS2", [LEAK], Surroundings(timeout=HASTY), opening)
        with pytest.raises(TimedOut, match=r"not open within 0\.2 s"):
            await device.open()
        await device.close()
        stuck.set()
        await poll_until(lambda: _soon(lines.closed), bool)

    run(story())


def test_what_is_not_open_is_not_read() -> None:
    async def story() -> None:
        with pytest.raises(Unreachable, match="not open"):
            await driver(Lines()).poll(ALL)

    run(story())


def test_a_real_line_without_modem_lines_says_so() -> None:
    """A pseudo-terminal: the whole way through the kernel, up to the refusal."""

    async def story() -> None:
        far, near = os.openpty()
        device = connect(parse_address(f"contacts://{os.ttyname(near)}?cts=smoke"), Surroundings(timeout=PATIENT))
        fault = await _fault_of_opening(device)
        await device.close()
        os.close(near)
        os.close(far)
        assert "Inappropriate ioctl for device" in str(fault)

    run(story())


def test_a_port_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    async def story() -> None:
        device = connect(parse_address(f"contacts://{tmp_path}/none?cts=smoke"), Surroundings(timeout=PATIENT))
        assert "No such file" in str(await _fault_of_opening(device))
        await device.close()

    run(story())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("contacts:///dev/ttyS2", "names for some of cts, dsr, dcd, ri"),
        ("contacts://?cts=smoke", "a path such as"),
        ("contacts:///dev/ttyS2?cts=", "the contact's name"),
        ("contacts:///dev/ttyS2?cts=!!smoke", "the contact's name"),
        ("contacts:///dev/ttyS2?cts=smoke&ri=smoke", "a name of its own"),
        ("contacts:///dev/ttyS2?cts=smoke&dtr=maybe", "one of on, off"),
        ("contacts:///dev/ttyS2?dcr=smoke", "one of cts"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address: str, expected: str) -> None:
    with pytest.raises(AddressError, match=expected):
        connect(parse_address(address), Surroundings())


async def _fault_of_opening(device: Driver) -> Fault:
    with pytest.raises(Unreachable) as caught:
        await device.open()
    return caught.value


async def _soon(value: Any) -> Any:
    return value
