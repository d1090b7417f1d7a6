"""`roomready simulate` as a program: endpoints, control, endings, and its errors."""

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from simulators import scenario

SIMULATE = (sys.executable, "-m", "agent", "simulate")


@asynccontextmanager
async def simulation(folder: Path, *words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int, Path]]:
    """A running simulation: its process, control port and endpoints file."""
    file = folder / "endpoints.json"
    process = await asyncio.create_subprocess_exec(
        *SIMULATE, "--control", "0", "--endpoints", str(file), *words, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = ""
            while (found := re.search(r"control +http://127\.0\.0\.1:(\d+)", said)) is None:
                said += (await process.stdout.readline()).decode()
        yield process, int(found[1]), file
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def simulate(*words: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *SIMULATE, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def test_the_endpoints_file_lists_what_probe_takes_and_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    async def story() -> None:
        async with simulation(tmp_path) as (process, _, file):
            rows = json.loads(file.read_text("utf-8"))
            assert all({"id", "kind", "protocol", "url"} == set(row) for row in rows)
            assert {"snmp", "modbus+tcp", "modbus+rtu"} == {row["protocol"] for row in rows}
            for row in rows:
                probe = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "agent", "probe", row["url"], "--json", stdout=asyncio.subprocess.PIPE
                )
                out, _ = await probe.communicate()
                assert 0 == probe.returncode, row
                assert row["kind"] == json.loads(out)["device"]["kind"]
            process.send_signal(signal.SIGINT)
            assert 0 == await asyncio.wait_for(process.wait(), 20)

    asyncio.run(story())


def test_causes_come_in_by_the_control_port_and_wrong_ones_say_what_is_possible(tmp_path: Path) -> None:
    async def story() -> None:
        async with simulation(tmp_path, "--speed", "20") as (_, port, _file):
            code, out, _ = await simulate("--control", str(port), "--do", "feeds.A fail")
            assert 0 == code
            assert "feeds.A fail" in out
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/truth") as answer:
                assert 0.0 == (await answer.json())["feeds.A.voltage"]
            code, _, err = await simulate("--control", str(port), "--do", "feeds.A explode")
            assert 2 == code
            assert "possible: feeds.A fail" in err
            code, out, _ = await simulate("--control", str(port), "--do", "help")
            assert 0 == code
            assert {"feeds.A fail", "load set WATTS", "scenario feed-a-loss"} <= set(out.splitlines())
            assert "mishap climate-2 none, off, late SECONDS" in out
            assert "cooling.2" not in out  # the small room has no second unit
            code, _, err = await simulate("--control", str(port), "--do", "mishap")
            assert 2 == code
            assert "expected a cause, `scenario NAME`, `mishap DEVICE KIND` or `help`" in err

    asyncio.run(story())


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--control", "1", "--do", "feeds.A fail"], 3, "no simulation listens on control port 1"),
        (["--scenario", "doomsday"], 2, "unknown scenario 'doomsday'; possible: "),
        (["--speed", "0"], 2, "found 0, expected more than 0"),
        (["--control", "0", "--endpoints", "/nowhere/at/all.json"], 2, "choose another file with --endpoints"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], code: int, sentence: str) -> None:
    ended, _, err = asyncio.run(simulate(*words))

    assert code == ended
    assert sentence in err
    assert "Traceback" not in err


def test_a_taken_control_port_names_itself_and_the_option(tmp_path: Path) -> None:
    async def story() -> None:
        async with simulation(tmp_path) as (_, port, _file):
            code, _, err = await simulate("--control", str(port))
            assert 2 == code
            assert f"control port {port}" in err
            assert "--control" in err

    asyncio.run(story())


def test_the_list_names_every_scenario_with_its_title() -> None:
    code, out, _ = asyncio.run(simulate("--list"))

    assert 0 == code
    for name in ("normal", "feed-a-loss", "both-feeds-loss", "cooling-failure"):
        assert f"{name} " in out
        assert scenario.load(name).title in out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title = 3", "expected `str`, got `int` - at `$.title`"),
        (
            'title = "x"\n[expect]\nen = "a"\nzh = "b"\n[[cause]]\nat = 1\ndo = "sing"',
            "cause[0].do: unknown cause 'sing'",
        ),
        ('title = "x"\n[expect]\nen = "a"\nzh = "b"\n[[cause]]\nat = -1\ndo = "feeds.A fail"', "found -1, expected 0"),
        ("title = ", "Invalid value"),
        ('title = "x"\ncolour = "red"\n[expect]\nen = "a"\nzh = "b"', "unknown field `colour`"),
    ],
)
def test_a_wrong_scenario_file_says_where_and_what(text: str, sentence: str) -> None:
    with pytest.raises(scenario.ScenarioError) as caught:
        scenario.read(text, "mine.toml")

    assert "mine.toml" in str(caught.value)
    assert sentence.lower() in str(caught.value).lower()
