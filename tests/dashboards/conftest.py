"""One browser for each file of tests, one server for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboards.browsing import CHROMIUM, Site, chromium

expect.set_options(timeout=20_000)  # a machine under load is slow, not broken


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Scoped to the file: while it is open its event loop is this thread's, where other tests run their own."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with chromium() as running:
        yield running


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()
