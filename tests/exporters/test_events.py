"""`/api/v1/events`: what happened, newest first, and a sentence for who asks wrongly."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from agent.alarms.catalogue import Text
from agent.board import Board
from agent.events import Event
from exporters.http import make_app, serve
from tests.exporters.rooms import AT, view

EVENTS = tuple(
    Event(AT + number, "notification", f"ups-{number}", Text("heard", "听到"), {"oid": "1.2", "varbinds": {"1.3": "x"}})
    for number in range(150)
)


def ask(query: str = "", events: tuple[Event, ...] = EVENTS) -> tuple[int, str]:
    async def once() -> tuple[int, str]:
        board = Board(replace(view(), events=events))
        async with (
            serve(make_app(board), "127.0.0.1", 0) as (host, port),
            aiohttp.ClientSession(f"http://{host}:{port}") as session,
            session.get(f"/api/v1/events{query}") as response,
        ):
            return response.status, await response.text()

    return asyncio.run(once())


def devices(query: str) -> list[str]:
    status, body = ask(query)
    assert 200 == status
    found: list[dict[str, Any]] = json.loads(body)
    return [event["device"] for event in found]


def test_an_event_is_shown_whole() -> None:
    status, body = ask(events=EVENTS[:1])

    assert 200 == status
    assert [
        {
            "at": AT,
            "kind": "notification",
            "device": "ups-0",
            "text": {"en": "heard", "zh": "听到"},
            "details": {"oid": "1.2", "varbinds": {"1.3": "x"}},
        }
    ] == json.loads(body)


def test_the_newest_hundred_come_first() -> None:
    assert [f"ups-{number}" for number in range(149, 49, -1)] == devices("")


def test_no_events_are_an_empty_list() -> None:
    assert (200, "[]") == ask(events=())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=1", ["ups-149"]),
        (f"?since={AT + 147}", ["ups-149", "ups-148"]),
        (f"?since={AT + 140}&limit=2", ["ups-149", "ups-148"]),
        (f"?since={AT + 149}", []),
    ],
)
def test_a_reader_may_ask_for_less(query: str, expected: list[str]) -> None:
    assert expected == devices(query)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?since=yesterday", "since: found 'yesterday', expected seconds since 1970, as in 1700000000.5"),
        ("?since=nan", "since: found 'nan', expected seconds since 1970"),
        ("?since=-1", "since: found '-1', expected seconds since 1970"),
        ("?limit=0", "limit: found '0', expected a whole number from 1 to 2000"),
        ("?limit=2001", "limit: found '2001', expected"),
        ("?limit=1.5", "limit: found '1.5', expected"),
        ("?limit=" + "9" * 5000, "limit: found"),
        ("?limit=%C2%B2", "limit: found '²', expected"),
        ("?sinc=1", "sinc: an unknown parameter; expected since or limit"),
    ],
)
def test_who_asks_wrongly_is_told_what_was_found_and_what_was_expected(query: str, sentence: str) -> None:
    status, body = ask(query)

    assert 400 == status
    assert body.startswith(sentence)
    assert 1 == body.count("\n")
