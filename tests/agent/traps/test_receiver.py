"""Notifications from real senders: what each of them brings about, and what it must not."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.config import load_config
from agent.service import Service
from exporters.prometheus import render
from tests.agent.traps.listening import (
    AUTH,
    COMMUNITY,
    MINUTES,
    ON_BATTERY,
    PRIV,
    SECTION,
    Listening,
    agent_at,
    configured,
    listening,
    running,
    trap,
)

V2C = ("-v2c", "-c", COMMUNITY)
V3 = ("-v3", "-l", "authPriv", "-u", "monitor", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV)
SIGNED = ("-v3", "-l", "authNoPriv", "-u", "signer", "-a", "SHA", "-A", AUTH)
ENGINE = ("-e", "0x80001f8804abcdef01")
BATTERY = ("{to}", "", ON_BATTERY, MINUTES, "i", "12")
APC_ON_BATTERY = "1.3.6.1.4.1.318.0.5"
APC_TEXT = "1.3.6.1.4.1.318.2.3.3.0"
APC_V1 = ("{to}", "1.3.6.1.4.1.318", "192.0.2.1", "6", "5", "77", APC_TEXT, "s", "UPS: on battery power")

Story = Callable[[Listening], Coroutine[Any, Any, None]]


def with_agent(folder: Path, story: Story, devices: dict[str, str] | None = None, section: str = SECTION) -> None:
    async def run() -> None:
        async with listening(folder, devices, section) as room:
            await story(room)

    asyncio.run(run())


async def accepted(room: Listening, number: int = 1) -> None:
    await room.until(lambda: len(room.events("notification")) >= number, f"{number} accepted")


@pytest.mark.parametrize(
    ("words", "oid", "variable", "text"),
    [
        (("-v1", "-c", COMMUNITY, *APC_V1), APC_ON_BATTERY, APC_TEXT, "UPS: on battery power"),
        (("-v1", "-c", COMMUNITY, "{to}", "1.3.6.1.4.1.318", "192.0.2.1", "2", "0", "77"),
         "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.18.1.3.0", "192.0.2.1"),
        ((*V2C, *BATTERY), ON_BATTERY, MINUTES, "12"),
        ((*V3, *ENGINE, *BATTERY), ON_BATTERY, MINUTES, "12"),
        ((*SIGNED, *ENGINE, *BATTERY), ON_BATTERY, MINUTES, "12"),
    ],
    ids=["v1 of an enterprise", "v1 link down", "v2c", "v3 encrypted", "v3 signed"],
)  # fmt: skip
def test_a_trap_is_an_event_and_a_poll_of_its_sender(
    tmp_path: Path, words: tuple[str, ...], oid: str, variable: str, text: str
) -> None:
    async def story(room: Listening) -> None:
        asked = room.agents["ups"].requests
        assert 0 == (await room.sends("snmptrap", *words))[0]
        await accepted(room)
        await room.until(lambda: room.polls("ups") == 2, "polled again, 58 seconds early")

        (event,) = room.events("notification")
        assert ("ups", oid, "127.0.0.1") == (event.device, event.details["oid"], event.details["sender"])
        assert isinstance(event.details["varbinds"], dict)
        assert text == event.details["varbinds"][variable]
        assert oid in event.text.en
        assert oid in event.text.zh
        assert room.agents["ups"].requests > asked
        assert 1 == room.count("accepted")

    with_agent(tmp_path, story)


def test_what_a_trap_says_is_never_a_reading(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        await room.sends("snmptrap", *V2C, *BATTERY)
        await accepted(room)
        await room.until(lambda: room.polls("ups") == 2, "polled")

        device = room.view.snapshot.devices["ups"]
        assert device.find("ups_battery_charge") is not None
        assert device.find("ups_battery_runtime") is None

    with_agent(tmp_path, story)


@pytest.mark.parametrize("words", [V2C, V3, SIGNED], ids=["v2c", "v3 encrypted", "v3 signed"])
def test_an_inform_is_acknowledged(tmp_path: Path, words: tuple[str, ...]) -> None:
    async def story(room: Listening) -> None:
        code, said = await room.sends("snmpinform", "-r", "0", "-t", "10", *words, *BATTERY)
        await accepted(room)

        assert 0 == code, said
        assert ON_BATTERY == room.events("notification")[0].details["oid"]
        assert {"accepted": 1, "unknown_sender": 0, "refused": 0, "garbled": 0, "dropped": 0} == dict(
            room.service.board.view.traps.received if room.service.board.view.traps else {}
        )

    with_agent(tmp_path, story)


@pytest.mark.parametrize(
    "words",
    [
        ("-v1", "-c", "guess", *APC_V1),
        ("-v2c", "-c", "guess", *BATTERY),
        ("-v3", "-l", "authPriv", "-u", "nobody", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV, *ENGINE,
         *BATTERY),
        ("-v3", "-l", "authPriv", "-u", "monitor", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", "guesswork", *ENGINE,
         *BATTERY),
        ("-v3", "-l", "authPriv", "-u", "monitor", "-a", "SHA-256", "-A", "guesswork", "-x", "AES", "-X", PRIV, *ENGINE,
         *BATTERY),
        ("-v3", "-l", "authNoPriv", "-u", "monitor", "-a", "SHA-256", "-A", AUTH, *ENGINE, *BATTERY),
        ("-v3", "-l", "noAuthNoPriv", "-u", "signer", *ENGINE, *BATTERY),
    ],
    ids=["v1 community", "v2c community", "user", "privacy", "authentication", "unencrypted", "unsigned"],
)  # fmt: skip
@pytest.mark.parametrize("known", [False, True], ids=["first", "after a good one"])
def test_who_cannot_prove_himself_is_refused_and_causes_nothing(
    tmp_path: Path, words: tuple[str, ...], known: bool
) -> None:
    async def story(room: Listening) -> None:
        for good in (V3, SIGNED) if known else ():
            await room.sends("snmptrap", *good, *ENGINE, *BATTERY)
        await room.until(lambda: len(room.events("notification")) == 2 * known, "good ones heard")
        await room.sends("snmptrap", *words)
        await room.until(lambda: room.count("refused") == 1, "refused")
        assert 2 * known == room.count("accepted")

        await room.sends("snmptrap", *V3, *ENGINE, *BATTERY)
        await accepted(room, 2 * known + 1)

    with_agent(tmp_path, story)


@pytest.mark.parametrize("words", [V2C, V3], ids=["v2c", "v3"])
def test_on_a_socket_for_both_families_ipv4_devices_are_known(tmp_path: Path, words: tuple[str, ...]) -> None:
    async def story(room: Listening) -> None:
        code, said = await room.sends("snmpinform", "-r", "0", "-t", "10", *words, *BATTERY)
        assert 0 == code, said
        stranger, _ = await room.sends("snmpinform", "-r", "0", "-t", "1", *words, "udp6:[::1]:{port}", *BATTERY[1:])
        assert 1 == stranger
        await room.until(lambda: len(room.view.events) > 2, "both told")

        assert ["127.0.0.1"] == [event.details["sender"] for event in room.events("notification")]
        assert ["::1"] == [event.details["sender"] for event in room.events("unknown_sender")]

    with_agent(tmp_path, story, section=SECTION.replace("127.0.0.1:0", "[::]:0"))


def test_an_inform_that_cannot_prove_itself_is_not_acknowledged(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        for words in (("-v2c", "-c", "guess"), (*V3[:-1], "guesswork")):
            code, _ = await room.sends("snmpinform", "-r", "0", "-t", "1", *words, *BATTERY)
            assert 1 == code
        assert 2 == room.count("refused")
        assert 0 == room.count("accepted")

    with_agent(tmp_path, story)


def test_no_community_and_no_passphrase_is_ever_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(room: Listening) -> None:
        carried = ("1.3.6.1.6.3.18.1.4.0", "s", COMMUNITY, "1.3.6.1.4.1.9.1", "s", f"set by {COMMUNITY}!")
        await room.sends("snmptrap", "-v1", "-c", COMMUNITY, *APC_V1)
        await room.sends("snmptrap", *V2C, *BATTERY, *carried)
        await room.sends("snmptrap", *V3, *ENGINE, *BATTERY)
        await room.sends("snmptrap", *V3[:-1], PRIV + "-mistyped", *ENGINE, *BATTERY)
        await accepted(room, 3)
        await room.until(lambda: room.count("refused") == 1, "refused")

        varbinds = room.events("notification")[1].details["varbinds"]
        assert isinstance(varbinds, dict)
        assert "set by ***!" == varbinds["1.3.6.1.4.1.9.1"]
        assert "sesame" not in repr(room.view) + caplog.text

    caplog.set_level("DEBUG")
    with_agent(tmp_path, story)


def test_every_device_behind_an_address_is_polled(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        await room.sends("snmptrap", *V2C, *BATTERY)
        await room.until(lambda: room.polls("ups-1") == room.polls("ups-2") == 2, "both polled")
        await accepted(room, 2)

        assert {"ups-1", "ups-2"} == {event.device for event in room.events("notification")}
        assert 1 == room.polls("elsewhere")
        metrics = render(room.view)[0].decode()
        assert 'roomready_device_traps_total{device="ups-2",zone="equipment"} 1.0' in metrics
        assert 'roomready_device_traps_total{device="elsewhere",zone="equipment"} 0.0' in metrics
        assert 'roomready_traps_received_total{result="accepted"} 1.0' in metrics

    with_agent(tmp_path, story, {"ups-1": "127.0.0.1", "ups-2": "127.0.0.1", "elsewhere": "127.0.0.9"})


def test_a_stranger_is_counted_named_once_and_neither_answered_nor_polled(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        code, _ = await room.sends("snmpinform", "--clientaddr=127.0.0.2", "-r", "2", "-t", "0.2", *V2C, *BATTERY)
        assert 1 == code
        room.send(trap(), b"scan", sender="127.0.0.3")
        await room.until(lambda: room.count("unknown_sender") == 5, "three tries and two datagrams")
        await room.until(lambda: len(room.events("unknown_sender")) == 2, "each stranger told once")

        assert ["127.0.0.2", "127.0.0.3"] == [event.details["sender"] for event in room.events("unknown_sender")]
        assert 1 == room.polls("ups")
        assert [] == room.events("notification")

    with_agent(tmp_path, story)


def test_garbage_is_counted_and_the_next_trap_is_heard(tmp_path: Path) -> None:
    good = trap()
    garbage = [
        b"",
        b"\x30",
        b"GET / HTTP/1.0\r\n\r\n",
        b"\x30\x82\xff\xff" * 9,
        good[:-1],
        good[:20],
        b"\x30\x80" * 1000,
    ]

    async def story(room: Listening) -> None:
        room.send(*garbage)
        await room.until(lambda: room.count("garbled") == len(garbage), "all garbled")
        room.send(good)
        await accepted(room)

    with_agent(tmp_path, story)


def test_a_flood_is_bounded_and_a_neighbour_is_heard_and_polled_meanwhile(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        neighbour = room.polls("neighbour")
        for number in range(5000):
            room.send(trap())
            if number == 2500:
                room.send(trap(), sender="127.0.0.9")
            await asyncio.sleep(0)  # a flood that the kernel's queue holds, so that all of it reaches the agent
        await room.until(lambda: room.count("dropped") + room.count("accepted") == 5001, "the flood has arrived")
        await room.until(lambda: any(event.device == "neighbour" for event in room.events("notification")), "heard")
        await room.until(lambda: room.polls("neighbour") > neighbour, "the neighbour is polled")

        of_the_flood = len([event for event in room.events("notification") if event.device == "ups"])
        assert 5 <= of_the_flood <= 20
        assert room.polls("ups") <= 1 + of_the_flood

    limits = SECTION.replace("[traps]\n", "[traps]\nper_second = 0.1\nburst = 5\n")
    with_agent(tmp_path, story, {"ups": "127.0.0.1", "neighbour": "127.0.0.9"}, limits)


def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        section = SECTION.replace("127.0.0.1:0", f"127.0.0.1:{room.port}")
        async with agent_at("127.0.0.1") as agent:
            config = load_config(configured(tmp_path, {"ups": "127.0.0.1"}, {"ups": agent}, section))
            with pytest.raises(
                OSError, match=rf"127\.0\.0\.1:{room.port} \(\[traps\] listen\): Address already in use"
            ):
                async with running(Service(config)):
                    pass

    with_agent(tmp_path, story)


BUILT = """
import sys
from pathlib import Path
from agent.config import load_config
from agent.service import Service
Service(load_config(Path(sys.argv[1])))
print("pysnmp" in sys.modules)
"""


@pytest.mark.parametrize(("section", "loaded"), [("", "False"), (SECTION, "True")], ids=["off", "on"])
def test_pysnmp_loads_only_where_notifications_are_received(tmp_path: Path, section: str, loaded: str) -> None:
    async def written() -> Path:
        async with agent_at("127.0.0.1") as agent:
            return configured(tmp_path, {"ups": "127.0.0.1"}, {"ups": agent}, section)

    done = subprocess.run([sys.executable, "-c", BUILT, asyncio.run(written())], capture_output=True, check=True)

    assert loaded == done.stdout.decode().strip()


def test_without_a_section_there_is_no_socket_and_no_metric(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        assert room.service.traps is None
        assert room.view.traps is None
        assert b"_traps_" not in render(room.view)[0]

    with_agent(tmp_path, story, section="")


def test_a_trap_while_a_device_is_down_brings_it_back_early(tmp_path: Path) -> None:
    async def story(room: Listening) -> None:
        room.agents["ups"].silent = True
        room.send(trap())
        await room.until(lambda: room.view.snapshot.devices["ups"].up is False, "lost")
        room.agents["ups"].silent = False
        room.send(trap("1.3.6.1.6.3.1.1.5.1"))
        await room.until(lambda: room.view.snapshot.devices["ups"].up is True, "back, a minute early")

        assert ["device_lost", "device_back"] == [e.kind for e in room.view.events if e.kind.startswith("device_")]

    with_agent(tmp_path, story)
