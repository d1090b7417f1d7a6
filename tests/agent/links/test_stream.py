"""Byte streams that ask and answer: turns, deadlines, leftovers of earlier answers, lines that vanish and return."""

import asyncio
import gc
import os
import select
import shutil
import tty
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import serial

from agent.faults import Fault, Garbled, TimedOut, Unreachable
from agent.links.lines import (
    LineConflictError,
    Rfc2217Line,
    SerialLine,
    Settings,
    StreamPlace,
    TcpLine,
    line_statistics,
)
from agent.links.stream import StreamBus, shared_stream
from tests.agent.links.far_side import FAR_SIDES, FarSide, Talk, at_pty, at_rfc2217, at_tcp
from tests.peers import poll_until, running

pytestmark = [
    pytest.mark.filterwarnings("ignore:set(Daemon|Name).. is deprecated:DeprecationWarning"),  # pyserial's rfc2217
]
PATIENT, HASTY = 20.0, 0.2  # seconds for an answer: one that must come, one that must not
SETTINGS = Settings(2400)
Far = Callable[[Talk], AbstractAsyncContextManager[FarSide]]


@pytest.fixture(autouse=True)
def _nobody_holds_an_earlier_line() -> None:
    """A caught fault holds the frames it passed, these hold their line, and pseudo-terminals use their names again."""
    gc.collect()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def line_end(data: bytes) -> int | None:
    return data.index(b"\r") + 1 if b"\r" in data else None


def place_of(far: FarSide) -> StreamPlace:
    if not far.transport:
        return SerialLine(far.place, SETTINGS)
    host, _, port = far.place.rpartition(":")
    return TcpLine(host, int(port)) if far.transport == "tcp" else Rfc2217Line(host, int(port), SETTINGS)


async def joined(far: FarSide, unasked: Callable[[bytes], None] | None = None) -> StreamBus:
    bus = shared_stream(place_of(far))
    await bus.join("test", PATIENT, unasked)
    return bus


async def ask(bus: StreamBus, request: bytes, within: float = PATIENT) -> bytes:
    async with bus.turn("test"):
        return await bus.ask(request, line_end, within)


async def fault_of(bus: StreamBus, request: bytes = b"Q\r", within: float = HASTY) -> Fault:
    with pytest.raises(Fault) as caught:
        await ask(bus, request, within)
    return caught.value


async def echo(request: bytes, far: FarSide) -> None:
    far.say(b"(" + request)


def answering(*answers: bytes) -> Talk:
    """The answers in turn, b"" for none; afterwards an echo."""
    left = list(answers)

    async def talk(request: bytes, far: FarSide) -> None:
        answer = left.pop(0) if left else b"(" + request
        if answer:
            far.say(answer)

    return talk


def arrived(far: FarSide) -> None:
    """Blocks the loop until what the far side said can be read: the kernel hands it on in its own time."""
    line = os.open(far.place, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    assert select.select([line], [], [], PATIENT)[0]
    os.close(line)


@pytest.mark.parametrize("at", FAR_SIDES, ids=lambda at: at.__name__)
def test_a_question_is_answered_over_every_kind_of_line(at: Far) -> None:
    async def story() -> None:
        async with at(echo) as far:
            bus = await joined(far)
            answers = [await ask(bus, b"Q1\r"), await ask(bus, b"F\r")]
            bus.leave("test")
        assert [b"(Q1\r", b"(F\r"] == answers

    run(story())


def test_a_serial_server_that_lets_its_client_set_the_line_is_told_how() -> None:
    async def story() -> None:
        async with at_rfc2217(echo) as far:
            host, _, port = far.place.rpartition(":")
            bus = shared_stream(Rfc2217Line(host, int(port), Settings(1200, "N", 2)))
            await bus.join("test", PATIENT)
            assert far.port is not None
            assert (1200, 2) == (far.port.baudrate, far.port.stopbits)  # a pseudo-terminal takes no parity
            bus.leave("test")

    run(story())


@pytest.mark.parametrize("at", FAR_SIDES, ids=lambda at: at.__name__)
def test_silence_is_a_timeout_that_says_what_was_asked(at: Far) -> None:
    async def story() -> None:
        async with at(answering(b"")) as far:
            bus = await joined(far)
            fault = await fault_of(bus, b"Q1\r")
            bus.leave("test")
        assert isinstance(fault, TimedOut)
        assert f"{bus.place}, asked 'Q1\\r': no answer within 0.2 s" == str(fault)

    run(story())


def test_half_an_answer_is_no_answer_and_what_came_is_told() -> None:
    async def story() -> None:
        async with at_pty(answering(b"(208.4 14")) as far:
            bus = await joined(far)
            fault = await fault_of(bus)
            assert isinstance(fault, Garbled)
            assert "received '(208.4 14'" in str(fault)
            assert b"(Q\r" == await ask(bus, b"Q\r")
            bus.leave("test")

    run(story())


def test_an_answer_that_drips_ends_with_the_deadline() -> None:
    async def drip(request: bytes, far: FarSide) -> None:
        while True:
            far.say(b"0")
            await asyncio.sleep(0.01)

    async def story() -> None:
        async with at_pty(drip) as far:
            bus = await joined(far)
            began = asyncio.get_running_loop().time()
            fault = await fault_of(bus)
            taken = asyncio.get_running_loop().time() - began
            again = await fault_of(bus)
            bus.leave("test")
        assert isinstance(fault, Garbled)
        assert HASTY <= taken < HASTY + PATIENT / 4
        assert "bytes come without end" in str(again)

    run(story())


def test_an_answer_without_end_is_cut_off() -> None:
    async def flood(request: bytes, far: FarSide) -> None:
        for _ in range(100):
            far.say(b"0" * 1000)
            await asyncio.sleep(0)

    async def story() -> None:
        async with at_tcp(flood) as far:
            bus = await joined(far)
            fault = await fault_of(bus, within=PATIENT)
            bus.leave("test")
        assert "an answer without end" in str(fault)

    run(story())


def test_a_fault_that_the_protocol_finds_in_a_beginning_is_told_at_once() -> None:
    def ends(data: bytes) -> int | None:
        raise Garbled(f"no frame begins with {data[:1]!r}")

    async def story() -> None:
        async with at_pty(echo) as far:
            bus = await joined(far)
            async with bus.turn("test"):
                with pytest.raises(Garbled, match=r"asked 'Q\\r': no frame begins with b'\('"):
                    await bus.ask(b"Q\r", ends, PATIENT)
            bus.leave("test")

    run(story())


def test_what_came_before_a_question_is_not_its_answer() -> None:
    async def story() -> None:
        heard: list[bytes] = []
        async with at_pty(echo) as far:
            bus = await joined(far, heard.append)
            far.say(b"(stale\r")
            arrived(far)
            assert b"(Q\r" == await ask(bus, b"Q\r")
            bus.leave("test")
        assert b"(stale\r" == b"".join(heard)

    run(story())


def test_a_late_answer_is_not_taken_for_the_next_one_and_is_no_news() -> None:
    async def late(request: bytes, far: FarSide) -> None:
        if request == b"L\r":
            await asyncio.sleep(2 * HASTY)
        far.say(b"(" + request)

    async def story() -> None:
        heard: list[bytes] = []
        async with at_pty(late) as far:
            bus = await joined(far, heard.append)
            async with bus.turn("test"):
                with pytest.raises(TimedOut):
                    await bus.ask(b"L\r", line_end, HASTY, quiet=5 * HASTY)
            assert b"(B\r" == await ask(bus, b"B\r")
            bus.leave("test")
        assert [] == heard

    run(story())


def test_a_question_that_was_given_up_leaves_nothing_behind() -> None:
    given_up = asyncio.Event()

    async def late(request: bytes, far: FarSide) -> None:
        if request == b"L\r":
            await given_up.wait()
        far.say(b"(" + request)

    async def story() -> None:
        async with at_pty(late) as far:
            bus = await joined(far)
            asking = asyncio.create_task(ask(bus, b"L\r"))
            await poll_until(lambda: _soon(far.requests), bool)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            given_up.set()
            assert b"(B\r" == await ask(bus, b"B\r")
            bus.leave("test")

    run(story())


def test_bytes_that_nobody_asked_for_reach_those_who_want_them() -> None:
    async def story() -> None:
        heard: list[bytes] = []
        async with at_pty(answering(b"(A\r!")) as far:
            bus = await joined(far, heard.append)
            assert b"(A\r" == await ask(bus, b"A\r")
            far.say(b"$")
            await poll_until(lambda: _soon(b"".join(heard)), lambda all_of: all_of == b"!$")
            bus.leave("test")

    run(story())


def test_those_who_share_a_line_take_turns() -> None:
    async def slow(request: bytes, far: FarSide) -> None:
        await asyncio.sleep(0.02)
        far.say(b"(" + request)

    async def story() -> None:
        async with at_pty(slow) as far:
            first, second = shared_stream(place_of(far)), shared_stream(place_of(far))
            assert first is second
            await first.join("one", PATIENT)
            await second.join("two", PATIENT)

            async def both(bus: StreamBus, name: bytes) -> list[bytes]:
                async with bus.turn("test"):
                    return [await bus.ask(name + number + b"\r", line_end, PATIENT) for number in (b"1", b"2")]

            answers = await asyncio.gather(both(first, b"a"), both(second, b"b"))
            first.leave("one")
            assert b"(still there\r" == await ask(second, b"still there\r")
            second.leave("two")
        assert ([b"(a1\r", b"(a2\r"], [b"(b1\r", b"(b2\r"]) == tuple(answers)
        assert [b"a1\r", b"a2\r", b"b1\r", b"b2\r"] == far.requests[:4]

    run(story())


def test_nobody_asks_outside_his_turn() -> None:
    async def story() -> None:
        async with at_pty(echo) as far:
            bus = await joined(far)
            with pytest.raises(RuntimeError, match="outside a turn"):
                await bus.ask(b"Q\r", line_end, PATIENT)
            bus.leave("test")

    run(story())


def test_a_line_that_others_use_with_other_settings_is_refused() -> None:
    async def story() -> None:
        async with at_pty(echo) as far:
            kept = shared_stream(SerialLine(far.place, Settings(2400)))
            with pytest.raises(LineConflictError, match=r"2400 8N1"):
                shared_stream(SerialLine(far.place, Settings(9600)))
            del kept

    run(story())


def test_a_line_that_another_program_has_is_unreachable_and_says_so() -> None:
    async def story() -> None:
        async with at_pty(echo) as far:
            with serial.Serial(far.place, exclusive=True):
                bus = shared_stream(place_of(far))
                with pytest.raises(Unreachable, match="another program has locked the line"):
                    await bus.join("test", PATIENT)
                bus.leave("test")

    run(story())


@pytest.mark.parametrize(
    "place",
    [
        SerialLine("/dev/no-such-line", SETTINGS),
        TcpLine("127.0.0.1", 1),
        Rfc2217Line("127.0.0.1", 1, SETTINGS),
        SerialLine("/dev/null", SETTINGS),
    ],
    ids=str,
)
def test_what_is_not_there_is_unreachable(place: StreamPlace) -> None:
    async def story() -> None:
        bus = shared_stream(place)
        with pytest.raises(Unreachable, match=str(place.key)):
            await bus.join("test", PATIENT)
        bus.leave("test")

    run(story())


def test_a_server_that_knows_no_rfc_2217_is_given_up_within_the_deadline() -> None:
    async def story() -> None:
        async with at_tcp(answering(b"", b"", b"", b"")) as far:
            host, _, port = far.place.rpartition(":")
            bus = shared_stream(Rfc2217Line(host, int(port), SETTINGS))
            with pytest.raises(TimedOut, match=r"not open within 0\.2 s"):
                await bus.join("test", HASTY)
            bus.leave("test")

    run(story())


@pytest.mark.parametrize("at", [at_pty, at_tcp], ids=lambda at: at.__name__)
def test_a_line_that_is_lost_in_the_middle_of_a_question_is_told_at_once(at: Far) -> None:
    async def vanish(request: bytes, far: FarSide) -> None:
        far.hang_up()

    async def story() -> None:
        async with at(vanish) as far:
            bus = await joined(far)
            fault = await fault_of(bus, within=PATIENT)
            bus.leave("test")
        assert isinstance(fault, Unreachable)
        assert "the line was lost" in str(fault)

    run(story())


def test_a_serial_server_that_restarts_is_connected_to_again() -> None:
    async def story() -> None:
        async with at_tcp(echo) as far:
            bus = await joined(far)
            assert b"(1\r" == await ask(bus, b"1\r")
            far.hang_up()
        assert isinstance(await _until_fault(bus), Unreachable)
        async with at_tcp(echo, int(far.place.rpartition(":")[2])):
            assert b"(3\r" == await ask(bus, b"3\r")
            bus.leave("test")

    run(story())


def test_a_connection_on_which_nothing_ever_comes_is_made_anew() -> None:
    async def story() -> None:
        async with at_tcp(answering(b"", b"", b"")) as far:
            bus = await joined(far)
            faults = [type(await fault_of(bus)) for _ in range(3)]
            assert b"(Q\r" == await ask(bus, b"Q\r")
            bus.leave("test")
        assert ([TimedOut] * 3, 2) == (faults, far.connections)

    run(story())


@pytest.mark.skipif(shutil.which("socat") is None, reason="socat is not installed")
def test_an_adapter_that_is_pulled_out_and_returns_under_its_name_is_opened_again(tmp_path: Path) -> None:
    """Two pseudo-terminals joined by socat; the near one has the name that udev would give it."""
    near, far = tmp_path / "by-id", tmp_path / "far"

    async def plugged(story: Callable[[], Awaitable[None]]) -> None:
        ends = [f"pty,raw,echo=0,link={end}" for end in (near, far)]
        async with running("socat", *ends, log=tmp_path / "socat.log"):
            await poll_until(lambda: _soon(near.exists() and far.exists()), bool)
            device = os.open(far, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(device)
            loop = asyncio.get_running_loop()
            loop.add_reader(device, lambda: os.write(device, b"(" + os.read(device, 300)))
            try:
                await story()
            finally:
                loop.remove_reader(device)
                os.close(device)

    async def story() -> None:
        bus = shared_stream(SerialLine(str(near), SETTINGS))

        async def first() -> None:
            await bus.join("test", PATIENT)
            assert b"(1\r" == await ask(bus, b"1\r")

        async def second() -> None:
            assert b"(2\r" == await ask(bus, b"2\r")

        await plugged(first)
        assert isinstance(await _until_fault(bus), Unreachable)
        await plugged(second)
        bus.leave("test")

    run(story())


def test_what_happens_on_a_line_is_counted_while_it_is_held() -> None:
    async def story() -> None:
        async with at_pty(answering(b"", b"(half")) as far:
            bus = await joined(far)
            await fault_of(bus)
            await fault_of(bus)
            await ask(bus, b"Q\r")
            counts = line_statistics()[far.place]
            bus.leave("test")
            assert (3, 1, 2) == (counts.requests, counts.timeouts, counts.resynchronisations)
            assert 2 * HASTY <= counts.busy_seconds < PATIENT
            del bus
        gc.collect()
        assert far.place not in line_statistics()

    run(story())


async def _soon(value: Any) -> Any:
    return value


async def _until_fault(bus: StreamBus) -> Fault:
    """The first fault: what is gone may be noticed only by the next question."""

    async def attempt() -> Fault | None:
        try:
            await ask(bus, b"?\r", HASTY)
        except Fault as fault:
            return fault
        return None

    fault = await poll_until(attempt, lambda found: isinstance(found, Unreachable))
    assert fault is not None
    return fault
