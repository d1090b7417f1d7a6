"""The page in English and in Simplified Chinese, and whether its tables fit the catalogue."""

import re
from typing import get_args

from playwright.sync_api import Browser, expect

from agent.model.measures import BY_KEY, CATALOGUE
from agent.model.readings import Kind
from tests.dashboards.browsing import Agent, Site, card, look, tile
from tests.dashboards.room import ats, night, ups, view


def test_chinese_is_asked_for_in_the_address(browser: Browser, site: Site) -> None:
    agent = Agent(site, night())
    with look(browser, f"{agent.url}?lang=zh") as page:
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        expect(page.get_by_role("heading", level=1)).to_have_text("3 条告警：ups-2 正由电池供电")
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
    rows = [row for name in ("WORDS", "KINDS", "ZONES", "SHORT", "LABELS", "NAMES") for row in words[name].values()]
    rows += [row for pair in words["FLAGS"].values() for row in pair]
    swapped = words["WORDS"]["other_language"]  # says the language that it leads to

    for english, chinese in rows:
        assert re.search(r"[一-鿿]", chinese) or [english, chinese] == swapped
        assert re.search(r"[A-Za-z]", english) or [english, chinese] == swapped
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", chinese))
