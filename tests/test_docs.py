"""What the documents claim is written from the program, and is up to date."""

from pathlib import Path

import pytest

from agent.profiles.page import devices_page

DOCS = Path(__file__).parent.parent / "docs"


def test_the_list_of_devices_is_up_to_date() -> None:
    written, now = (DOCS / "devices.md").read_text("utf-8").splitlines(), devices_page().splitlines()

    if written != now:
        changed = sorted(set(written) ^ set(now))
        said = "\n".join(["docs/devices.md is out of date", *changed[:20], "update it and commit it:"])
        pytest.fail(f"{said}\n  .venv/bin/roomready profile list --markdown > docs/devices.md", pytrace=False)
