"""The page never shows what is old as live: lost lines, silent lines, an agent that stands still, ages."""

import asyncio
import re

from aiohttp import web
from playwright.sync_api import Browser, expect

from dashboards.page.routes import routes
from exporters.stream import snapshot_event
from tests.dashboards.browsing import Agent, Site, card, look, tile
from tests.dashboards.room import AT, ups, view


def test_ages_grow_by_the_agents_clock_however_wrong_the_viewers_is(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups()))
    with look(browser, agent.url) as page:
        expect(card(page, "ups-1").locator(".age").first).to_have_text(re.compile(r"^Read [2-9] s ago$"))
        expect(card(page, "ups-1").locator(".age").first).to_have_text(re.compile(r"^Read ([4-9]|\d\d) s ago$"))
        agent.show(view(ups(), at=AT + 3600))

        expect(card(page, "ups-1").locator(".age").first).to_have_text("Read 1 h 00 min ago")
        expect(tile(page, "ups-1", "Load")).to_contain_text("1 h 00 min ago")


def test_a_lost_connection_is_said_and_mends_by_itself(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups(load=0.42)))
    with look(browser, agent.url, losing=True) as page:
        band = page.locator("#band")
        expect(tile(page, "ups-1", "Load")).to_contain_text("42")
        expect(band).to_be_hidden()
        agent.stop()

        expect(band).to_have_text(re.compile(r"^Connection lost \d+ s ago – values below are old$"))
        expect(page.get_by_role("heading", level=1)).to_have_text("State of the room unknown")
        expect(page.locator("#verdict")).to_contain_text("Last known: Room normal")
        expect(page.locator("html")).to_have_class("old")

        agent.board.publish(view(ups(load=0.87), at=AT + 60))
        agent.start()

        expect(band).to_be_hidden()
        expect(tile(page, "ups-1", "Load")).to_contain_text("87")
        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        expect(page.locator("html")).not_to_have_class("old")


def test_a_line_that_dies_without_a_word_is_noticed(browser: Browser, site: Site) -> None:
    """The first stream brings one snapshot; then nothing more comes, on this stream or on any other."""
    streams = 0

    async def dead(request: web.Request) -> web.StreamResponse:
        nonlocal streams
        streams += 1
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if streams == 1:
            await response.write(snapshot_event(view(ups())))
        await asyncio.wait_for(asyncio.Event().wait(), 600)
        return response

    app = web.Application()
    app.add_routes([*routes(), web.get("/api/v1/stream", dead)])
    site.start(app)
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.clock.install()
        page.goto(site.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        page.clock.run_for(12_000)

        expect(page.locator("#band")).to_contain_text("Connection lost")
        assert streams > 1


def test_an_agent_that_repeats_itself_is_not_called_live(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups()))
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.clock.install()
        page.goto(agent.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        for _ in range(8):  # each reopens the silent stream, and is answered in real time
            page.clock.run_for(2_000)
            page.wait_for_load_state()

        expect(page.locator("#band")).to_contain_text("nothing new")
        agent.show(view(ups(), at=AT + 60))

        expect(page.locator("#band")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
