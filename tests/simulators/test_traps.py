"""What the simulated SNMP cards say unasked: heard by net-snmp's snmptrapd, and by the agent, which polls at once."""

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from simulators.devices import MONITOR
from simulators.instruments import apc_traps, ups_mib_traps
from simulators.instruments.notifications import Herald
from simulators.room.room import Room
from simulators.servers import snmp_traps
from simulators.servers.snmp import SnmpServer
from simulators.servers.snmp_traps import Receiver
from simulators.simulation import Simulation
from tests.lab import Lab, lab
from tests.peers import poll_until, started

UPS_TRAP, APC_TRAP = "1.3.6.1.2.1.33.2.", "1.3.6.1.4.1.318.0."
IN_V1 = (".1.3.6.1.4.1.318 Enterprise Specific Trap (126)", ".1.3.6.1.2.1.33.2 Enterprise Specific Trap (1)")
IN_V2 = ("= OID: .1.3.6.1.4.1.318.0.126", "= OID: .1.3.6.1.2.1.33.2.1")
OBJECTS = ("on battery power", ".1.3.6.1.2.1.33.1.9.7.0 = INTEGER: 2")
needs_snmptrapd = pytest.mark.skipif(shutil.which("snmptrapd") is None, reason="snmptrapd is not installed")


def told(make: Callable[[Room], Herald[Any]], *happenings: str | float) -> list[str]:
    """The names of what a card says while things happen (words) and time passes (seconds)."""
    room = Room(seed=7)
    for _ in range(10):
        room.step(0.1)
    herald, names = make(room), []
    for happening in happenings:
        if isinstance(happening, str):
            room.do(happening)
            continue
        for _ in range(round(happening / 0.1)):
            room.step(0.1)
            names += [notification.name for notification in herald.news()]
    return names


def test_a_standard_card_repeats_on_battery_every_minute_and_adds_and_removes_alarms() -> None:
    names = told(ups_mib_traps.herald, "feeds.A fail", "feeds.B fail", 130.0, "feeds.A restore", 10.0)

    assert 3 == names.count(f"{UPS_TRAP}1")
    assert names.count(f"{UPS_TRAP}3") == names.count(f"{UPS_TRAP}4") > 0
    assert f"{UPS_TRAP}2" not in names


def test_a_standard_card_tells_that_a_test_is_completed() -> None:
    names = told(ups_mib_traps.herald, "ups.1 self_test", 15.0)

    assert [f"{UPS_TRAP}1", f"{UPS_TRAP}2"] == names


def test_the_makers_card_tells_on_battery_once_and_power_restored_once() -> None:
    names = told(apc_traps.of_ups, "feeds.A fail", "feeds.B fail", 100.0, "feeds.A restore", 10.0)

    assert [f"{APC_TRAP}5", f"{APC_TRAP}9"] == names


def test_the_transfer_switch_tells_each_transfer_and_its_redundancy() -> None:
    names = told(apc_traps.of_ats, "feeds.A fail", 5.0, "feeds.A restore", 35.0)

    assert {f"{APC_TRAP}{number}" for number in (126, 127, 698)} == set(names[:3])
    assert [f"{APC_TRAP}128", f"{APC_TRAP}699", f"{APC_TRAP}126"] == names[3:]


@pytest.mark.parametrize("word", ["", "127.0.0.1", "10.0.0.1:162", "127.0.0.1:0", "127.0.0.1:x", "v4:127.0.0.1:162"])
def test_a_receiver_that_is_not_on_the_loopback_interface_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"expected \[v1:\|v2c:\|v3:\]HOST:PORT"):
        snmp_traps.parse(word)


@asynccontextmanager
async def snmptrapd(folder: Path, engine_ids: list[bytes]) -> AsyncIterator[tuple[int, Path]]:
    """A listening snmptrapd: its port and its log. It takes no port 0, so a free one is found for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = f"{MONITOR.name} SHA {MONITOR.auth_passphrase} AES {MONITOR.priv_passphrase}"
    lines = [
        "authCommunity log public",
        f"authUser log {MONITOR.name} priv",
        *(f"createUser -e 0x{engine.hex()} {user}" for engine in engine_ids),
    ]
    config, log = folder / "snmptrapd.conf", folder / "snmptrapd.log"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    words = ["-f", "-Lo", "-On", "-C", "-c", str(config), "-p", str(folder / "snmptrapd.pid"), f"udp:127.0.0.1:{port}"]
    environment = {"SNMP_PERSISTENT_DIR": str(folder), "MIBS": "", "PATH": "/usr/sbin:/usr/bin"}
    async with started("snmptrapd", *words, log=log, env=environment):
        await poll_until(lambda: said(log), lambda text: "NET-SNMP version" in text)
        yield port, log


async def said(log: Path) -> str:
    return await asyncio.to_thread(log.read_text, "utf-8")


def contains(words: str, text: str) -> bool:
    return words in text


@needs_snmptrapd
@pytest.mark.parametrize("version", ["v1", "v2c", "v3"])
def test_snmptrapd_hears_a_mains_failure(tmp_path: Path, version: str) -> None:
    async def story() -> None:
        async with Simulation() as simulation:
            engines = [each.server.engine_id for each in simulation.devices if isinstance(each.server, SnmpServer)]
            async with snmptrapd(tmp_path, engines) as (port, log):
                simulation.send_traps_to(Receiver("127.0.0.1", port, version))
                simulation.do("feeds.A fail")
                switched, on_battery = IN_V1 if version == "v1" else IN_V2
                await poll_until(lambda: said(log), partial(contains, switched))
                simulation.do("feeds.B fail")
                for words in (on_battery, *OBJECTS):
                    await poll_until(lambda: said(log), partial(contains, words))

    asyncio.run(story())


def test_a_lost_feed_is_known_at_once_by_an_agent_that_seldom_polls(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("public\n", "utf-8")
    seldom = (
        "[poll]\nstate = 60\ndetail = 60\ntimeout = 0.3\n"
        f'[traps]\nlisten = "127.0.0.1:0"\ncommunities = ["file:{tmp_path / "community"}"]\n'
    )

    async def story(room: Lab) -> None:
        receiver = room.service.traps
        assert receiver is not None
        room.simulation.send_traps_to(Receiver("127.0.0.1", receiver.port, "v2c"))
        asked = time.monotonic()
        room.simulation.do("feeds.A fail")
        await room.until(lambda: room.value("ats-1", "mains_feed_available", feed="A") == 0.0, "feed A seen lost")

        assert time.monotonic() - asked < 30
        assert receiver.counts.received["accepted"] > 0
        assert f"{APC_TRAP}126" in [event.details.get("oid") for event in room.view.events]

    async def run() -> None:
        async with lab(tmp_path, poll=seldom) as room:
            await story(room)

    asyncio.run(run())
