"""What the page shows, in a real browser, on the real application, over a board that the test writes."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboards.browsing import Agent, Site, card, look, tile
from tests.dashboards.room import AT, device, night, reading, ups, view, whole_room
from tests.exporters.rooms import standing


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


def test_a_total_stands_for_its_parts(browser: Browser, site: Site) -> None:
    parts = [reading("circuit_power", 400.0, circuit="1"), reading("circuit_power", 500.0, circuit="2")]
    agent = Agent(site, view(device("pdu-a", "pdu", *parts, reading("circuit_power", 950.0, circuit="total"))))
    with look(browser, agent.url) as page:
        expect(tile(page, "pdu-a", "Power")).to_have_text("Power950W")


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
        expect(page.get_by_role("heading", level=1)).to_have_text("3 alarms: ups-2 runs on its battery")
        expect(verdict).to_contain_text("What to do: Check both feeds and the transfer switch")
        expect(verdict).to_have_attribute("data-state", "critical")
        expect(page).to_have_title("3 alarms: ups-2 runs on its battery · roomready")
        expect(page.locator("#alarms li")).to_have_count(3)
        expect(page.locator("#alarms li").first).to_contain_text(re.compile(r"Critical.*on its battery.*ago"))
        expect(card(page, "crac-1")).to_contain_text(re.compile(r"Down.*No answer for 3 min \d\d s – timed out"))
        expect(card(page, "ats-1").locator(".chip")).to_have_text("Mains feed lost · Feed B")
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
