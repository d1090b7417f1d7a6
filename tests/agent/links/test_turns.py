"""Turns on a shared line: the living before the dead, and nobody forgotten."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest

from agent.faults import TimedOut
from agent.links import turns as module
from agent.links.turns import Turns


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


async def speak(turns: Turns, user: str, heard: list[str], silent: bool = False) -> None:
    with suppress(TimedOut):
        async with turns.of(user):
            heard.append(user)
            await (unheard(user) if silent else asyncio.sleep(0))


async def unheard(user: str) -> None:
    await asyncio.sleep(0)
    raise TimedOut(user)


def test_those_who_answer_go_before_those_who_did_not() -> None:
    async def story() -> None:
        turns, heard = Turns(), list[str]()
        await speak(turns, "dead", heard, silent=True)
        heard.clear()
        async with turns.of("holder"):
            waiting = [asyncio.create_task(speak(turns, user, heard)) for user in ("dead", "one", "two")]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

        assert ["one", "two", "dead"] == heard
        assert not turns.held

    run(story())


def test_one_that_answers_again_is_no_longer_behind() -> None:
    async def story() -> None:
        turns, heard = Turns(), list[str]()
        await speak(turns, "back", heard, silent=True)
        await speak(turns, "back", heard)
        heard.clear()
        async with turns.of("holder"):
            waiting = [asyncio.create_task(speak(turns, user, heard)) for user in ("back", "one")]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

        assert ["back", "one"] == heard

    run(story())


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.0)

    async def story() -> None:
        turns, heard = Turns(), list[str]()
        await speak(turns, "dead", heard, silent=True)
        heard.clear()
        async with turns.of("holder"):
            waiting = [asyncio.create_task(speak(turns, user, heard)) for user in ("dead", "one")]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

        assert ["dead", "one"] == heard

    run(story())


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_a_turn_that_is_no_longer_wanted_is_passed_on(moment: int) -> None:
    async def story() -> None:
        turns, heard = Turns(), list[str]()
        async with turns.of("holder"):
            quitter = asyncio.create_task(speak(turns, "quitter", heard))
            other = asyncio.create_task(speak(turns, "other", heard))
            await asyncio.sleep(0)
        for _ in range(moment):
            await asyncio.sleep(0)
        quitter.cancel()
        await asyncio.gather(quitter, other, return_exceptions=True)

        assert "other" in heard
        assert not turns.held

    run(story())


def test_everybody_may_give_up_at_once() -> None:
    async def story() -> None:
        turns, heard = Turns(), list[str]()
        holder = asyncio.create_task(speak(turns, "holder", heard))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(speak(turns, user, heard)) for user in ("one", "two", "three")]
        await asyncio.sleep(0)
        for task in (holder, *waiting):
            task.cancel()
        ended = await asyncio.gather(holder, *waiting, return_exceptions=True)

        assert all(isinstance(end, asyncio.CancelledError) for end in ended if end is not None)
        assert not turns.held
        await speak(turns, "later", heard)
        assert "later" == heard[-1]

    run(story())
