"""A Modbus device is asked once who it is; one that does not know the question is none the worse."""

from pathlib import Path

import pytest

from agent.faults import Refused, TimedOut
from agent.model.readings import Identity
from tests.agent.drivers.modbus_far_side import (
    HOLDING,
    RawEnd,
    Store,
    raw_rtu,
    raw_tcp,
    registers,
    rtu_frame,
    tcp_frame,
    tcp_server,
)
from tests.agent.drivers.modbus_near_side import ALL, HASTY, PATIENT, driver, once, run, values

ROWS = '{ register = 0, measure = "circuit_voltage", unit = "V" },'
WHO = bytes.fromhex("2B 0E 01 01 00 00 03 00 08") + b"ACME Ltd" + b"\1\5PM-01" + b"\2\4V1.2"


def asking(folder: Path, more: str = "", rows: str = ROWS) -> Path:
    """A profile of a device that may be asked who it is."""
    (folder / "modbus").mkdir()
    head = 'name = "own"\nkind = "meter"\ntitle = "Own"\nsource = "this test"\nvendor_name = "Maker"\nmodel = "M"\n'
    (folder / "modbus" / "own.toml").write_text(f"{head}rows = [\n{rows}\n]\n{more}\n", "utf-8")
    return folder


def optional(*registers: int) -> str:
    """Rows of registers that the device may lack."""
    return "".join(
        f'{{ register = {n}, measure = "circuit_current", unit = "A", optional = true,'
        f' labels = {{ circuit = "{n}" }} }},'
        for n in registers
    )


class Meter:
    """Answers reads with 230 V and the question who it is with `who`; counts that question."""

    def __init__(self, who: bytes | None) -> None:
        self.who = who
        self.asked = 0

    async def tcp(self, request: bytes) -> bytes:
        return tcp_frame(request, self._answer(request[7:]) or b"\x83\x04")

    async def rtu(self, request: bytes) -> bytes:
        answer = self._answer(request[1:])
        return rtu_frame(request[:1] + answer) if answer is not None else b""

    def _answer(self, question: bytes) -> bytes | None:
        if question[:1] == b"\x2b":
            self.asked += 1
            return self.who
        return registers(3, 230)


def met(folder: Path, meter: Meter) -> Identity:
    found: list[Identity] = []

    async def story() -> None:
        async with raw_tcp(meter.tcp) as (port, _):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=asking(folder))
            found.append(await device.open())
            assert {"holding:0x0000": 230} == values(await device.poll(ALL))
            await device.close()

    run(story())
    return found[0]


def test_what_the_device_says_of_itself_counts_more_than_what_the_profile_knows(tmp_path: Path) -> None:
    identity = met(tmp_path, Meter(WHO))

    assert ("ACME Ltd", "PM-01", "V1.2") == (identity.vendor, identity.model, identity.firmware)


@pytest.mark.parametrize(
    "who",
    [
        b"\xab\x01",
        WHO[:-6],
        b"\x2b\x0e\x01\x01\x00\x00\x00",
        b"\x03\x02\x00\x01",
        b"\x2b\x0e\x01\x01\x00\x00\x01\x00\x03\xff\x01\x02",
    ],
    ids=["exception", "cut", "empty", "another function", "unprintable"],
)
def test_an_answer_that_says_nothing_is_left_aside(tmp_path: Path, who: bytes) -> None:
    identity = met(tmp_path, Meter(who))

    assert ("Maker", "M", "") == (identity.vendor, identity.model, identity.firmware)


def test_a_device_that_does_not_know_the_question_is_never_asked_again(tmp_path: Path) -> None:
    meter = Meter(b"\xab\x01")

    async def story() -> None:
        async with raw_tcp(meter.tcp) as (port, _):
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=asking(tmp_path))
            for _ in range(3):
                await device.open()
                await device.poll(ALL)
                await device.close()
        assert 1 == meter.asked

    run(story())


def test_a_device_that_is_mute_to_the_question_is_read_all_the_same(tmp_path: Path) -> None:
    meter = Meter(None)

    async def story() -> None:
        async with raw_rtu(meter.rtu) as (path, _):
            device = driver(f"modbus+rtu://{path}?profile=own", timeout=HASTY, own=asking(tmp_path))
            identity = await device.open()
            assert {"holding:0x0000": 230} == values(await device.poll(ALL))
            await device.close()
        assert "Maker" == identity.vendor
        assert 1 == meter.asked

    run(story())


def test_a_device_that_is_not_there_is_not_asked_who_it_is(tmp_path: Path) -> None:
    async def silent(request: bytes) -> bytes:
        end.requests.append(request)
        return b""

    end = RawEnd()

    async def story() -> None:
        async with raw_rtu(silent) as (path, _):
            device = driver(f"modbus+rtu://{path}?profile=own", timeout=HASTY, own=asking(tmp_path))
            with pytest.raises(TimedOut):
                await device.open()
            await device.close()
        assert [3] == [request[1] for request in end.requests]

    run(story())


def test_texts_in_registers_are_read_to_their_end(tmp_path: Path) -> None:
    more = "[identity]\nasks = false\nserial = { register = 10, count = 3 }\nmodel = { register = 90, count = 3 }\n"
    unit = {HOLDING: {0: 230, 10: 0x4142, 11: 0x4300, 12: 0x4444}}

    async def story() -> None:
        async with tcp_server(Store({1: unit})) as port:
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=asking(tmp_path, more))
            identity = await device.open()
            await device.close()
        assert ("ABC", "M") == (identity.serial, identity.model)

    run(story())


def test_a_device_that_has_none_of_its_optional_registers_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: 1}}})) as port:
            own = asking(tmp_path, "[identity]\nasks = false\n", optional(1, 2, 9))
            with pytest.raises(Refused, match="none of the registers of its profile"):
                await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", timeout=PATIENT, own=own))

    run(story())


def test_optional_neighbours_are_asked_together_until_that_is_refused(tmp_path: Path) -> None:
    store = Store({1: {HOLDING: {1: 5, 3: 7}}})

    async def story() -> None:
        async with tcp_server(store) as port:
            own = asking(tmp_path, "[identity]\nasks = false\n", optional(1, 2, 3))
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own)
            await device.open()
            assert {"holding:0x0001": 5, "holding:0x0003": 7} == values(await device.poll(ALL))
            store.requests.clear()
            await device.poll(ALL)
            await device.close()
        assert [(1, 3, 1, 1), (1, 3, 3, 1)] == store.requests

    run(story())
