"""Servers that misbehave on purpose, watched byte by byte from the far end of the wire; and gufo-snmp as a real client.

What they show is invented here: a room is not needed to see how a reply is spoilt.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import serial
from gufo.snmp import Aes128Key, Sha1Key, User
from gufo.snmp.aio import SnmpSession

from simulators import mishaps
from simulators.instruments.snmp_values import counter, integer, parse_oid, text, ticks
from simulators.servers.modbus_rtu import RtuServer
from simulators.servers.modbus_tcp import TcpServer
from simulators.servers.plug import Plug
from simulators.servers.snmp import SnmpServer, V3User
from tests.peers import poll_until

Ask = Callable[[str, bytes, float], Coroutine[Any, Any, bytes]]

GET_SYSDESCR = bytes.fromhex(
    "3026020101 0406 7075626c6963 a019 02012a 020100 020100 300e 300c 0608 2b06010201010100 0500"
)
READ_TWO_TCP = bytes.fromhex("2a01 0000 0006 01 03 0000 0002")
READ_TWO_RTU = bytes.fromhex("01 03 0000 0002 c40b")
ENOUGH = 3.0
SILENCE = 0.2


async def ask_udp(url: str, question: bytes, wait: float) -> bytes:
    """Everything that comes back until nothing has come for a while."""
    place, loop, heard = urlsplit(url), asyncio.get_running_loop(), b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        line.connect((place.hostname, place.port))
        await loop.sock_sendall(line, question)
        try:
            while True:
                heard += await asyncio.wait_for(loop.sock_recv(line, 4096), SILENCE if heard else wait)
        except TimeoutError:
            return heard


async def ask_tcp(url: str, question: bytes, wait: float) -> bytes:
    place, heard = urlsplit(url), b""
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(question)
    try:
        while piece := await asyncio.wait_for(reader.read(4096), SILENCE if heard else wait):
            heard += piece
    except TimeoutError:
        pass
    finally:
        writer.close()
        await writer.wait_closed()
    return heard


async def ask_serial(url: str, question: bytes, wait: float) -> bytes:
    def talk() -> bytes:
        with serial.Serial(urlsplit(url).path, 4800, timeout=wait) as line:
            line.write(question)
            heard = line.read(1)
            line.timeout = SILENCE
            return heard + line.read(4096) if heard else b""

    return await asyncio.to_thread(talk)


USER = V3User("reader", "auth-passphrase", "priv-passphrase")
UPTIME, COUNTED = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.33.1.3.1.0"
SYSDESCR, OUTPUT_SOURCE = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.33.1.4.1.0"


@dataclass
class Bench:
    """Servers, all showing the same number, which grows when somebody says so."""

    number: int = 200
    servers: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self, names: tuple[str, ...]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for name in names:
                server = self.servers[name] = self._make(name)
                stack.push_async_callback(server.close)
                await server.open()
            yield

    def _make(self, name: str) -> Any:
        match name:
            case "snmp":
                return SnmpServer(self._objects, self._tick, user=USER)
            case "tcp":
                return TcpServer(self._registers, self._tick, 1, "any")
            case _:
                return RtuServer(self._registers, self._tick, 1, 4800, "any")

    def _tick(self) -> int:
        return self.number

    def _objects(self) -> dict[tuple[int, ...], Any]:
        return {
            parse_oid(SYSDESCR): text("a card"),
            parse_oid(UPTIME): ticks(self.number),
            parse_oid(COUNTED): counter(self.number),
            parse_oid(OUTPUT_SOURCE): integer(self.number),
        }

    def _registers(self) -> dict[int, int]:
        return {0: 500, 1: self.number}

    def mishap(self, name: str, *words: str) -> None:
        self.servers[name].outlet.mishap = mishaps.parse(list(words))


@dataclass(frozen=True)
class Wire:
    server: str
    ask: Ask
    question: bytes
    id_at: int  # which byte of the reply says what it answers

    async def reply(self, bench: Bench, wait: float = ENOUGH) -> bytes:
        return await self.ask(bench.servers[self.server].url, self.question, wait)


WIRES = (
    Wire("snmp", ask_udp, GET_SYSDESCR, id_at=17),
    Wire("tcp", ask_tcp, READ_TWO_TCP, id_at=0),
    Wire("rtu", ask_serial, READ_TWO_RTU, id_at=0),
)
on_every_wire = pytest.mark.parametrize("wire", WIRES, ids=[wire.server for wire in WIRES])


def on_bench(story: Callable[[Bench], Coroutine[Any, Any, None]], *servers: str) -> None:
    async def run() -> None:
        bench = Bench()
        async with bench.running(servers):
            await story(bench)

    asyncio.run(run())


def crc(frame: bytes) -> int:
    remainder = 0xFFFF
    for byte in frame:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0xA001 if remainder & 1 else 0)
    return remainder


@on_every_wire
def test_a_device_that_is_off_says_nothing_and_speaks_again_afterwards(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        bench.mishap(wire.server, "off")
        assert b"" == await wire.reply(bench, wait=SILENCE)
        bench.mishap(wire.server, "none")
        assert b"" != await wire.reply(bench)

    on_bench(story, wire.server)


@on_every_wire
def test_a_late_reply_is_late_and_whole(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "late", "0.5")
        asked = time.monotonic()
        reply = await wire.reply(bench)

        assert time.monotonic() - asked >= 0.5
        assert len(healthy) == len(reply)

    on_bench(story, wire.server)


@on_every_wire
def test_a_garbled_reply_has_its_length_but_not_its_bytes(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "garbled")
        reply = await wire.reply(bench)

        assert len(healthy) == len(reply)
        assert healthy[2] ^ 0x55 == reply[2]

    on_bench(story, wire.server)


@on_every_wire
def test_half_a_reply_is_half_and_a_doubled_one_is_double(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "half")
        assert len(healthy) // 2 == len(await wire.reply(bench))
        bench.mishap(wire.server, "twice")
        assert 2 * len(healthy) == len(await wire.reply(bench))

    on_bench(story, wire.server)


@on_every_wire
def test_a_reply_with_a_wrong_id_is_sound_but_answers_another_question(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "wrong_id")
        reply = await wire.reply(bench)

        assert healthy[wire.id_at] ^ 0x40 == reply[wire.id_at]
        assert len(healthy) == len(reply)
        if wire.ask is ask_serial:
            assert crc(reply[:-2]) == int.from_bytes(reply[-2:], "little")

    on_bench(story, wire.server)


@on_every_wire
def test_every_second_reply_is_lost_and_the_others_are_whole(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "lost", "2")

        assert [len(healthy), 0, len(healthy)] == [len(await wire.reply(bench, wait=SILENCE)) for _ in range(3)]

    on_bench(story, wire.server)


@pytest.mark.parametrize("wire", [wire for wire in WIRES if wire.server != "snmp"], ids=["tcp", "rtu"])
def test_a_dripping_reply_comes_whole_but_slowly(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, "drip", "0.02")
        asked = time.monotonic()

        assert healthy == await wire.reply(bench)
        assert time.monotonic() - asked >= 0.02 * (len(healthy) - 1)

    on_bench(story, wire.server)


def test_a_wrong_checksum_is_all_that_is_wrong() -> None:
    async def story(bench: Bench) -> None:
        healthy = await WIRES[2].reply(bench)
        bench.mishap("rtu", "checksum")
        reply = await WIRES[2].reply(bench)

        assert healthy[:-1] == reply[:-1]
        assert healthy[-1] != reply[-1]

    on_bench(story, "rtu")


@on_every_wire
def test_a_rebooting_device_is_silent_for_a_while(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        bench.mishap(wire.server, "reboot", "0.6")
        assert b"" == await wire.reply(bench, wait=SILENCE)
        await poll_until(lambda: wire.reply(bench, wait=SILENCE), bool)

    on_bench(story, wire.server)


def test_a_rebooted_card_counts_its_uptime_anew() -> None:
    async def story(bench: Bench) -> None:
        async with session(bench) as snmp:
            assert 20000 == await snmp.get(UPTIME)
            bench.mishap("snmp", "reboot", "0")
            bench.number += 3
            assert 300 == await snmp.get(UPTIME)

    on_bench(story, "snmp")


def test_at_the_wrong_scale_measures_are_ten_times_too_large_and_the_system_group_is_not() -> None:
    async def story(bench: Bench) -> None:
        bench.mishap("snmp", "scale")
        bench.mishap("tcp", "scale")
        async with session(bench) as snmp:
            assert {UPTIME: 20000, OUTPUT_SOURCE: 2000} == await snmp.get_many([UPTIME, OUTPUT_SOURCE])
        assert (5000).to_bytes(2, "big") + (2000).to_bytes(2, "big") == (await WIRES[1].reply(bench))[-4:]

    on_bench(story, "snmp", "tcp")


def test_a_counter_that_wraps_goes_on_from_nothing() -> None:
    async def story(bench: Bench) -> None:
        bench.mishap("snmp", "wrap")
        seen = []
        async with session(bench) as snmp:
            for _ in range(4):
                seen.append(await snmp.get(COUNTED))
                bench.number += 1
        assert [2**32 - 2, 2**32 - 1, 0, 1] == seen

    on_bench(story, "snmp")


@on_every_wire
@pytest.mark.parametrize("mishap", ["refused", "unplugged"])
def test_a_server_that_is_gone_comes_back_in_the_same_place(wire: Wire, mishap: str) -> None:
    async def story(bench: Bench) -> None:
        server = bench.servers[wire.server]
        plug, url = Plug(server), server.url
        await server.close()
        await plug.open()
        healthy = await wire.reply(bench)
        bench.mishap(wire.server, mishap)
        plug.follow()
        with pytest.raises((OSError, serial.SerialException)):
            await poll_until(lambda: wire.reply(bench, wait=SILENCE), lambda _: False)
        bench.mishap(wire.server, "none")
        plug.follow()

        async def back() -> bytes:
            try:
                return await wire.reply(bench)
            except (OSError, serial.SerialException):
                return b""

        assert len(healthy) == len(await poll_until(back, bool))
        assert url == server.url
        await plug.close()

    on_bench(story, wire.server)


def test_what_a_wire_cannot_suffer_is_refused_with_what_it_can() -> None:
    async def story(bench: Bench) -> None:
        for server, kind in (("snmp", "drip 1"), ("snmp", "checksum"), ("tcp", "checksum"), ("rtu", "wrap")):
            with pytest.raises(ValueError, match="cannot happen on this wire; possible: none, off, late"):
                bench.mishap(server, *kind.split())

    on_bench(story, "snmp", "tcp", "rtu")


@on_every_wire
def test_mishaps_of_one_device_leave_its_neighbours_alone(wire: Wire) -> None:
    async def story(bench: Bench) -> None:
        bench.mishap(wire.server, "off")

        assert all([await other.reply(bench) for other in WIRES if other is not wire])

    on_bench(story, "snmp", "tcp", "rtu")


def test_stuck_values_stand_still_while_the_world_moves_on() -> None:
    async def story(bench: Bench) -> None:
        wire = WIRES[1]
        before = await wire.reply(bench)
        bench.mishap("tcp", "stuck")
        bench.number += 1
        assert before == await wire.reply(bench)
        bench.mishap("tcp", "none")
        assert before[:-1] + bytes([before[-1] + 1]) == await wire.reply(bench)

    on_bench(story, "tcp")


def test_objects_that_vanished_are_no_such_instance_and_an_illegal_address() -> None:
    async def story(bench: Bench) -> None:
        bench.mishap("snmp", "no_such")
        bench.mishap("tcp", "no_such")
        async with session(bench) as snmp:
            assert {SYSDESCR: b"a card"} == await snmp.get_many([SYSDESCR, OUTPUT_SOURCE])
        assert bytes.fromhex("83 02") == (await WIRES[1].reply(bench))[-2:]

    on_bench(story, "snmp", "tcp")


def test_a_unit_that_is_not_there_is_silent_on_both_kinds_of_modbus() -> None:
    async def story(bench: Bench) -> None:
        elsewhere = bytes.fromhex("02 03 0000 0002")
        rtu = elsewhere + crc(elsewhere).to_bytes(2, "little")
        assert b"" == await ask_serial(bench.servers["rtu"].url, rtu, SILENCE)
        assert b"" == await ask_tcp(bench.servers["tcp"].url, READ_TWO_TCP[:6] + elsewhere, SILENCE)

    on_bench(story, "tcp", "rtu")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("sulking", "unknown mishap 'sulking'; possible: none, off, late SECONDS"),
        ("late", "unknown mishap 'late'"),
        ("late soon", "late: found soon, expected seconds"),
        ("late -1", "late: found -1, expected seconds"),
        ("lost 0", "lost: found 0, expected nth from 1"),
        ("drip", "unknown mishap 'drip'"),
        ("off now", "unknown mishap 'off now'"),
    ],
)
def test_a_wrong_mishap_says_what_is_possible(words: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        mishaps.parse(words.split())


def test_every_mishap_can_be_asked_for_by_name() -> None:
    for kind, argument in mishaps.POSSIBLE.items():
        assert kind == mishaps.parse([kind] if argument is None else [kind, "1"]).kind


def session(bench: Bench, user: User | None = None) -> SnmpSession:
    community = "public" if user is None else ""
    return SnmpSession("127.0.0.1", port=bench.servers["snmp"].port, community=community, user=user, timeout=ENOUGH)


def test_gufo_snmp_reads_with_a_community_and_as_a_user() -> None:
    user = User(USER.name, auth_key=Sha1Key(b"auth-passphrase"), priv_key=Aes128Key(b"priv-passphrase"))

    async def story(bench: Bench) -> None:
        for who in (None, user):
            async with session(bench, who) as snmp:
                assert 200 == await snmp.get(OUTPUT_SOURCE)
                assert [SYSDESCR, UPTIME, COUNTED, OUTPUT_SOURCE] == [oid async for oid, _ in snmp.getbulk("1.3.6.1")]

    on_bench(story, "snmp")


def test_a_view_is_made_once_per_tick_however_many_ask() -> None:
    async def story(bench: Bench) -> None:
        looks: list[int] = []

        def look() -> dict[int, int]:
            looks.append(bench.number)
            return {0: 0, 1: bench.number}

        server = TcpServer(look, lambda: bench.number, 1, "any")
        await server.open()
        try:
            for _ in range(3):
                await ask_tcp(server.url, READ_TWO_TCP, ENOUGH)
            bench.number += 1
            await ask_tcp(server.url, READ_TWO_TCP, ENOUGH)
        finally:
            await server.close()
        assert [200, 201] == looks

    on_bench(story, "tcp")
