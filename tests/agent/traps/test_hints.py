"""Hints become polls: the first at once, a burst in two, the last never lost."""

import asyncio

from agent.traps.hints import Hints


def test_a_hint_is_a_poll_at_once() -> None:
    polls: list[str] = []

    async def story() -> None:
        Hints(polls.append).give("ups")
        assert ["ups"] == polls

    asyncio.run(story())


def test_a_burst_is_a_poll_at_its_start_and_one_after_its_end() -> None:
    polls: list[str] = []

    async def story() -> None:
        hints = Hints(polls.append, gap=0.05)
        for _ in range(100):
            hints.give("ups")
        assert ["ups"] == polls
        async with asyncio.timeout(20):
            while len(polls) < 2:
                await asyncio.sleep(0.005)
        assert {} == hints._waiting

    asyncio.run(story())
    assert ["ups", "ups"] == polls


def test_a_hint_after_the_gap_is_a_poll_at_once_again() -> None:
    polls: list[str] = []

    async def story() -> None:
        hints = Hints(polls.append, gap=0.0)
        for _ in range(3):
            hints.give("ups")

    asyncio.run(story())
    assert ["ups"] * 3 == polls


def test_one_device_does_not_hold_up_another() -> None:
    polls: list[str] = []

    async def story() -> None:
        hints = Hints(polls.append)
        for device in ("a", "a", "b"):
            hints.give(device)
        assert ["a", "b"] == polls
        hints.close()

    asyncio.run(story())
