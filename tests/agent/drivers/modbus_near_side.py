"""What the tests of the Modbus driver share on this side of the line."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.address import parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault
from agent.model.measures import Group
from tests.agent.drivers.modbus_far_side import (
    HOLDING,
)
from tests.peers import poll_until

ALL = frozenset(Group)
PATIENT, HASTY = 20.0, 0.2  # seconds for an answer: one that must come, one that must not
CLIMATE = {HOLDING: {0: 0x0292, 1: 0xFF9B}}  # 65.8 %, -10.1 degC
TRANSMITTER = "profile=rs-ws-n01"


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def driver(address: str, timeout: float = PATIENT, own: Path | None = None) -> Driver:
    return connect(parse_address(address), Surroundings(own_profiles=own, timeout=timeout))


def profile(folder: Path, rows: str, more: str = "") -> Path:
    """A folder of own profiles with one named `own`."""
    (folder / "modbus").mkdir()
    head = 'name = "own"\nkind = "meter"\ntitle = "Own"\nsource = "this test"\nidentity = { asks = false }\n'
    (folder / "modbus" / "own.toml").write_text(f"{head}{more}\nrows = [\n{rows}\n]\n", "utf-8")
    return folder


def values(answer: Answer) -> dict[str, float | str]:
    return {reading.address: reading.value for reading in answer.readings}


async def once(device: Driver) -> Answer:
    """Opens, polls everything, closes."""
    try:
        await device.open()
        return await device.poll(ALL)
    finally:
        await device.close()


async def fault_of(device: Driver) -> Fault:
    """The fault that a poll of an open device ends with."""
    with pytest.raises(Fault) as caught:
        await device.poll(ALL)
    return caught.value


async def read_in_the_end(device: Driver) -> Answer:
    """Polls until it succeeds: a far end that is still busy may cost further polls."""

    async def attempt() -> Answer:
        try:
            return await device.poll(ALL)
        except Fault:
            return Answer(())

    return await poll_until(attempt, lambda answer: bool(answer.readings))
