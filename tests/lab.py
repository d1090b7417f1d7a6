"""The lab: a simulated room and an agent on it, over real sockets, in one loop. One object, few verbs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from agent.board import View
from agent.config import load_config
from agent.service import Service
from simulators.simulation import Simulation

PATIENCE = 30.0  # seconds; a machine under load is slow, not broken
POLL = "[poll]\nstate = 0.2\ndetail = 0.4\ntimeout = 0.3\n"


@dataclass
class Lab:
    """`simulation.do(...)` causes things; `until(...)` waits until the agent has seen them."""

    simulation: Simulation
    service: Service
    url: str
    session: aiohttp.ClientSession

    @property
    def view(self) -> View:
        return self.service.board.view

    def value(self, device: str, key: str, **labels: str) -> float | str | None:
        """What the agent has for a measure now; None where it has nothing."""
        found = self.view.snapshot.devices[device].find(key, **labels)
        return None if found is None else found.reading.value

    def alarms(self) -> list[str]:
        return [f"{subject.alarm.key} {subject.device}" for subject, _ in self.view.alarms.active()]

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await self.service.board.changed()
        except TimeoutError:
            raise AssertionError(f"not within {PATIENCE:g} s: {what}") from None

    async def text(self, path: str) -> str:
        async with self.session.get(self.url + path) as response:
            assert 200 == response.status, f"{path}: {response.status}"
            return await response.text()

    async def sample(self, metric: str, **labels: str) -> float | None:
        """One sample of /metrics; None where there is none."""
        for family in text_string_to_metric_families(await self.text("metrics")):
            for sample in family.samples:
                if sample.name == metric and labels.items() <= sample.labels.items():
                    return sample.value
        return None


@asynccontextmanager
async def lab(folder: Path, speed: float = 1.0, poll: str = POLL) -> AsyncIterator[Lab]:
    """A room at rest and an agent that has read every device once; `poll` is how its configuration goes on."""
    async with Simulation(speed=speed) as simulation:
        config = folder / "room.toml"
        config.write_text(configuration(simulation.endpoints(), poll), "utf-8")
        service, stop, where = Service(load_config(config)), asyncio.Event(), asyncio.Queue[str]()
        running = asyncio.create_task(service.run(stop, where.put_nowait))
        try:
            async with aiohttp.ClientSession() as session:
                room = Lab(simulation, service, await asyncio.wait_for(where.get(), PATIENCE), session)
                devices = service.board.view.snapshot.devices
                await room.until(lambda: all(room.view.snapshot.devices[name].up for name in devices), "all devices up")
                yield room
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE)


def configuration(endpoints: list[dict[str, str]], poll: str = POLL) -> str:
    devices = [
        f"[[device]]\nname = {json.dumps(endpoint['id'])}\naddress = {json.dumps(endpoint['url'])}\n"
        for endpoint in endpoints
    ]
    return f'[http]\nlisten = "127.0.0.1:0"\n{poll}' + "".join(devices)
