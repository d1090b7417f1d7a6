"""What the documents claim is written from the program, and is up to date."""

from pathlib import Path

from agent.profiles.page import devices_page

DOCS = Path(__file__).parent.parent / "docs"


def test_the_list_of_devices_is_up_to_date() -> None:
    written = (DOCS / "devices.md").read_text("utf-8")

    assert devices_page() == written, "run: roomready profile list --markdown > docs/devices.md"
