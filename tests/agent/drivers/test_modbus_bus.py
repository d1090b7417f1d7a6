"""Units that share a Modbus line take turns, and no answer is taken for another's."""

import asyncio
import gc
from pathlib import Path

import pytest

from agent.address import AddressError
from agent.faults import TimedOut, Unreachable
from tests.agent.drivers.modbus_far_side import (
    HOLDING,
    raw_rtu,
    raw_tcp,
    registers,
    rtu_frame,
    tcp_frame,
)
from tests.agent.drivers.modbus_near_side import (
    ALL,
    HASTY,
    TRANSMITTER,
    driver,
    fault_of,
    once,
    read_in_the_end,
    run,
    values,
)


def test_units_behind_one_gateway_share_a_connection_and_take_turns() -> None:
    async def answer(request: bytes) -> bytes:
        await asyncio.sleep(0.01)
        return tcp_frame(request, registers(HOLDING, 500, 10 * request[6]))

    async def story() -> None:
        async with raw_tcp(answer) as (port, end):
            devices = [driver(f"modbus+tcp://127.0.0.1:{port}?unit={n}&{TRANSMITTER}") for n in range(1, 9)]
            await asyncio.gather(*(device.open() for device in devices))
            answers = await asyncio.gather(*(device.poll(ALL) for device in devices))
            for device in devices:
                await device.close()

        assert [float(n) for n in range(1, 9)] == [values(answer)["holding:0x0001"] for answer in answers]
        assert (end.connections, end.overlaps, len(end.requests)) == (1, 0, 8)

    run(story())


def test_units_on_one_serial_line_take_turns_with_silence_between() -> None:
    moments: list[float] = []

    async def answer(request: bytes) -> bytes:
        moments.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.01)
        moments.append(asyncio.get_running_loop().time())
        return rtu_frame(request[:1] + registers(HOLDING, 500, 10 * request[0]))

    async def story() -> None:
        async with raw_rtu(answer) as (path, end):
            devices = [driver(f"modbus+rtu://{path}?unit={n}&baud=4800&{TRANSMITTER}") for n in (1, 2, 3)]
            await asyncio.gather(*(device.open() for device in devices))
            answers = await asyncio.gather(*(device.poll(ALL) for device in devices))
            for device in devices:
                await device.close()

        assert [values(answer)["holding:0x0001"] for answer in answers] == [1.0, 2.0, 3.0]
        assert end.overlaps == 0
        silences = [after - before for before, after in zip(moments[1::2], moments[2::2], strict=False)]
        assert min(silences) >= 3.5 * 10 / 4800  # 3.5 characters of ten bits

    run(story())


def test_a_line_stays_open_until_its_last_unit_is_closed() -> None:
    async def answer(request: bytes) -> bytes:
        return tcp_frame(request, registers(HOLDING, 500, 215))

    async def story() -> None:
        async with raw_tcp(answer) as (port, end):
            first, second = (driver(f"modbus+tcp://127.0.0.1:{port}?unit={n}&{TRANSMITTER}") for n in (1, 2))
            await first.open()
            await second.open()
            await first.close()
            assert len((await second.poll(ALL)).readings) == 2
            assert end.connections == 1
            await second.close()
            with pytest.raises(Unreachable, match="not open"):
                await second.poll(ALL)

    run(story())


def test_a_unit_that_is_closed_while_it_opens_leaves_no_connection_behind() -> None:
    async def answer(request: bytes) -> bytes:
        return tcp_frame(request, registers(HOLDING, 500, 215))

    async def story() -> None:
        async with raw_tcp(answer) as (port, end):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}")
            opening = asyncio.create_task(device.open())
            await asyncio.sleep(0)
            await device.close()
            with pytest.raises(Unreachable, match="not open"):
                await opening
            assert len((await once(device)).readings) == 2
            assert end.connections <= 2

    run(story())


def test_a_late_answer_over_tcp_is_not_taken_for_the_next_one() -> None:
    late: list[bytes] = []

    async def answer(request: bytes) -> bytes:
        if not late:
            late.append(tcp_frame(request, registers(HOLDING, 100, 100)))
            await asyncio.sleep(2 * HASTY)
            return late[0]
        stale = late[0] if late[0][:2] != request[:2] else b""  # a new connection counts its questions from 1 again
        return stale + tcp_frame(request, registers(HOLDING, 500, 215))

    async def story() -> None:
        async with raw_tcp(answer) as (port, end):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}", HASTY)
            await device.open()
            fault = await fault_of(device)
            good = await read_in_the_end(device)
            await device.close()

        assert isinstance(fault, TimedOut)
        assert values(good) == {"holding:0x0000": 0.5, "holding:0x0001": 21.5}
        assert len(end.requests) >= 2

    run(story())


def test_only_a_late_answer_is_no_answer_and_said_to_be_one() -> None:
    first: list[bytes] = []

    async def answer(request: bytes) -> bytes:
        first.append(request)
        return tcp_frame(first[0], registers(HOLDING, 100, 100))

    async def story() -> None:
        async with raw_tcp(answer) as (port, _):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}", HASTY)
            await device.open()
            await device.poll(ALL)
            fault = await fault_of(device)
            await device.close()

        assert isinstance(fault, TimedOut)
        assert "an answer of unit 1 to another request was dropped" in str(fault)

    run(story())


@pytest.mark.parametrize("reopen", [False, True])
def test_a_late_answer_on_a_serial_line_is_not_taken_for_the_next_one(reopen: bool) -> None:
    replies = iter([(1.5 * HASTY, (100, 100)), (0.0, (500, 215))])

    async def answer(_: bytes) -> bytes:
        pause, cells = next(replies)
        await asyncio.sleep(pause)
        return rtu_frame(b"\x01" + registers(HOLDING, *cells))

    async def story() -> None:
        async with raw_rtu(answer) as (path, end):
            device = driver(f"modbus+rtu://{path}?{TRANSMITTER}", HASTY)
            await device.open()
            fault = await fault_of(device)
            if reopen:
                await device.close()
                await device.open()
            good = await device.poll(ALL)
            await device.close()

        assert isinstance(fault, TimedOut)
        assert values(good) == {"holding:0x0000": 0.5, "holding:0x0001": 21.5}
        assert end.overlaps == 0

    run(story())


def test_a_poll_that_was_given_up_leaves_no_answer_behind_for_the_next_one() -> None:
    replies = iter([(HASTY, (100, 100)), (0.0, (500, 215))])

    async def answer(_: bytes) -> bytes:
        pause, cells = next(replies)
        await asyncio.sleep(pause)
        return rtu_frame(b"\x01" + registers(HOLDING, *cells))

    async def story() -> None:
        async with raw_rtu(answer) as (path, _):
            device = driver(f"modbus+rtu://{path}?{TRANSMITTER}", 3 * HASTY)
            await device.open()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(HASTY / 2):
                    await device.poll(ALL)
            good = await device.poll(ALL)
            await device.close()

        assert values(good) == {"holding:0x0000": 0.5, "holding:0x0001": 21.5}

    run(story())


def test_two_devices_may_not_want_one_line_with_different_settings(tmp_path: Path) -> None:
    line, other_name = tmp_path / "line", tmp_path / "by-id"
    line.touch()
    other_name.symlink_to(line)
    first = driver(f"modbus+rtu://{line}?{TRANSMITTER}")
    second = driver(f"modbus+rtu://{other_name}?unit=2&{TRANSMITTER}")

    with pytest.raises(AddressError, match=r"another device uses the line as .*line \(4800 8N1\); expected the same"):
        driver(f"modbus+rtu://{other_name}?unit=3&baud=9600&{TRANSMITTER}")

    del first, second
    gc.collect()
    driver(f"modbus+rtu://{line}?unit=3&baud=9600&{TRANSMITTER}")
