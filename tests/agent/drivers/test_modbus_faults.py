"""What goes wrong on a Modbus line becomes a fault that says what was asked and what came."""

import asyncio
import os
from collections.abc import Mapping

import pytest

from agent.faults import Garbled, Refused, TimedOut, Unreachable
from tests.agent.drivers.modbus_far_side import (
    HOLDING,
    INPUT,
    Store,
    raw_rtu,
    raw_tcp,
    registers,
    rtu_frame,
    rtu_server,
    tcp_frame,
    tcp_server,
)
from tests.agent.drivers.modbus_near_side import (
    ALL,
    CLIMATE,
    HASTY,
    TRANSMITTER,
    driver,
    fault_of,
    once,
    read_in_the_end,
    run,
    values,
)


@pytest.mark.parametrize(
    ("unit", "said"),
    [({HOLDING: {0: 1}}, "exception 2, the device has no such register"), ({INPUT: {0: 1}}, "exception 1")],
)
def test_an_exception_of_the_device_is_a_refusal(unit: Mapping[int, Mapping[int, int]], said: str) -> None:
    async def story() -> None:
        async with tcp_server(Store({1: unit})) as port:
            with pytest.raises(Refused, match=f"127.0.0.1:{port}, unit 1, 2 holding registers from 0x0000: {said}"):
                await once(driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}"))

    run(story())


def test_a_gateway_that_says_that_the_device_is_silent_is_believed() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: CLIMATE}), silent_when_missing=False) as port:
            with pytest.raises(TimedOut, match="does not answer the gateway"):
                await once(driver(f"modbus+tcp://127.0.0.1:{port}?unit=2&{TRANSMITTER}"))

    run(story())


def test_a_unit_that_is_not_there_times_out_and_its_neighbour_is_read() -> None:
    async def story() -> None:
        store = Store({1: CLIMATE})
        async with rtu_server(store) as path:
            missing = driver(f"modbus+rtu://{path}?unit=2&{TRANSMITTER}", HASTY)
            present = driver(f"modbus+rtu://{path}?unit=1&{TRANSMITTER}")
            await missing.open()
            await present.open()
            fault, answer = await asyncio.gather(fault_of(missing), present.poll(ALL))
            await missing.close()
            again = await present.poll(ALL)
            await present.close()

        assert (TimedOut, 2, 2) == (type(fault), len(answer.readings), len(again.readings))
        assert [request for request in store.requests if request[0] == 1] == [(1, 3, 0, 2)] * 2

    run(story())


@pytest.mark.parametrize("address", ["modbus+rtu:///dev/no-such-line?", "modbus+tcp://127.0.0.1:1?"])
def test_what_is_not_there_is_unreachable_and_says_why(address: str) -> None:
    async def story() -> None:
        device = driver(address + TRANSMITTER)
        with pytest.raises(Unreachable, match=r"No such file or directory|127.0.0.1:1: Connection refused"):
            await device.open()
        with pytest.raises(Unreachable):
            await device.poll(ALL)
        await device.close()
        await device.close()

    run(story())


NONSENSE = {
    "another protocol": (b"HTTP/1.1 400 Bad Request\r\n\r\n", "48 54 54 50"),
    "half an answer": (None, "which is none"),
    "a function nobody knows": (b"\x63\x01", "cannot be decoded"),
    "a length that is not there": (b"\x03\x20\x00\x01", "cannot be decoded"),
    "another function": (registers(INPUT, 1, 2), "answered with function 4"),
    "another function's exception": (b"\x84\x02", "answered with function 132"),
    "too few registers": (registers(HOLDING, 1), "1 came where 2 were expected"),
    "too many registers": (registers(HOLDING, 1, 2, 3), "3 came where 2 were expected"),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_over_tcp_is_garbled_told_and_not_logged(nonsense: str, caplog: pytest.LogCaptureFixture) -> None:
    body, said = NONSENSE[nonsense]

    async def answer(request: bytes) -> bytes:
        if body is None:
            return tcp_frame(request, registers(HOLDING, 1, 2))[:9]
        return body if body.startswith(b"HTTP") else tcp_frame(request, body)

    async def story() -> None:
        async with raw_tcp(answer) as (port, _):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}", HASTY)
            await device.open()
            fault = await fault_of(device)
            await device.close()

        assert isinstance(fault, Garbled)
        assert said in str(fault)

    run(story())
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize(
    "reply",
    [
        rtu_frame(b"\x01" + registers(HOLDING, 1, 2))[:-1] + b"\x00",  # wrong CRC
        rtu_frame(b"\x01" + registers(HOLDING, 1, 2))[:5],
        rtu_frame(b"\x01" + registers(HOLDING, 1)),
        b"\xff\x00\xfe",
    ],
)
def test_nonsense_on_a_serial_line_is_garbled_and_the_next_answer_is_understood(reply: bytes) -> None:
    replies = iter([reply, rtu_frame(b"\x01" + registers(HOLDING, 500, 215))])

    async def answer(_: bytes) -> bytes:
        return next(replies)

    async def story() -> None:
        async with raw_rtu(answer) as (path, _):
            device = driver(f"modbus+rtu://{path}?{TRANSMITTER}", HASTY)
            await device.open()
            fault = await fault_of(device)
            good = await device.poll(ALL)
            await device.close()

        assert isinstance(fault, Garbled)
        assert values(good) == {"holding:0x0000": 0.5, "holding:0x0001": 21.5}

    run(story())


def test_a_server_that_restarts_is_read_again_after_reopening() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: CLIMATE})) as port:
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}")
            await device.open()
            await device.poll(ALL)
        assert isinstance(await fault_of(device), Unreachable)
        await device.close()
        with pytest.raises(Unreachable):
            await device.open()
        await device.close()

        async with tcp_server(Store({1: CLIMATE}), port):
            assert len((await once(device)).readings) == 2

    run(story())


def test_a_connection_that_was_dropped_while_idle_is_made_anew() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: CLIMATE})) as port:
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}")
            await device.open()
            await device.poll(ALL)
        async with tcp_server(Store({1: CLIMATE}), port):
            answer = await read_in_the_end(device)
            await device.close()

        assert len(answer.readings) == 2

    run(story())


def test_a_connection_lost_in_the_middle_is_told_at_once() -> None:
    async def answer(_: bytes) -> bytes:
        return b""

    async def story() -> None:
        async with raw_tcp(answer) as (port, _):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}", timeout=60.0)
            await device.open()
            async with asyncio.timeout(30.0):
                fault = await fault_of(device)
            await device.close()

        assert isinstance(fault, Unreachable)
        assert "the connection was lost" in str(fault)

    run(story())


def test_a_serial_line_that_is_unplugged_in_the_middle_is_told_at_once() -> None:
    async def story() -> None:
        master, slave = os.openpty()
        path = os.ttyname(slave)
        device = driver(f"modbus+rtu://{path}?{TRANSMITTER}", timeout=60.0)
        await device.open()
        os.close(slave)
        loop = asyncio.get_running_loop()

        def unplug() -> None:
            loop.remove_reader(master)
            os.close(master)

        loop.add_reader(master, unplug)
        async with asyncio.timeout(30.0):
            fault = await fault_of(device)
        await device.close()
        with pytest.raises(Unreachable):
            await device.open()
        await device.close()

        assert isinstance(fault, Unreachable)
        assert "the connection was lost" in str(fault)

    run(story())


def test_a_gateway_that_went_silent_is_connected_anew() -> None:
    async def story() -> None:
        silent = asyncio.Event()

        async def answer(request: bytes) -> bytes:
            if end.connections == 1:
                await silent.wait()
            return tcp_frame(request, registers(HOLDING, 500, 215))

        async with raw_tcp(answer) as (port, end):
            devices = [driver(f"modbus+tcp://127.0.0.1:{port}?unit={n}&{TRANSMITTER}", HASTY) for n in (1, 2)]
            for device in devices:
                await device.open()
            faults = [await fault_of(device) for device in devices]
            answer_in_the_end = await devices[0].poll(ALL)
            for device in devices:
                await device.close()

        assert [TimedOut, TimedOut] == [type(fault) for fault in faults]
        assert (end.connections, len(answer_in_the_end.readings)) == (2, 2)

    run(story())
