"""`roomready demo --prometheus`: real Prometheus and Alertmanager beside the demo, and what is said without them."""

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from tests.peers import poll_until

DEMO = (sys.executable, "-m", "agent", "demo", "--listen", "127.0.0.1:0", "--prometheus", "--scenario", "feed-a-loss")
installed = shutil.which("prometheus") and (shutil.which("prometheus-alertmanager") or shutil.which("alertmanager"))


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[Process, str]]:
    """A demo that says it is up, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *DEMO, "--control", "0", "--speed", "4", env={"TMPDIR": str(folder), "PATH": "/usr/bin"},
        stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(60):
            while "Ctrl-C" not in said:
                line = await process.stdout.readline()
                assert line, said
                said += line.decode()
        yield process, said
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def alerts(session: aiohttp.ClientSession, alertmanager: str) -> list[str]:
    async with session.get(f"{alertmanager}api/v2/alerts") as response:
        found: list[dict[str, Any]] = await response.json()
    return [alert["labels"]["alertname"] for alert in found]


@pytest.mark.skipif(not installed, reason="Debian packages prometheus and prometheus-alertmanager are not installed")
def test_an_alarm_of_the_room_arrives_at_a_real_alertmanager_and_nothing_stays_behind(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with demo(tmp_path) as (process, said), aiohttp.ClientSession() as session:
            (alertmanager,) = re.findall(r"(http://\S+)\s+\(Alertmanager\)", said)
            await poll_until(lambda: alerts(session, alertmanager), lambda names: "FeedLost" in names)
            beside = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            await process.communicate()
        assert 3 == len(beside), "the room, Prometheus and Alertmanager"
        _, alive = psutil.wait_procs(beside, timeout=10)
        assert [] == alive

    asyncio.run(story())
    assert [] == list(tmp_path.iterdir())


def test_a_missing_program_is_named_with_its_package(tmp_path: Path) -> None:
    async def story() -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *DEMO, env={"TMPDIR": str(tmp_path), "PATH": str(tmp_path)}, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        _, err = await process.communicate()
        return process.returncode or 0, err.decode()

    code, err = asyncio.run(story())

    assert 2 == code
    assert "apt install prometheus" in err
    assert "Traceback" not in err
