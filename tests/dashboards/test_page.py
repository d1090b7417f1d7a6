"""The page in a real browser, on the real application, over a board that the test writes."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Locator, Page, expect

from agent.model.measures import BY_KEY, CATALOGUE
from agent.model.readings import Kind
from dashboards.page.routes import routes
from exporters.stream import snapshot_event
from tests.dashboards.browsing import CHROMIUM, Agent, Site, chromium, listen
from tests.dashboards.room import AT, ats, device, night, reading, ups, view, whole_room
from tests.exporters.rooms import standing

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
expect.set_options(timeout=20_000)  # a machine under load is slow, not broken


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


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


def test_every_device_has_its_card(browser: Browser, site: Site) -> None:
    devices = whole_room()
    agent = Agent(site, view(*devices))
    with look(browser, agent.url) as page:
        expect(page.get_by_role("article").get_by_role("heading")).to_have_text([each.name for each in devices])

        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        expect(tile(page, "ups-1", "Load")).to_have_text("Load42%")
        expect(tile(page, "ups-1", "Runtime left")).to_have_text("Runtime left2 h 05 min")
        expect(tile(page, "ups-1", "Output")).to_have_text("OutputL1230.1VL2229.7VL3230.4V")
        expect(tile(page, "ats-1", "Feed A")).to_have_text("Feed Aavailablein use230.2V")
        expect(tile(page, "racks", "Temperature")).to_have_text("Temperature22.9 to 25.4°C6 values")
        expect(tile(page, "main-meter", "Power")).to_have_text("Power19.85kW")
        expect(tile(page, "main-meter", "Energy")).to_have_text("Energy144.44MWh")
        expect(tile(page, "main-meter", "Power factor")).to_have_text("Power factor0.98")


def test_a_value_that_changes_at_the_agent_changes_on_the_page(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups(load=0.42)))
    with look(browser, agent.url) as page:
        expect(tile(page, "ups-1", "Load")).to_contain_text("42")
        agent.show(view(ups(load=0.87), at=AT + 1))

        expect(tile(page, "ups-1", "Load")).to_contain_text("87")


def test_devices_come_and_go(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups("a"), ups("c")))
    with look(browser, agent.url) as page:
        headings = page.get_by_role("article").get_by_role("heading")
        expect(headings).to_have_text(["a", "c"])
        agent.show(view(ups("c"), ups("b"), at=AT + 1))

        expect(headings).to_have_text(["c", "b"])


def test_what_is_not_known_is_a_dash_and_never_zero(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups()))
    with look(browser, agent.url) as page:
        expect(tile(page, "ups-1", "Input")).to_have_text("Input229.8V")
        agent.show(view(device("ups-1", "ups", reading("ups_load", 0.0)), at=AT + 1))

        expect(tile(page, "ups-1", "Input")).to_have_text("Input–no reading")
        expect(tile(page, "ups-1", "Load")).to_have_text("Load0%")


def test_the_verdict_says_the_gravest_alarm_and_what_to_do(browser: Browser, site: Site) -> None:
    agent = Agent(site, night())
    with look(browser, agent.url) as page:
        verdict = page.locator("#verdict")
        expect(page.get_by_role("heading", level=1)).to_have_text("3 alarms: Mains feed B at ats-1 is lost")
        expect(verdict).to_contain_text("What to do: Check the feed's incoming breaker")
        expect(verdict).to_have_attribute("data-state", "critical")
        expect(page).to_have_title("3 alarms: Mains feed B at ats-1 is lost · roomready")
        expect(page.locator("#alarms li")).to_have_count(3)
        expect(page.locator("#alarms li").first).to_contain_text(re.compile(r"Critical.*lost.*1 min \d\d s ago"))
        expect(card(page, "crac-1")).to_contain_text(re.compile(r"Down.*No answer for 3 min \d\d s – timed out"))
        expect(card(page, "genset")).to_contain_text("Not heard yet")
        agent.show(view(*whole_room(), at=AT + 1))

        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        expect(page.locator("#alarms")).to_be_hidden()
        expect(verdict).to_have_attribute("data-state", "normal")


def test_a_silent_device_without_an_alarm_is_not_called_normal(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups(), device("crac-1", "cooling", up=False), device("genset", "generator", up=None)))
    with look(browser, agent.url) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("No alarm, but not all is known")
        expect(page.locator("#verdict")).to_contain_text("No reading from: crac-1, genset")


def test_a_name_that_looks_like_markup_stays_text(browser: Browser, site: Site) -> None:
    name = "<script>alert(1)</script>"
    evil = device(
        name,
        "climate",
        reading("air_temperature", 21.0, sensor="<img src=x onerror=alert(2)>"),
        reading("air_temperature", 22.0, sensor="b"),
        zone="<b>zone</b>",
    )
    agent = Agent(site, view(evil, alarms=standing("device_silent", name, at=AT)))
    with look(browser, agent.url) as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        expect(page.get_by_role("article").get_by_role("heading")).to_have_text([name])
        expect(page.get_by_role("heading", level=1)).to_have_text(f"1 alarm: {name} does not answer")
        card(page, name).get_by_text("All readings").click()
        expect(card(page, name).locator(".readings")).to_contain_text("<img src=x onerror=alert(2)>")

        assert page.locator("body script, img, b").count() == 0
        assert dialogs == []


def test_a_disclosure_shows_everything_and_stays_open_while_values_change(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups(load=0.42)))
    with look(browser, agent.url) as page:
        card(page, "ups-1").get_by_text("All readings (10)").press("Enter")
        details = card(page, "ups-1").locator("details")
        expect(details.locator("li")).to_have_count(10)
        for said in ("Acme", "PowerKeeper 20", "AC-20-0007", "snmp://ups.example", "21 ms", "30 min ago"):
            expect(details).to_contain_text(said)
        load = details.locator("li", has_text="UPS load")
        expect(load).to_contain_text(re.compile(r"42 %1\.3\.6\.1\.4\.1\.318\.1\.1\.1\.2\.2\.1\d+ s ago"))
        agent.show(view(ups(load=0.87), at=AT + 1))

        expect(load).to_contain_text("87 %")
        expect(load.locator(".name")).to_have_attribute("title", "roomready_ups_load_ratio")


def test_ages_grow_by_the_agents_clock_however_wrong_the_viewers_is(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups()))
    with look(browser, agent.url) as page:
        expect(card(page, "ups-1").locator(".age").first).to_have_text(re.compile(r"^Read [2-9] s ago$"))
        expect(card(page, "ups-1").locator(".age").first).to_have_text(re.compile(r"^Read ([4-9]|\d\d) s ago$"))
        agent.show(view(ups(), at=AT + 3600))

        expect(card(page, "ups-1").locator(".age").first).to_have_text("Read 1 h 00 min ago")
        expect(tile(page, "ups-1", "Load")).to_contain_text("1 h 00 min ago")


def test_chinese_is_asked_for_in_the_address(browser: Browser, site: Site) -> None:
    agent = Agent(site, night())
    with look(browser, f"{agent.url}?lang=zh") as page:
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        expect(page.get_by_role("heading", level=1)).to_have_text("3 条告警：ats-1 的市电 B 路已中断")
        expect(tile(page, "ups-2", "供电方式")).to_have_text("供电方式电池供电")
        expect(tile(page, "ups-2", "输出电压")).to_have_text("输出电压–无读数")
        expect(card(page, "crac-1")).to_contain_text("离线")


def test_the_browsers_language_is_taken_and_the_switch_is_remembered(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ups()))
    with look(browser, agent.url, locale="zh-CN") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("机房正常")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.reload()

        expect(page.get_by_role("heading", level=1)).to_have_text("Room normal")


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_never_scrolls_sideways(browser: Browser, site: Site, language: str) -> None:
    endless = device("n" * 90, "climate", reading("air_temperature", 21.0, sensor="s" * 90), zone="z" * 90)
    agent = Agent(site, view(endless, *night().snapshot.devices.values(), alarms=night().alarms))
    url = f"{agent.url}?lang={language}"
    with look(browser, url, viewport={"width": 390, "height": 844}) as page:
        expect(page.get_by_role("article")).to_have_count(12)
        for summary in page.locator("summary").all():
            summary.click()

        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_quiet_room_fits_on_a_wall(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(*whole_room()))
    with look(browser, f"{agent.url}?wall&lang=zh", viewport={"width": 1920, "height": 1080}) as page:
        expect(page.get_by_role("article")).to_have_count(len(whole_room()))

        assert page.evaluate("document.documentElement.scrollHeight") == 1080
        assert page.locator("h1").evaluate("node => parseFloat(getComputedStyle(node).fontSize)") > 60


def test_the_pages_tables_speak_of_what_the_catalogue_has(browser: Browser, site: Site) -> None:
    """The page spells keys on its own; each of them must exist, and each flag, kind and label must have its words."""
    agent = Agent(site, view(ats()))
    with look(browser, agent.url) as page:
        words = page.evaluate("import('/static/words.js').then((module) => ({ ...module }))")
        kinds = page.evaluate("import('/static/kinds.js').then((module) => ({ ...module }))")
    shown = {key for table in ("EXPECTED", "WELCOME") for keys in kinds[table].values() for key in keys}

    assert shown <= set(BY_KEY)
    assert set(words["SHORT"]) <= set(BY_KEY)
    assert shown <= set(words["SHORT"])
    assert set(words["FLAGS"]) == {measure.key for measure in CATALOGUE if measure.is_flag}
    assert set(words["KINDS"]) == set(get_args(Kind))
    assert set(words["LABELS"]) == {label for measure in CATALOGUE for label in measure.labels}


def test_every_word_is_said_in_both_languages(browser: Browser, site: Site) -> None:
    agent = Agent(site, view(ats()))
    with look(browser, agent.url) as page:
        words = page.evaluate("import('/static/words.js').then((module) => ({ ...module }))")
    rows = [row for name in ("WORDS", "KINDS", "ZONES", "SHORT", "LABELS", "CONTACTS") for row in words[name].values()]
    rows += [row for pair in words["FLAGS"].values() for row in pair]
    swapped = words["WORDS"]["other_language"]  # says the language that it leads to

    for english, chinese in rows:
        assert re.search(r"[一-鿿]", chinese) or [english, chinese] == swapped
        assert re.search(r"[A-Za-z]", english) or [english, chinese] == swapped
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", chinese))
