"""Megatec, UPS-Link, NUT and apcupsd, byte by byte: what no real driver asks, and what a tired device does."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.instruments import apc_smart, apcupsd_status, megatec, nut_variables
from simulators.mishaps import Mishap
from simulators.room.plan import CALL_CENTRE, CLOSET
from simulators.room.room import Room
from simulators.servers.apc_smart import Alerts, ApcSmartServer
from simulators.servers.apcupsd import ApcupsdServer, Report
from simulators.servers.line_server import LineServer
from simulators.servers.lines import TcpLine
from simulators.servers.megatec import MegatecServer
from simulators.servers.nut import NutServer
from tests.simulators.line_client import Client, talking

CR, LF, CRLF, END = b"\r", b"\n", b"\r\n", b"\0\0"
SERIAL = "SIM-UPS-1"


def pass_time(room: Room, seconds: float) -> None:
    for _ in range(round(seconds * 10)):
        room.step(0.1)


def room_after(*causes: str, seconds: float = 20.0, plan: Any = CALL_CENTRE) -> Room:
    room = Room(2, plan)
    pass_time(room, 1.0)
    for cause in causes:
        room.do(cause)
    pass_time(room, seconds)
    return room


def ticks_of(room: Room) -> Callable[[], int]:
    return lambda: room.ticks


def megatec_server(room: Room) -> LineServer:
    view = partial(megatec.megatec, room.ups, SERIAL)
    return MegatecServer(view, ticks_of(room), TcpLine(serial=True))


def voltronic_server(room: Room) -> LineServer:
    view = partial(megatec.voltronic, room.ups, SERIAL)
    return MegatecServer(view, ticks_of(room), TcpLine(serial=True), "voltronic")


def smart_server(room: Room) -> LineServer:
    alerts = Alerts(partial(apc_smart.conditions, room, room.ups), apc_smart.ALERTS)
    view = partial(apc_smart.answers, room, room.ups, SERIAL)
    return ApcSmartServer(view, alerts, ticks_of(room), TcpLine(serial=True))


def nut_server(room: Room) -> LineServer:
    return NutServer(partial(nut_variables.devices, room), ticks_of(room), "ups-1")


def apcupsd_server(room: Room) -> LineServer:
    def look() -> Report:
        return Report(apcupsd_status.status(room, room.ups, SERIAL), tuple(apcupsd_status.events(room.ups)))

    return ApcupsdServer(look, ticks_of(room))


def talk(
    make: Callable[[Room], LineServer],
    story: Callable[[Client, LineServer, Room], Coroutine[Any, Any, None]],
    room: Room | None = None,
) -> None:
    async def run() -> None:
        place = room or room_after(seconds=0.1)
        server = make(place)
        async with talking(server) as client:
            await story(client, server, place)

    asyncio.run(run())


CAUSES = [
    [],
    ["feeds.A fail", "feeds.B fail"],
    ["load set 20000"],
    ["load set 20000", "feeds.A fail", "feeds.B fail"],
    ["ups.1 self_test"],
    ["feeds.A sag 0.8", "feeds.B sag 0.8"],
]


@pytest.mark.parametrize("plan", [CALL_CENTRE, CLOSET], ids=["on-line", "line-interactive"])
@pytest.mark.parametrize("causes", CAUSES)
def test_every_megatec_field_keeps_its_place_whatever_happens(causes: list[str], plan: Any) -> None:
    answers = megatec.voltronic(room_after(*causes, plan=plan).ups, SERIAL)
    widths = {"Q1": 46, "F": 21, "I": 38, "QGS": 75, "QMOD": 2, "QRI": 21, "QWS": 65, "QBV": 20}

    assert widths == {question: len(answers[question]) for question in widths}


@pytest.mark.parametrize(
    ("causes", "seconds", "flags", "mode"),
    [
        ([], 5.0, "00000001", "(L"),
        (["feeds.A fail", "feeds.B fail"], 5.0, "10000001", "(B"),
        (["feeds.A fail", "feeds.B fail"], 740.0, "11000001", "(B"),
        (["load set 20000"], 5.0, "00100001", "(Y"),
        (["ups.1 self_test"], 5.0, "00000101", "(T"),
    ],
)
def test_megatec_flags_and_mode_say_what_is_so(causes: list[str], seconds: float, flags: str, mode: str) -> None:
    answers = megatec.voltronic(room_after(*causes, seconds=seconds).ups, SERIAL)

    assert (flags, mode) == (answers["Q1"].split()[-1], answers["QMOD"])


def test_megatec_sends_back_what_it_does_not_know_and_voltronic_says_so() -> None:
    async def echoing(client: Client, server: LineServer, _: Room) -> None:
        assert b"QGS\r" == await client.ask(b"QGS\r", CR)
        assert 0 == server.writes_refused
        for command in (b"T\r", b"S01R0002\r", b"CT\r", b"Q\r"):
            assert command == await client.ask(command, CR)
        assert 4 == server.writes_refused

    async def refusing(client: Client, server: LineServer, _: Room) -> None:
        assert b"(NAK\r" == await client.ask(b"S.5\r", CR)
        assert b"(NAK\r" == await client.ask(b"M\r", CR)
        assert 1 == server.writes_refused

    talk(megatec_server, echoing)
    talk(voltronic_server, refusing)


def test_ups_link_is_silent_until_it_is_woken_and_refuses_what_would_change_it() -> None:
    async def story(client: Client, server: LineServer, room: Room) -> None:
        client.say(b"Q\x1b")
        assert b"SM\r\n" == await client.ask(b"Y", CRLF)
        assert b"08\r\n" == await client.ask(b"Q", CRLF)
        for command in (b"K", b"@003", b"\x0e", b"U", b"-", b"\x7f"):
            assert b"NA\r\n" == await client.ask(command, CRLF)
        assert 6 == server.writes_refused
        listed = (await client.ask(b"a", CRLF)).strip().decode("latin-1").split(".", 2)
        assert set(listed[2]) == set(apc_smart.answers(room, room.ups, SERIAL))
        assert b"BYE\r\n" == await client.ask(b"R", CRLF)

    talk(smart_server, story)


def test_ups_link_says_unasked_what_happens() -> None:
    async def story(client: Client, _: LineServer, room: Room) -> None:
        await client.ask(b"Y", CRLF)
        for causes, seconds, said in (
            (("feeds.A fail", "feeds.B fail"), 5.0, b"!"),
            ((), 30.0, b"!"),
            ((), 705.0, b"%"),
            (("feeds.A restore", "feeds.B restore"), 70.0, b"$"),
        ):
            for cause in causes:
                room.do(cause)
            pass_time(room, seconds)
            assert (await client.hear(said)).endswith(said)
        assert (await client.hear(b"+")).strip() == b"+"

    talk(smart_server, story)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"NETVER", b"1.3"),
        (b"get var ups-1 device.serial", b'VAR ups-1 device.serial "SIM-UPS-1"'),
        (b'GET VAR "ups-1" "device.type"', b'VAR ups-1 device.type "ups"'),
        (b"GET VAR ups-9 ups.status", b"ERR UNKNOWN-UPS"),
        (b"GET VAR ups-1 ups.colour", b"ERR VAR-NOT-SUPPORTED"),
        (b"GET TYPE ups-1 battery.charge", b"TYPE ups-1 battery.charge NUMBER"),
        (b"GET UPSDESC ats-1", b'UPSDESC ats-1 "Simulated transfer switch"'),
        (b"GET SOMETHING", b"ERR INVALID-ARGUMENT"),
        (b"LIST RW ups-1", b"BEGIN LIST RW ups-1"),
        (b"LIST NOTHING ups-1", b"ERR INVALID-ARGUMENT"),
        (b"# a comment", b"ERR UNKNOWN-COMMAND"),
        (b"", b"ERR UNKNOWN-COMMAND"),
        (b'GET VAR "ups-1', b"ERR UNKNOWN-COMMAND"),
        (b"STARTTLS", b"ERR FEATURE-NOT-CONFIGURED"),
        (b"LOGIN ups-1", b"ERR USERNAME-REQUIRED"),
        (b"INSTCMD ups-1 load.off", b"ERR ACCESS-DENIED"),
        (b'SET VAR ups-1 ups.id "x"', b"ERR ACCESS-DENIED"),
    ],
)
def test_the_nut_server_answers_each_line(question: bytes, answer: bytes) -> None:
    async def story(client: Client, server: LineServer, _: Room) -> None:
        assert answer == (await client.ask(question + LF, LF)).strip()
        assert (b"DENIED" in answer) == server.writes_refused

    talk(nut_server, story)


def test_a_nut_client_logs_in_is_counted_and_says_goodbye() -> None:
    async def story(client: Client, server: LineServer, _: Room) -> None:
        for question, answer in (
            (b"USERNAME duty", b"OK"),
            (b"USERNAME duty", b"ERR ALREADY-SET-USERNAME"),
            (b"PASSWORD secret", b"OK"),
            (b"LOGIN ups-2", b"OK"),
            (b"LOGIN ups-2", b"ERR ALREADY-LOGGED-IN"),
            (b"GET NUMLOGINS ups-2", b"NUMLOGINS ups-2 1"),
            (b"LOGOUT", b"OK Goodbye"),
        ):
            assert answer == (await client.ask(question + LF, LF)).strip()
        assert b"" == await client.hear_all()

    talk(nut_server, story)


def test_the_apcupsd_header_counts_its_records_and_a_wrong_command_gets_a_nul() -> None:
    async def story(client: Client, _: LineServer, room: Room) -> None:
        reply = await client.ask(b"\0\6status", END)
        records = []
        while size := int.from_bytes(reply[:2], "big"):
            records.append(reply[2 : 2 + size])
            reply = reply[2 + size :]
        counted = f"001,{len(records) - 1:03},{sum(map(len, records[1:])):04}"
        assert f"APC      : {counted}\n".encode() == records[0]
        assert records[-1].startswith(b"END APC")
        assert b"\x00\x11Invalid command\n\0\0\0" == await client.ask(b"\0\5hello", b"\0\0\0")
        for cause in ("feeds.A fail", "feeds.B fail"):
            room.do(cause)
        pass_time(room, 5.0)
        assert b"Power failure" in await client.ask(b"\0\6events", END)

    talk(apcupsd_server, story)


TALKS: list[tuple[Callable[[Room], LineServer], bytes, bytes]] = [
    (megatec_server, b"Q1\r", CR),
    (smart_server, b"YL", CRLF),
    (nut_server, b"GET VAR ups-1 input.voltage\n", LF),
    (apcupsd_server, b"\0\6status", END),
]


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([*(row[1] for row in TALKS), CR, LF, b'"', b"@"]))))
@settings(max_examples=60, deadline=None)
def test_whatever_bytes_come_each_server_has_an_answer_or_none(pieces: list[bytes]) -> None:
    room = Room(2, CALL_CENTRE)
    for make in (megatec_server, voltronic_server, smart_server, nut_server, apcupsd_server):
        conversation = make(room).converse()
        for piece in pieces:
            conversation.data_received(piece)


@pytest.mark.parametrize(("make", "question", "end"), TALKS, ids=["megatec", "apc-smart", "nut", "apcupsd"])
def test_mishaps_spoil_these_replies_like_any_other(
    make: Callable[[Room], LineServer], question: bytes, end: bytes
) -> None:
    async def story(client: Client, server: LineServer, room: Room) -> None:
        async def with_mishap(kind: str) -> bytes:
            server.outlet.mishap = Mishap(kind)
            client.say(question)
            return (await client.hear_all()).replace(b"!", b"")  # an alert is no part of a reply

        good = await with_mishap("none")
        assert good.endswith(end)
        assert b"" == await with_mishap("off")
        assert 0 < len(await with_mishap("half")) < len(good)
        assert await with_mishap("garbled") not in (good, b"")
        assert 2 * len(good) == len(await with_mishap("twice"))
        assert good != await with_mishap("wrong_id")
        assert good != await with_mishap("no_such")
        server.outlet.mishap = Mishap("stuck")
        for cause in ("feeds.A fail", "feeds.B fail"):
            room.do(cause)
        pass_time(room, 2.0)
        assert good == await with_mishap("stuck")
        assert good != await with_mishap("none")

    talk(make, story)
