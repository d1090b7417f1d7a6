"""The schedule: on time, never twice at once, and no device's trouble is another's."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from agent.faults import TimedOut
from agent.model.measures import Group
from agent.model.readings import Poll
from agent.poll import Pace, Poller
from tests.agent.devices import FakeDevice, reading

FAST: Mapping[Group, float] = {Group.STATE: 0.1, Group.DETAIL: 0.5, Group.INVENTORY: 60.0}
ONLINE = reading("ups_state", "online")


def run(
    devices: dict[str, FakeDevice],
    until: Callable[[list[Poll]], bool],
    deadline: float = 5.0,
    meanwhile: Callable[[Poller, list[Poll]], Awaitable[None]] | None = None,
) -> list[Poll]:
    """Polls until the condition holds over what has come in."""
    polls: list[Poll] = []

    async def story() -> None:
        pace = Pace(FAST, deadline)
        poller = Poller([(name, device, pace) for name, device in devices.items()], polls.append, seed=1)
        running = asyncio.create_task(poller.run())
        try:
            async with asyncio.timeout(20):
                if meanwhile is not None:
                    await meanwhile(poller, polls)
                while not until(polls):
                    await asyncio.sleep(0.01)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())
    return polls


def of(polls: list[Poll], device: str) -> list[Poll]:
    return [poll for poll in polls if poll.device == device]


def test_every_group_is_read_first_and_then_each_at_its_own_pace() -> None:
    device = FakeDevice((ONLINE,))
    run({"a": device}, lambda polls: len(polls) >= 8)

    assert frozenset(Group) == device.polls[0]
    assert [frozenset({Group.STATE})] * 4 == device.polls[1:5]
    assert frozenset({Group.STATE, Group.DETAIL}) == device.polls[5]
    assert 1 == device.opened


def test_a_slow_device_is_never_asked_twice_at_once_and_its_neighbour_keeps_its_pace() -> None:
    slow, quick = FakeDevice((ONLINE,), takes=0.45), FakeDevice((ONLINE,))
    polls = run({"slow": slow, "quick": quick}, lambda polls: len(of(polls, "slow")) >= 3)

    assert 1 == slow.most_at_once
    assert len(of(polls, "quick")) >= 3 * len(of(polls, "slow"))


def test_a_dead_device_backs_off_and_costs_its_neighbour_nothing() -> None:
    dead, quick = FakeDevice(fault=TimedOut("no answer")), FakeDevice((ONLINE,))
    polls = run({"dead": dead, "quick": quick}, lambda polls: len(of(polls, "quick")) >= 20)

    assert all(poll.fault is None for poll in of(polls, "quick"))
    assert len(of(polls, "dead")) <= 6
    assert {"timed_out"} == {poll.fault.result for poll in of(polls, "dead") if poll.fault}


def test_a_device_that_comes_back_is_read_again_without_a_restart() -> None:
    device = FakeDevice((ONLINE,), fault=TimedOut("no answer"))

    async def mend(_: Poller, polls: list[Poll]) -> None:
        while len(polls) < 3:
            await asyncio.sleep(0.01)
        device.fault = None

    polls = run({"a": device}, lambda polls: polls[-1].fault is None, meanwhile=mend)

    assert (ONLINE,) == tuple(polls[-1].readings)
    assert device.closed >= 1


def test_a_poll_that_hangs_ends_at_its_deadline_as_a_fault() -> None:
    device = FakeDevice((ONLINE,))

    # Opening may take longer than a poll, so the device hangs from its second poll on.
    async def hang(_: Poller, polls: list[Poll]) -> None:
        while not polls:
            await asyncio.sleep(0.01)
        device.takes = 60.0

    polls = run({"a": device}, lambda polls: polls[-1].fault is not None, deadline=0.2, meanwhile=hang)

    assert "no complete answer within 0.2 s" in str(polls[-1].fault)


def test_a_hint_brings_the_next_poll_forward() -> None:
    device = FakeDevice((ONLINE,))
    slow = Pace({Group.STATE: 60.0}, 5.0)
    polls: list[Poll] = []

    async def story() -> None:
        poller = Poller([("a", device, slow)], polls.append)
        running = asyncio.create_task(poller.run())
        async with asyncio.timeout(10):
            while len(polls) < 1:
                await asyncio.sleep(0.01)
            poller.poll_now("a")
            while len(polls) < 2:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())

    assert 1 == device.closed


def test_a_mistake_of_our_own_in_a_driver_does_not_stop_the_others() -> None:
    broken, quick = FakeDevice((ONLINE,)), FakeDevice((ONLINE,))

    async def raise_it(_: frozenset[Group]) -> None:
        raise ZeroDivisionError

    broken.poll = raise_it  # type: ignore[method-assign, assignment]
    polls = run({"broken": broken, "quick": quick}, lambda polls: len(of(polls, "quick")) >= 5)

    assert {"fault"} == {poll.fault.result for poll in of(polls, "broken") if poll.fault}
    assert all(poll.fault is None for poll in of(polls, "quick"))
