"""`roomready profile`: what is wrong in a file, a first file for an unknown device, and the list."""

import asyncio
from pathlib import Path

import pytest

from agent.profiles.draft import Seen, draft
from tests.agent.commands.test_probe import roomready
from tests.snmp_agent import Value, snmp_agent, system

BASE = "1.3.6.1.4.1.99999"
BOX: dict[str, Value] = {
    **system(f"{BASE}.1", "Acme \x07 box\n3000"),
    f"{BASE}.1.1.0": 231,
    f"{BASE}.1.2.0": "sesame # not a secret",
    **{f"{BASE}.2.1.{column}.{row}": 10 * column + row for column in (2, 3) for row in range(1, 8)},
}
GOOD = """
name = "acme"
kind = "ups"
title = "Acme"
source = "invented"
base = "1.3.6.1.4.1.99999"
[recognise]
object_ids = ["1.3.6.1.4.1.99999"]
[[scalars]]
rows = [
  { at = "1.1.0", measure = "ups_input_voltage", unit = "V" },
]
"""
BAD = (
    GOOD.replace('"V"', '"A"').replace('kind = "ups"', 'kind = "upps"\ncolour = "red"')
    + '  [[tables]]\nentry = "x"\nrows = [{ column = "1", measure = "nothing" }]\n'
)


def written(folder: Path, text: str) -> Path:
    path = folder / "acme.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_says_what_it_reads(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    code, out, _ = asyncio.run(roomready("profile", "check", str(path)))

    assert (0, f"{path}: good; ups, 1 rows: UPS (1)\n") == (code, out)


def test_every_mistake_of_a_bad_file_is_listed_with_its_place(tmp_path: Path) -> None:
    code, _, err = asyncio.run(roomready("profile", "check", str(written(tmp_path, BAD))))

    assert 2 == code
    for place in ("kind", "colour"):
        assert f"acme.toml: {place}" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["", "name = ", "name = 3", "\0", "rows = 3"])
def test_what_is_no_profile_is_refused_in_words(tmp_path: Path, text: str) -> None:
    code, _, err = asyncio.run(roomready("profile", "check", str(written(tmp_path, text))))

    assert 2 == code
    assert "acme.toml" in err
    assert "Traceback" not in err


def test_a_draft_of_an_unknown_device_passes_the_check_and_with_one_row_filled_in_the_device_is_read(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "snmp"
    folder.mkdir()
    path = folder / "acme.toml"

    async def story() -> None:
        async with snmp_agent(BOX) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, _, err = await roomready("profile", "new", url, "--out", str(path))
            assert 0 == code, err
            text = path.read_text("utf-8")
            assert 'at = "1.1.0"' in text
            assert "public" not in text
            code, out, err = await roomready("profile", "check", str(path))
            assert 0 == code, err
            assert "0 rows" in out
            row = '{ at = "1.1.0", measure = "ups_input_voltage", unit = "V" },'
            path.write_text(text.replace("rows = [\n", f"rows = [\n  {row}\n", 1).replace("unknown", "ups"), "utf-8")
            code, out, err = await roomready("probe", url, "--profiles", str(tmp_path))
            assert 0 == code, err
            assert "231 V" in out

    asyncio.run(story())


def test_a_draft_is_bounded_and_what_the_device_says_stays_in_its_comments() -> None:
    text = draft(Seen(f"{BASE}.1", "evil\n[[scalars]]", "", {f"{BASE}.1.1.0": b'"\n] # x'}))

    assert 1 == text.count("\n[[scalars]]")


def test_a_device_that_does_not_answer_ends_with_three() -> None:
    async def story() -> None:
        async with snmp_agent(BOX, silent=True) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, out, err = await roomready("profile", "new", url, "--timeout", "0.2")
            assert (3, "") == (code, out)
            assert "timed_out" in err

    asyncio.run(story())


def test_the_list_names_every_profile() -> None:
    code, out, _ = asyncio.run(roomready("profile", "list"))

    assert 0 == code
    assert "rfc1628-ups" in out
    assert "rs-ws-n01" in out
