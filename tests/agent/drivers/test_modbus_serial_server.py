"""RTU frames within TCP, as serial servers hand them through."""

import asyncio

import pytest
from pymodbus.framer import FramerType

from agent.address import AddressError
from agent.faults import Garbled, TimedOut, Unreachable
from tests.agent.drivers.modbus_far_side import Store, raw_tcp, registers, rtu_frame, tcp_server
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

REPLY = rtu_frame(b"\1" + registers(3, 0x0292, 0xFF9B))
READ = {"holding:0x0000": 0.658, "holding:0x0001": -10.1}


def place(port: int, unit: int = 1) -> str:
    return f"modbus+rtutcp://127.0.0.1:{port}?unit={unit}&{TRANSMITTER}"


def test_two_units_behind_a_serial_server_share_its_connection() -> None:
    async def story() -> None:
        store = Store({1: CLIMATE, 7: CLIMATE})
        async with tcp_server(store, framer=FramerType.RTU) as port:
            devices = [driver(place(port, unit)) for unit in (1, 7)]
            for device in devices:
                await device.open()
            answers = await asyncio.gather(*(device.poll(ALL) for device in devices))
            for device in devices:
                await device.close()
        assert [READ, READ] == [values(answer) for answer in answers]
        assert {1, 7} == {request[0] for request in store.requests}

    run(story())


def test_what_goes_over_the_wire_is_the_frame_of_a_serial_line_with_its_checksum() -> None:
    async def reply(request: bytes) -> bytes:
        return REPLY

    async def story() -> None:
        async with raw_tcp(reply) as (port, end):
            assert values(await once(driver(place(port)))) == READ
        assert [bytes.fromhex("01 03 00 00 00 02 C4 0B")] == end.requests

    run(story())


@pytest.mark.parametrize(
    "noise", [REPLY[:-1] + b"\0", rtu_frame(b"\1" + registers(3, 0x0292)), REPLY[:4]], ids=["checksum", "short", "cut"]
)
def test_a_spoilt_frame_is_a_fault_and_the_next_answer_is_its_own(noise: bytes) -> None:
    answers = [noise]

    async def reply(request: bytes) -> bytes:
        return answers.pop() if answers else REPLY

    async def story() -> None:
        async with raw_tcp(reply) as (port, _):
            device = driver(place(port), timeout=HASTY)
            await device.open()
            assert isinstance(await fault_of(device), Garbled)
            assert READ == values(await read_in_the_end(device))
            await device.close()

    run(story())


def test_a_neighbours_answer_is_not_taken_for_the_units_own() -> None:
    async def reply(request: bytes) -> bytes:
        return rtu_frame(b"\2" + registers(3, 1, 2))

    async def story() -> None:
        async with raw_tcp(reply) as (port, _):
            device = driver(place(port), timeout=HASTY)
            await device.open()
            fault = await fault_of(device)
            await device.close()
        assert isinstance(fault, TimedOut)
        assert "an answer of unit 2" in str(fault)

    run(story())


def test_a_late_answer_is_waited_out_before_the_unit_is_asked_again() -> None:
    late = asyncio.Event()

    async def reply(request: bytes) -> bytes:
        if not late.is_set():
            late.set()
            await asyncio.sleep(1.5 * HASTY)
            return rtu_frame(b"\1" + registers(3, 0x0001, 0x0001))
        return REPLY

    async def story() -> None:
        async with raw_tcp(reply) as (port, _):
            device = driver(place(port), timeout=HASTY)
            await device.open()
            assert isinstance(await fault_of(device), TimedOut)
            assert READ == values(await device.poll(ALL))
            await device.close()

    run(story())


def test_a_connection_that_was_closed_is_made_anew() -> None:
    answers = [b""]  # which closes

    async def reply(request: bytes) -> bytes:
        return answers.pop() if answers else REPLY

    async def story() -> None:
        async with raw_tcp(reply) as (port, end):
            device = driver(place(port), timeout=2 * HASTY)
            await device.open()
            assert isinstance(await fault_of(device), Unreachable)
            assert READ == values(await device.poll(ALL))
            await device.close()
        assert 2 == end.connections

    run(story())


def test_the_port_of_a_serial_server_must_be_given_and_is_not_one_of_modbus_tcp_too() -> None:
    with pytest.raises(AddressError, match="no port"):
        driver(f"modbus+rtutcp://127.0.0.1?{TRANSMITTER}")
    kept = driver(f"modbus+tcp://127.0.0.1:4001?{TRANSMITTER}")
    with pytest.raises(AddressError, match="another device uses the line"):
        driver(place(4001))
    del kept
