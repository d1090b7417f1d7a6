"""Devices that speak up by themselves are polled at once, by the whole agent; and the lines they sit on are counted."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agent.board import View
from agent.config import load_config
from agent.service import Service
from exporters.prometheus import render
from tests.agent.drivers.smart_ups import SmartUps
from tests.agent.links.far_side import FarSide, at_pty
from tests.agent.traps.listening import PATIENCE, running

ON_BATTERY = 'roomready_ups_state{device="ups",state="on_battery",zone="equipment"} 1.0'


@asynccontextmanager
async def agent_on(folder: Path, far: FarSide) -> AsyncIterator[Service]:
    """An agent that polls the UPS once a minute unless it speaks up, and has polled it once."""
    file = folder / "room.toml"
    device = f'[[device]]\nname = "ups"\naddress = "{far.url("apc-smart")}"\n'
    file.write_text(f'[http]\nlisten = "127.0.0.1:0"\n[poll]\nstate = 60\ndetail = 60\n{device}', "utf-8")
    service = Service(load_config(file))
    async with running(service):
        await shown(service, "roomready_device_up{")
        yield service


async def shown(service: Service, text: str) -> View:
    """Waits until the metrics have the text."""
    async with asyncio.timeout(PATIENCE):
        while text not in render(service.board.view)[0].decode():
            await service.board.changed()
    return service.board.view


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def test_a_ups_that_says_that_the_line_failed_is_seen_on_battery_long_before_its_next_poll(tmp_path: Path) -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far, agent_on(tmp_path, far) as service:
            ups.answers["Q"] = "10"
            began = asyncio.get_running_loop().time()
            far.say(b"!")
            await shown(service, ON_BATTERY)
            taken = asyncio.get_running_loop().time() - began
        assert taken < PATIENCE

    run(story())


def test_a_ups_that_keeps_saying_it_is_asked_no_faster_than_it_can_bear(tmp_path: Path) -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far, agent_on(tmp_path, far) as service:
            ups.asked = ""
            began = asyncio.get_running_loop().time()
            for _ in range(100):
                far.say(b"!")
                await asyncio.sleep(0.005)
            ups.answers["Q"] = "10"
            await shown(service, ON_BATTERY)
            taken = asyncio.get_running_loop().time() - began
        assert 2 <= ups.asked.count("Q") <= 2 + taken / 0.2
        assert "g" not in ups.asked  # a hint is about the state, not about ratings

    run(story())


def test_what_happens_on_the_line_is_a_metric_under_its_place(tmp_path: Path) -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far, agent_on(tmp_path, far) as service:
            metrics = render(service.board.view)[0].decode()
            assert f'roomready_line_requests_total{{line="{far.place}"}}' in metrics
            for measure in ("timeouts", "resynchronisations", "busy_seconds"):
                assert f'roomready_line_{measure}_total{{line="{far.place}"}}' in metrics

    run(story())
