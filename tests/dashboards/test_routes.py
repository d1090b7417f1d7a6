"""The page's files over HTTP, asked for as browsers do, and as nobody should."""

import asyncio
import re
from collections.abc import Mapping

import aiohttp
import pytest

from agent.board import Board
from dashboards.page.routes import STATIC, load, routes
from exporters.http import make_app, serve
from tests.dashboards.room import view

BUDGET = 60_000  # bytes: a page that a weak machine on a slow line opens at once
FILES = sorted(path.name for path in STATIC.iterdir())
TYPES = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}


def get(path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Mapping[str, str], str]:
    async def ask() -> tuple[int, Mapping[str, str], str]:
        async with (
            serve(make_app(Board(view()), routes()), "127.0.0.1", 0) as (host, port),
            aiohttp.ClientSession(f"http://{host}:{port}", requote_redirect_url=False) as session,
            session.get(path, headers=headers) as response,
        ):
            return response.status, response.headers, await response.text()

    return asyncio.run(ask())


def test_the_page_is_at_the_root() -> None:
    status, headers, text = get("/")

    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert text == (STATIC / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_its_content_type(name: str) -> None:
    status, headers, text = get(f"/static/{name}")

    assert status == 200
    assert headers["Content-Type"] == f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8"
    assert text == (STATIC / name).read_text("utf-8")


def test_a_browser_asks_each_time_and_is_told_that_nothing_changed() -> None:
    _, headers, _ = get("/static/app.js")
    again, known, body = get("/static/app.js", {"If-None-Match": f'"other", {headers["ETag"]}'})
    changed, _, _ = get("/static/app.js", {"If-None-Match": '"other"'})

    assert headers["Cache-Control"] == "no-cache"
    assert (again, known["ETag"], body) == (304, headers["ETag"], "")
    assert changed == 200


@pytest.mark.parametrize(
    "path", ["/static/../routes.py", "/static/..%2froutes.py", "/static/%2e%2e/routes.py", "/static/", "/static/x.js"]
)
def test_nothing_but_the_page_is_served(path: str) -> None:
    status, _, text = get(path)

    assert status == 404
    assert "import" not in text


def test_the_content_policy_forbids_what_is_inline_and_the_page_has_none() -> None:
    _, headers, text = get("/")

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


def test_whatever_the_files_ask_for_is_there() -> None:
    said = "".join((STATIC / name).read_text("utf-8") for name in FILES)
    asked = set(re.findall(r'"/static/([^"]+)"|from "\./([^"]+)"', said))

    assert {one or other for one, other in asked} | {"index.html"} == set(FILES)


def test_the_page_is_small() -> None:
    assert sum(len(asset.body) for asset in load().values()) < BUDGET
