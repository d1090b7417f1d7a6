"""The agent's HTTP side in a thread of its own, and a real browser that looks at it."""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from agent.board import Board, View
from dashboards.page.routes import routes
from exporters.http import make_app, serve

CHROMIUM = Path("/usr/bin/chromium")
# Chromium's own errands have no place in a test; its sandbox needs a user other than root.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOST = "127.0.0.1"

T = TypeVar("T")


class Site:
    """Serves an application; can be stopped and come back on the same port."""

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="site")
        self._thread.start()
        self._stop: asyncio.Event | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def start(self, app: web.Application) -> None:
        self._call(self._start(app))

    def stop(self) -> None:
        self._call(self._end())

    def close(self) -> None:
        self.stop()
        self._call(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def publish(self, board: Board, view: View) -> None:
        """Publishes a view, on the board's own loop."""

        async def write() -> None:
            board.publish(view)

        self._call(write())

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self, app: web.Application) -> None:
        self._stop, listening = asyncio.Event(), asyncio.Event()
        self._serving = asyncio.create_task(self._serve(app, self._stop, listening))
        waiting = asyncio.create_task(listening.wait())
        await asyncio.wait({self._serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not listening.is_set():
            waiting.cancel()
            await self._serving

    async def _serve(self, app: web.Application, stop: asyncio.Event, listening: asyncio.Event) -> None:
        async with serve(app, HOST, self.port) as (_, self.port):
            listening.set()
            await stop.wait()

    async def _end(self) -> None:
        if self._stop is not None and self._serving is not None:
            self._stop.set()
            await self._serving
        self._stop = self._serving = None


async def _end_all() -> None:
    """Ends what handlers that never answer have left behind."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class Agent:
    """What the page talks to: the real application over a board that the test writes."""

    def __init__(self, site: Site, view: View) -> None:
        self._site = site
        self.board = Board(view)
        self.start()

    @property
    def url(self) -> str:
        return self._site.url

    def start(self) -> None:
        self._site.start(make_app(self.board, routes()))

    def stop(self) -> None:
        self._site.stop()

    def show(self, view: View) -> None:
        self._site.publish(self.board, view)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def listen(page: Page) -> list[str]:
    """Collects what the browser complains of: errors, warnings, refusals by the content policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextmanager
def look(browser: Browser, url: str, *, losing: bool = False, **context: Any) -> Iterator[Page]:
    """Opens the page; at the end the browser must have had nothing to complain of, but for a lost line if one is."""
    with browser.new_context(**{"locale": "en-GB", **context}) as opened:
        page = opened.new_page()
        complaints = listen(page)
        page.goto(url)
        yield page
        assert [text for text in complaints if not (losing and "net::ERR_" in text)] == []


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=name, exact=True))


def tile(page: Page, name: str, label: str) -> Locator:
    return card(page, name).locator(".tile").filter(has=page.locator("dt", has_text=re.compile(f"^{label}$")))
