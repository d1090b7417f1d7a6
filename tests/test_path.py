"""The whole path, over real sockets: what happens in the room is what every surface says."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agent.alarms.catalogue import ALARMS
from exporters.rules import rules_file
from tests.lab import Lab, lab
from tests.peers import poll_until, prometheus

SILENT = ("off", "late 2", "garbled", "half", "wrong_id", "unplugged")


def in_lab(folder: Path, story: Callable[[Lab], Coroutine[Any, Any, None]], speed: float = 1.0) -> None:
    async def run() -> None:
        async with lab(folder, speed) as room:
            await story(room)

    asyncio.run(run())


def agrees(room: Lab, device: str, key: str, path: str, step: float) -> bool:
    """Whether the agent's value is the room's own, within the instrument's step and the room's pace."""
    seen, truth = room.value(device, key), room.simulation.truth()[path]
    return isinstance(seen, float) and abs(seen - float(truth)) <= step


def test_every_instrument_reads_as_the_room_is(tmp_path: Path) -> None:
    async def story(room: Lab) -> None:
        assert {"ups-1", "ups-1-card", "ats-1", "climate-1", "climate-2"} == set(room.view.snapshot.devices)
        for device, key, path, step in (
            ("ups-1", "ups_load", "ups.load_ratio", 0.02),
            ("ups-1-card", "ups_load", "ups.load_ratio", 0.005),
            ("ups-1", "ups_battery_runtime", "ups.battery.runtime", 60),
            ("ats-1", "mains_output_voltage", "transfer_switch.voltage", 2),
            ("climate-1", "air_temperature", "air.inlet_temperature", 1),
        ):
            await room.until(partial(agrees, room, device, key, path, step), f"{device} {key} as the room is")
        assert "online" == room.value("ups-1", "ups_state") == room.value("ups-1-card", "ups_state")
        assert 1.0 == room.value("ats-1", "mains_feed_available", feed="A")
        assert 0.1 < float(room.value("climate-2", "air_humidity") or 0) < 0.9

    in_lab(tmp_path, story)


def test_a_lost_feed_reaches_metrics_snapshot_and_alarms_and_goes_away_again(tmp_path: Path) -> None:
    async def story(room: Lab) -> None:
        assert 1.0 == await room.sample("roomready_mains_feed_available", device="ats-1", feed="A")
        assert 0.0 == await room.sample("roomready_alarm_active", alarm="feed_lost", feed="A")
        room.simulation.do("feeds.A fail")
        await room.until(lambda: room.value("ats-1", "mains_feed_available", feed="A") == 0.0, "feed A seen lost")
        assert 0.0 == await room.sample("roomready_mains_feed_available", device="ats-1", feed="A")
        await room.until(lambda: "feed_lost ats-1" in room.alarms(), "the alarm")
        assert 1.0 == await room.sample("roomready_alarm_active", alarm="feed_lost", device="ats-1", feed="A")
        (alarm,) = json.loads(await room.text("api/v1/snapshot"))["alarms"]
        assert ("feed_lost", {"feed": "A"}) == (alarm["alarm"], alarm["labels"])
        assert "ats-1" in alarm["says"]["zh"]
        room.simulation.do("feeds.A restore")
        await room.until(lambda: [] == room.alarms(), "the alarm cleared")
        assert 0.0 == await room.sample("roomready_alarm_active", alarm="feed_lost", feed="A")

    in_lab(tmp_path, story)


def test_the_loss_of_both_feeds_puts_the_ups_on_battery_and_drains_it(tmp_path: Path) -> None:
    async def story(room: Lab) -> None:
        room.simulation.do("feeds.A fail")
        room.simulation.do("feeds.B fail")
        await room.until(lambda: room.value("ups-1", "ups_state") == "on_battery", "on battery by the standard MIB")
        await room.until(lambda: room.value("ups-1-card", "ups_state") == "on_battery", "on battery by the maker's MIB")
        await room.until(lambda: "on_battery ups-1" in room.alarms(), "the alarm")
        await room.until(lambda: float(room.value("ups-1", "ups_battery_charge") or 1) < 0.95, "charge falling")
        assert {"feed_lost ats-1", "on_battery ups-1", "on_battery ups-1-card"} <= set(room.alarms())

    in_lab(tmp_path, story, speed=5)


@pytest.mark.parametrize("mishap", SILENT)
@pytest.mark.parametrize("device", ["ups-1", "climate-1", "climate-2"])
def test_a_device_in_trouble_goes_absent_its_neighbours_stay_and_it_comes_back(
    tmp_path: Path, device: str, mishap: str
) -> None:
    async def story(room: Lab) -> None:
        room.simulation.do(f"mishap {device} {mishap}")
        await room.until(lambda: room.view.snapshot.devices[device].up is False, "device_up tells")
        assert 0.0 == await room.sample("roomready_device_up", device=device)
        await room.until(lambda: () == tuple(room.view.snapshot.devices[device].readings), "readings aged out")
        assert None is await room.sample("roomready_ups_state", device=device)
        for name, neighbour in room.view.snapshot.devices.items():
            if name != device:
                assert neighbour.up
                assert room.view.snapshot.at - (neighbour.last_reading_at or 0) < 2
        room.simulation.do(f"mishap {device} none")
        await room.until(lambda: bool(room.view.snapshot.devices[device].up), "it recovers without a restart")
        assert room.view.snapshot.devices[device].readings

    in_lab(tmp_path, story)


def test_a_real_prometheus_scrapes_the_agent_and_fires_the_same_alarm(tmp_path: Path) -> None:
    async def story(room: Lab) -> None:
        rules = tmp_path / "rules.yml"
        rules.write_text(rules_file(ALARMS), "utf-8")
        async with prometheus(tmp_path, room.url.removeprefix("http://").rstrip("/"), [rules]) as server:
            query = 'roomready_mains_feed_available{device="ats-1",feed="A"}'
            await poll_until(lambda: server.values(query), lambda found: found == [1.0])
            room.simulation.do("feeds.A fail")
            await poll_until(lambda: server.values(query), lambda found: found == [0.0])
            fired = await poll_until(server.firing, lambda alerts: len(alerts) > 0)
        assert ("feed_lost", "ats-1", "A") == (fired[0]["alarm"], fired[0]["device"], fired[0]["feed"])

    in_lab(tmp_path, story)


def test_nothing_that_the_agent_does_is_a_write(tmp_path: Path) -> None:
    async def story(room: Lab) -> None:
        await room.until(lambda: all(d.polls["ok"] > 3 for d in room.view.snapshot.devices.values()), "a few polls")
        assert [0] * 5 == [device.server.writes_refused for device in room.simulation.devices]

    in_lab(tmp_path, story)
