"""The simulated YD/T 1363.3 bus, byte by byte: frames of the standard and of real devices, and wrong ones."""

import asyncio
import struct
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import serial
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.instruments import ydt1363
from simulators.mishaps import Mishap
from simulators.room.plan import CALL_CENTRE
from simulators.room.room import Room
from simulators.servers.lines import Line, PtyLine, TcpLine
from simulators.servers.ydt1363 import Frame, Identity, YdtBus, YdtServer, checksum, length
from tests.simulators.line_client import Client, talking

CR = b"\r"
CLOCK_REPLY = "07EA0B17162D00"
FIXED_REPLY = "0059E459C45A0559D859D859D803F203D403E8A0141388000000"
CAPTURED = (
    "0002B91EC343FCA3C34318DCC243E2E6474200DB42853FDB42053F79AEB13E        00CB96D142                "  # two inputs
)


@pytest.mark.parametrize(
    ("frame", "spelt"),
    [
        (Frame(0x21, 1, 0x2A, 0x50), b"~21012A500000FDA4"),
        (Frame(0x20, 1, 0x2A, 0x41), b"~20012A410000FDA5"),
        (Frame(0x20, 1, 0x40, 0x41, b"FF"), b"~20014041E002FFFD11"),
        (Frame(0x20, 1, 0x60, 0x42), b"~200160420000FDB1"),
        (Frame(0x20, 1, 0x2A, 0x04), b"~20012A040000FDA6"),
        (Frame(0x20, 1, 0x2A, 0x00, CLOCK_REPLY.encode()), b"~20012A00200E07EA0B17162D00FA8F"),
        (Frame(0x20, 1, 0x2A, 0x00, FIXED_REPLY.encode()), b"~20012A009034" + FIXED_REPLY.encode() + b"F275"),
        (Frame(0x20, 1, 0x40, 0x00, CAPTURED.encode()), b"~20014000A060" + CAPTURED.encode() + b"EA9D"),
    ],
)
def test_frames_are_spelt_as_in_the_standard_and_by_real_devices(frame: Frame, spelt: bytes) -> None:
    assert spelt + CR == frame.encode()


def test_the_standards_own_checksum_and_length_come_out() -> None:
    assert b"FC72" == checksum(b"1203400456ABCDFE")
    assert [b"0000", b"7018", b"A060"] == [length(digits) for digits in (0, 0x18, 0x60)]


def test_values_are_encoded_as_captured_ones_and_missing_ones_as_spaces() -> None:
    assert ["9A196643", "66E6CC43", " " * 8] == [ydt1363.as_float(value) for value in (230.1, 409.8, None)]
    assert ["59E4", "A014", "FFCE", " " * 4] == [ydt1363.as_fixed(value) for value in (230.12, 409.8, -0.5, None)]
    assert "2020" == ydt1363.as_fixed_or_2020(None)


def room_after(*causes: str) -> Room:
    room = Room(2, CALL_CENTRE)
    for cause in causes:
        room.do(cause)
    for _ in range(50):
        room.step(0.1)
    return room


def test_the_panels_content_is_laid_out_like_a_captured_one_of_two_inputs() -> None:
    room = room_after()
    content = ydt1363.ac_panel(room)[ydt1363.FLOAT]

    assert len(CAPTURED) == len(content)
    first = struct.unpack("<4f", bytes.fromhex(content[4:36]))
    assert [*room.feeds["A"].volts.values(), room.feeds["A"].frequency] == pytest.approx(first, rel=1e-6)
    assert room.panels["mains"].current("L1") == pytest.approx(struct.unpack("<f", bytes.fromhex(content[72:80]))[0])


def test_both_encodings_of_the_ups_say_the_same() -> None:
    ups = ydt1363.ups(room_after(), 2)
    floats, fixed = ups[ydt1363.FLOAT], ups[ydt1363.FIXED]

    assert (96, 52) == (len(floats), len(fixed))
    for field in range(11):
        one, other = floats[2 + 8 * field : 10 + 8 * field], fixed[2 + 4 * field : 6 + 4 * field]
        if one == " " * 8:
            assert " " * 4 == other
        else:
            assert int(other, 16) == round(struct.unpack("<f", bytes.fromhex(one))[0] * 100)


def test_states_and_alarms_follow_the_room() -> None:
    calm, dark = room_after(), room_after("feeds.A fail", "feeds.B fail", "cooling.1 fail")

    assert ["000100E1E0E1", "000100E2E3E1"] == [ydt1363.ups(room, 1)[ydt1363.STATES] for room in (calm, dark)]
    assert ["0000", "0001"] == [ydt1363.ups(room, 1)[ydt1363.ALARMS][2:6] for room in (calm, dark)]
    panels = [ydt1363.ac_panel(room)[ydt1363.ALARMS] for room in (calm, dark)]
    assert ["0002" + "00" * 9, "0002" + "03030300" * 2 + "00"] == panels
    cooling = [ydt1363.cooling(room, 1)[ydt1363.ALARMS] for room in (calm, dark)]
    assert ["00" * 7, "00F000F0000000"] == cooling


def test_the_rooms_air_and_contacts_are_told() -> None:
    room = room_after()
    content = ydt1363.environment(room)

    count = len(room.sensors)
    assert f"{count:02X}" == content[ydt1363.FIXED][2:4]
    first = int(content[ydt1363.FIXED][4:8], 16) / 100
    assert next(iter(room.sensors.values())).temperature == pytest.approx(first, abs=0.006)
    room.signal("water_leak", True)
    assert "00F00000" == ydt1363.environment(room)[ydt1363.ALARMS]


def bus(wire: Line | None = None) -> tuple[YdtServer, YdtServer]:
    """A UPS at address 1, the panel at address 2; behind a serial server unless a line is given."""
    room, line = room_after(), YdtBus(wire or TcpLine(serial=True))

    def tick() -> int:
        return room.ticks

    ups = YdtServer(partial(ydt1363.ups, room, 1), tick, line, Identity(1, ydt1363.UPS))
    return ups, YdtServer(partial(ydt1363.ac_panel, room), tick, line, Identity(2, ydt1363.AC_PANEL))


def on_the_bus(story: Callable[[Client, YdtServer, YdtServer], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        ups, panel = bus()
        async with talking(ups, panel) as client:
            await story(client, ups, panel)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (b"~21012A500000FDA4\r", "00"),
        (b"~20012A410000FDA6\r", "02"),  # the checksum is one too high
        (b"~20012A411000" + checksum(b"20012A411000") + CR, "03"),
        (b"~20012A990000" + checksum(b"20012A990000") + CR, "04"),
        (b"~33012A410000" + checksum(b"33012A410000") + CR, "01"),
        (b"~2001\r~20012AZZ0000FDA5\r", "05"),
        (Frame(0x20, 2, 0x40, 0x41).encode(), "06"),  # which inputs?
        (Frame(0x20, 1, 0x2A, 0x45, b"1002").encode(), "E0"),
    ],
)
def test_each_question_gets_its_return_code(question: bytes, code: str) -> None:
    async def story(client: Client, ups: YdtServer, panel: YdtServer) -> None:
        reply = await client.ask(question, CR)

        assert code == reply[7:9].decode()
        assert checksum(reply[1:-5]) == reply[-5:-1]
        assert (code == "E0") == ups.writes_refused

    on_the_bus(story)


@given(st.binary(max_size=60), st.booleans())
@settings(max_examples=200, deadline=None)
def test_whatever_stands_in_a_frame_the_device_answers_with_a_frame(noise: bytes, summed: bool) -> None:
    ups, _ = bus(PtyLine())
    body = b"2001" + noise
    reply = ups.answer(body + checksum(body) if summed else noise)

    assert checksum(reply[1:-5]) == reply[-5:-1]


def test_only_the_device_that_is_asked_answers_also_when_the_frame_comes_in_pieces_after_noise() -> None:
    async def story(client: Client, ups: YdtServer, panel: YdtServer) -> None:
        client.say(Frame(0x20, 9, 0x2A, 0x42).encode())
        client.say(b"\x00noise~21")
        client.say(b"~2002404")
        reply = await client.ask(b"2E002FFFD0F\r", CR)
        assert b"~20024000" == reply[:9]

    on_the_bus(story)


def test_two_devices_answer_on_one_serial_line() -> None:
    def ask(path: str) -> list[bytes]:
        with serial.Serial(path, 9600, timeout=5.0) as line:
            answers = []
            for question in (Frame(0x20, 1, 0x2A, 0x42), Frame(0x20, 2, 0x40, 0x43, b"FF")):
                line.write(question.encode())
                answers.append(line.read_until(CR)[:9])
            return answers

    async def run() -> None:
        ups, panel = bus(PtyLine())
        async with AsyncExitStack() as stack:
            for device in (ups, panel):
                stack.push_async_callback(device.close)
                await device.open()
            assert "ydt1363:///dev/pts/" in ups.url
            assert "?address=2" in panel.url
            assert [b"~20012A00", b"~20024000"] == await asyncio.to_thread(ask, urlsplit(ups.url).path)

    asyncio.run(run())


def test_a_mishap_of_one_device_leaves_the_others_on_the_bus_alone() -> None:
    async def story(client: Client, ups: YdtServer, panel: YdtServer) -> None:
        ups.outlet.mishap = Mishap("off")
        client.say(Frame(0x20, 1, 0x2A, 0x42).encode())
        reply = await client.ask(Frame(0x20, 2, 0x40, 0x42, b"FF").encode(), CR)
        assert b"~20024000" == reply[:9]
        ups.outlet.mishap = Mishap("wrong_id")
        reply = await client.ask(Frame(0x20, 1, 0x2A, 0x42).encode(), CR)
        assert b"~20412A00" == reply[:9]
        assert checksum(reply[1:-5]) == reply[-5:-1]

    on_the_bus(story)
