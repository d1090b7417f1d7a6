"""The HTTP interface, asked by a real client over a real socket."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from agent.board import Board, View
from exporters.http import HEADERS, make_app, serve
from exporters.prometheus import render
from exporters.shared import Rendered
from exporters.views import snapshot_json
from tests.exporters.rooms import device, reading, view

ROOM = view(device("u1", reading("ups_load", 0.4)))


@asynccontextmanager
async def client(app: web.Application) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the app; what it is sent arrives unpacked only when the test does so."""
    async with serve(app, "127.0.0.1", 0) as (host, port):
        base = f"http://{host}:{port}"
        async with aiohttp.ClientSession(
            base, auto_decompress=False, headers={"Accept-Encoding": "identity"}
        ) as session:
            yield session


def ask(path: str, app: web.Application, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one GET."""

    async def once() -> tuple[int, dict[str, str], bytes]:
        async with client(app) as session, session.get(path, headers=headers) as response:
            return response.status, dict(response.headers), await response.read()

    return asyncio.run(once())


def test_metrics_are_what_the_view_renders_to() -> None:
    status, headers, body = ask("/metrics", make_app(Board(ROOM)))

    assert (status, headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert _room_lines(body) == _room_lines(render(ROOM)[0])


def test_metrics_come_in_openmetrics_when_it_is_asked_for() -> None:
    _, headers, body = ask("/metrics", make_app(Board(ROOM)), Accept="application/openmetrics-text;version=1.0.0")

    assert headers["Content-Type"].startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


def test_metrics_are_packed_when_that_is_asked_for_and_only_then() -> None:
    _, packed_headers, packed = ask("/metrics", make_app(Board(ROOM)), **{"Accept-Encoding": "gzip, deflate"})
    _, plain_headers, plain = ask("/metrics", make_app(Board(ROOM)))

    assert (packed_headers.get("Content-Encoding"), plain_headers.get("Content-Encoding")) == ("gzip", None)
    assert _room_lines(gzip.decompress(packed)) == _room_lines(plain)


def test_metrics_of_the_same_view_are_the_same_bytes_and_of_the_next_view_new_ones() -> None:
    async def story() -> tuple[bytes, bytes, bytes]:
        board = Board(ROOM)
        async with client(make_app(board)) as session:
            first, again = await _body(session, "/metrics"), await _body(session, "/metrics")
            board.publish(view(device("u1")))
            return first, again, await _body(session, "/metrics")

    first, again, later = asyncio.run(story())

    assert first == again
    assert b"ups_load" in first
    assert b"ups_load" not in later


@pytest.mark.parametrize(
    "said",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n"],
    ids=["TLS on a plain port", "a line too long"],
)
def test_bytes_that_are_no_http_are_refused_and_leave_nothing_in_the_log(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> bytes:
        async with serve(make_app(Board(ROOM)), "127.0.0.1", 0) as (host, port):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(said)
            answer = await asyncio.wait_for(reader.readline(), 10)
            writer.close()
            await writer.wait_closed()
            return answer

    assert b"400 Bad Request" in asyncio.run(story())
    assert [] == caplog.messages


def test_a_hundred_askers_cost_one_rendering() -> None:
    made: list[View] = []

    def make(of: View) -> bytes:
        made.append(of)
        return b"bytes"

    async def story() -> list[bytes]:
        rendered = Rendered(Board(ROOM))
        return await asyncio.gather(*(rendered.get("form", make) for _ in range(100)))

    assert asyncio.run(story()) == [b"bytes"] * 100
    assert made == [ROOM]


def test_an_asker_that_leaves_does_not_take_the_rendering_from_the_others() -> None:
    async def story() -> bytes:
        rendered = Rendered(Board(ROOM))
        leaver = asyncio.create_task(rendered.get("form", snapshot_json))
        stayer = asyncio.create_task(rendered.get("form", snapshot_json))
        await asyncio.sleep(0)
        leaver.cancel()
        return await stayer

    assert asyncio.run(story()) == snapshot_json(ROOM)


def test_the_snapshot_is_json() -> None:
    status, headers, body = ask("/api/v1/snapshot", make_app(Board(ROOM)))

    assert (status, headers["Content-Type"], body) == (200, "application/json", snapshot_json(ROOM))


def test_it_is_healthy_while_it_runs() -> None:
    assert ask("/-/healthy", make_app(Board(view(device("u1", up=None)))))[0] == 200


def test_it_is_not_ready_before_every_device_was_polled_and_says_which_are_missing() -> None:
    board = Board(view(device("u1"), device("u2", up=None), device("u3", up=None)))
    status, _, body = ask("/-/ready", make_app(board))

    assert (status, body) == (503, b"not yet polled: u2, u3\n")


def test_it_is_ready_when_every_device_was_polled_even_if_one_is_down() -> None:
    assert ask("/-/ready", make_app(Board(view(device("u1"), device("u2", up=False)))))[0] == 200


async def _fail(_request: web.Request) -> web.Response:
    raise RuntimeError("the secret of the house")


@pytest.mark.parametrize(
    "path", ["/metrics", "/api/v1/snapshot", "/api/v1/events", "/-/healthy", "/-/ready", "/nowhere", "/fails"]
)
def test_every_answer_carries_the_security_headers(path: str) -> None:
    _, headers, _ = ask(path, make_app(Board(ROOM), [web.get("/fails", _fail)]))

    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_an_unknown_path_is_a_short_plain_404() -> None:
    status, headers, body = ask("/nowhere", make_app(Board(ROOM)))

    assert (status, headers["Content-Type"], body) == (404, "text/plain; charset=utf-8", b"404: Not Found")


@pytest.mark.parametrize("debug", [False, True])
def test_a_mistake_of_ours_shows_no_traceback(debug: bool, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> tuple[int, bytes]:
        app = make_app(Board(ROOM), [web.get("/fails", _fail)])
        async with client(app) as session, session.get("/fails") as response:
            return response.status, await response.read()

    assert asyncio.run(story(), debug=debug) == (500, b"500: Internal Server Error\n")
    assert "the secret of the house" in caplog.text


def test_a_route_of_somebody_else_is_served() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="page")

    assert ask("/", make_app(Board(ROOM), [web.get("/", page)]))[2] == b"page"


def test_a_taken_port_is_named_with_its_setting() -> None:
    async def story() -> None:
        async with serve(make_app(Board(ROOM)), "127.0.0.1", 0) as (host, port):
            with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:{port} \(\[http\] listen\): .*in use"):
                async with serve(make_app(Board(ROOM)), host, port):
                    pass

    asyncio.run(story())


def test_a_host_that_does_not_exist_is_named_with_its_setting() -> None:
    async def story() -> None:
        async with serve(make_app(Board(ROOM)), "no-such-host.invalid", 9810):
            pass

    with pytest.raises(OSError, match=r"cannot listen on no-such-host\.invalid:9810 \(\[http\] listen\): "):
        asyncio.run(story())


async def _body(session: aiohttp.ClientSession, path: str) -> bytes:
    async with session.get(path) as response:
        return await response.read()


def _room_lines(body: bytes) -> list[bytes]:
    """The program's own process is not the same twice."""
    return [line for line in body.splitlines() if b"process_" not in line]
