"""Programs that are not ours, started for a test: on loopback, on a port they choose, ended by their own pid."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import yaml

DEADLINE = 30.0  # seconds; a machine under load is slow, not broken
_PAUSE = 0.05

T = TypeVar("T")


async def poll_until(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool], deadline: float = DEADLINE) -> T:
    """Asks again and again until the answer is good; says the last answer when the deadline has passed."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    while not good(answer := await ask()):
        assert loop.time() < end, f"after {deadline:g} s still {answer!r}"
        await asyncio.sleep(_PAUSE)
    return answer


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus, asked by its HTTP API."""

    url: str
    session: aiohttp.ClientSession

    async def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """The instant vector of the expression: labels and value of each series."""
        found = await self._get("/api/v1/query", query=expression)
        return [(series["metric"], float(series["value"][1])) for series in found["result"]]

    async def values(self, expression: str) -> list[float]:
        return [value for _, value in await self.query(expression)]

    async def firing(self) -> list[dict[str, str]]:
        """The labels of each alert that fires."""
        found = await self._get("/api/v1/alerts")
        return [alert["labels"] for alert in found["alerts"] if alert["state"] == "firing"]

    async def targets(self) -> list[dict[str, Any]]:
        found = await self._get("/api/v1/targets")
        active: list[dict[str, Any]] = found["activeTargets"]
        return active

    async def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        async with self.session.get(self.url + path, params=parameters) as response:
            answer = await response.json()
        assert answer["status"] == "success", answer
        data: dict[str, Any] = answer["data"]
        return data


@asynccontextmanager
async def prometheus(folder: Path, target: str, rules: Sequence[Path] = ()) -> AsyncIterator[Prometheus]:
    """A Prometheus that scrapes the target ("host:port") every second and keeps its data in the folder."""
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_config(target, rules)), encoding="utf-8")
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--web.listen-address=127.0.0.1:0",
    ]
    async with running("prometheus", *arguments, log=folder / "prometheus.log") as log:
        address = await poll_until(lambda: _address(log), bool)
        async with aiohttp.ClientSession() as session:
            peer = Prometheus(f"http://{address}", session)
            await poll_until(lambda: _is_ready(peer), bool)
            yield peer


def _config(target: str, rules: Sequence[Path]) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(file) for file in rules],
        "scrape_configs": [{"job_name": "roomready", "static_configs": [{"targets": [target]}]}],
    }


@asynccontextmanager
async def running(program: str, *arguments: str, log: Path) -> AsyncIterator[Path]:
    """The program, running; what it says goes to the log, whose path is yielded. It is gone afterwards."""
    async with started(program, *arguments, log=log):
        yield log


@asynccontextmanager
async def started(
    program: str, *arguments: str, log: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program's process; what it says goes to the log. It is gone afterwards."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(program, *arguments, stdout=output, stderr=output, env=env)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(log: Path) -> str:
    """Prometheus says in its log which port it was given."""
    said = await asyncio.to_thread(log.read_text, encoding="utf-8")
    found = re.search(r'msg="Listening on" address=(\S+)', said)
    return found.group(1) if found else ""


async def _is_ready(peer: Prometheus) -> bool:
    async with peer.session.get(peer.url + "/-/ready") as response:
        return response.status == 200
