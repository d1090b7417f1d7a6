"""A real Prometheus scrapes a room made by hand, and is asked what it has seen."""

import asyncio
from pathlib import Path

from agent.alarms.catalogue import ALARMS
from agent.board import Board
from exporters.http import make_app, serve
from exporters.rules import rules_file
from tests.exporters.rooms import device, reading, standing, view
from tests.peers import poll_until, prometheus

ROOM = view(
    device("ups-1", reading("ups_load", 0.42), reading("ups_state", "online"), reading("ups_input_voltage", 229.8)),
    device("ats-1", reading("mains_feed_available", 1.0, feed="A"), reading("mains_transfers", 7.0), kind="ats"),
    alarms=standing("feed_lost", "ats-1", active=False, feed="A"),
)


def test_prometheus_reads_every_value_and_forgets_one_that_is_gone(tmp_path: Path) -> None:
    async def story() -> None:
        board = Board(ROOM)
        async with (
            serve(make_app(board), "127.0.0.1", 0) as (host, port),
            prometheus(tmp_path, f"{host}:{port}") as peer,
        ):
            await poll_until(lambda: peer.values("up"), [1.0].__eq__)

            assert await peer.values('roomready_ups_load_ratio{device="ups-1",zone="auxiliary"}') == [0.42]
            assert await peer.values('roomready_ups_state{state="online"}') == [1.0]
            assert await peer.values('roomready_ups_state{state="on_battery"}') == [0.0]
            assert await peer.values("roomready_mains_transfers_total") == [7.0]
            assert await peer.values('roomready_device_up{kind="ats"}') == [1.0]
            assert await peer.values('roomready_alarm_active{alarm="feed_lost",feed="A"}') == [0.0]
            assert [target["lastError"] for target in await peer.targets()] == [""]

            board.publish(view(device("ups-1", reading("ups_input_voltage", 228.0))))
            await poll_until(lambda: peer.values("roomready_ups_input_voltage_volts"), [228.0].__eq__)

            assert await peer.values("roomready_ups_load_ratio") == []
            assert await peer.values('roomready_device_up{device="ats-1"}') == []

    asyncio.run(story())


def test_a_lost_feed_fires_in_prometheus_by_the_written_rules(tmp_path: Path) -> None:
    rules = tmp_path / "roomready.rules.yml"
    rules.write_text(rules_file(ALARMS), encoding="utf-8")

    async def story() -> list[dict[str, str]]:
        board = Board(view(device("ats-1", reading("mains_feed_available", 1.0, feed="A"), kind="ats")))
        async with (
            serve(make_app(board), "127.0.0.1", 0) as (host, port),
            prometheus(tmp_path, f"{host}:{port}", [rules]) as peer,
        ):
            await poll_until(lambda: peer.values("roomready_mains_feed_available"), [1.0].__eq__)
            assert await peer.firing() == []
            board.publish(view(device("ats-1", reading("mains_feed_available", 0.0, feed="A"), kind="ats")))
            return await poll_until(peer.firing, bool)

    (alert,) = asyncio.run(story())

    subject = {"device": "ats-1", "zone": "auxiliary", "feed": "A", "alarm": "feed_lost", "severity": "critical"}
    assert alert["alertname"] == "FeedLost"
    assert subject.items() <= alert.items()
