"""The stream of server-sent events, read line by line by real clients."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from agent.board import Board, View
from exporters.http import HEADERS, make_app, serve
from exporters.shared import Rendered
from exporters.stream import Beat, stream
from tests.exporters.rooms import device, reading, view

LIMIT = 20.0  # seconds in which an event must come, however busy the machine
LONG = 600.0


def room(load: float) -> View:
    return view(device("u1", reading("ups_load", load)))


def load(event: str) -> Any:
    """The load that an event tells of."""
    data = next(line for line in event.splitlines() if line.startswith("data: "))
    return json.loads(data.removeprefix("data: "))["devices"][0]["readings"][0]["value"]


class Listener:
    """One open stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> str:
        return (await asyncio.wait_for(self.response.content.readuntil(b"\n\n"), LIMIT)).decode()

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.response.content.read(), LIMIT)


@asynccontextmanager
async def listener(url: str) -> AsyncIterator[Listener]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v1/stream") as response:
        yield Listener(response)


@asynccontextmanager
async def streaming(board: Board, interval: float = 0.01, patience: float = LONG) -> AsyncIterator[str]:
    """A server with nothing but the stream, on a quicker beat."""
    app = web.Application()
    beat = Beat(board, Rendered(board), interval)
    app.router.add_get("/api/v1/stream", partial(stream, beat=beat, patience=patience))
    app.on_shutdown.append(lambda _app: beat.close())
    async with serve(app, "127.0.0.1", 0) as (host, port):
        yield f"http://{host}:{port}"


def test_a_stream_tells_the_present_view_at_once_and_each_change_after_it() -> None:
    async def story() -> list[Any]:
        board = Board(room(0.1))
        async with streaming(board) as url, listener(url) as page:
            heard = [load(await page.next())]
            for value in (0.2, 0.3):
                board.publish(room(value))
                heard.append(load(await page.next()))
            return heard

    assert asyncio.run(story()) == [0.1, 0.2, 0.3]


def test_views_that_come_faster_than_the_beat_are_skipped_but_never_the_last() -> None:
    async def story() -> list[Any]:
        board = Board(room(0.0))
        async with streaming(board, interval=0.2) as url, listener(url) as page:
            heard = [load(await page.next())]
            for step in range(1, 51):
                board.publish(room(step / 100))
                await asyncio.sleep(0.001)
            while heard[-1] != 0.5:
                heard.append(load(await page.next()))
            return heard

    heard = asyncio.run(story())

    assert len(heard) < 10
    assert heard == sorted(set(heard))


def test_all_streams_follow_one_beat() -> None:
    async def story() -> list[list[Any]]:
        board = Board(room(0.1))
        async with streaming(board) as url:

            async def listen() -> list[Any]:
                async with listener(url) as page:
                    first = load(await page.next())
                    opened.release()
                    return [first, load(await page.next())]

            opened = asyncio.Semaphore(0)
            pages = [asyncio.create_task(listen()) for _ in range(30)]
            for _ in pages:
                await opened.acquire()
            board.publish(room(0.2))
            return list(await asyncio.gather(*pages))

    assert asyncio.run(story()) == [[0.1, 0.2]] * 30


def test_a_stream_that_joins_between_two_beats_hears_the_newest_view_at_once() -> None:
    async def story() -> Any:
        board = Board(room(0.1))
        async with streaming(board, interval=LONG) as url, listener(url) as early:
            await early.next()
            board.publish(room(0.2))
            async with listener(url) as late:
                return load(await late.next())

    assert asyncio.run(story()) == 0.2


def test_a_stream_that_leaves_does_not_disturb_the_others() -> None:
    async def story() -> Any:
        board = Board(room(0.1))
        async with streaming(board) as url, listener(url) as stays:
            await stays.next()
            async with listener(url) as leaves:
                await leaves.next()
            board.publish(room(0.2))
            return load(await stays.next())

    assert asyncio.run(story()) == 0.2


def test_a_quiet_stream_shows_that_it_lives() -> None:
    async def story() -> list[str]:
        async with streaming(Board(room(0.1)), patience=0.02) as url, listener(url) as page:
            return [await page.next() for _ in range(3)][1:]

    assert asyncio.run(story()) == [":\n\n", ":\n\n"]


def test_an_open_stream_ends_when_the_server_stops() -> None:
    async def story() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            async with serve(make_app(Board(room(0.1))), "127.0.0.1", 0) as (host, port):
                page = Listener(await session.get(f"http://{host}:{port}/api/v1/stream"))
                await page.next()
                began = loop.time()
            took = loop.time() - began
            return await page.rest(), took

    rest, took = asyncio.run(story())

    assert rest == b""
    assert took < 1.5


def test_the_stream_is_of_the_type_that_browsers_expect_and_carries_the_security_headers() -> None:
    async def story() -> dict[str, str]:
        app = make_app(Board(room(0.1)))
        async with serve(app, "127.0.0.1", 0) as (host, port), listener(f"http://{host}:{port}") as page:
            assert (await page.next()).startswith("retry: 2000\nevent: snapshot\ndata: {")
            return dict(page.response.headers)

    headers = asyncio.run(story())

    assert headers["Content-Type"].startswith("text/event-stream")
    assert {name: headers[name] for name in HEADERS} == HEADERS
