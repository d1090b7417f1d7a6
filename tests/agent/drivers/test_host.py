"""The server itself: psutil as it is here, and stand-ins for psutil on other machines."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.host import HostDriver
from agent.drivers.registry import connect
from agent.model.measures import Group
from tests.peers import poll_until

ALL = frozenset(Group)
STARTED = 1000.0  # seconds ago


def probe(current: float | None, label: str = "") -> SimpleNamespace:
    return SimpleNamespace(label=label, current=current, high=None, critical=None)


def machine(**more: Any) -> SimpleNamespace:
    """A machine without sensors; `more` are further functions of psutil or others in their place."""
    functions: dict[str, Any] = {
        "cpu_percent": lambda interval: 12.5,
        "virtual_memory": lambda: SimpleNamespace(percent=40.0),
        "disk_usage": lambda mount: SimpleNamespace(percent=75.0),
        "boot_time": lambda: time.time() - STARTED,
    }
    return SimpleNamespace(**{**functions, **more})


async def polls(driver: HostDriver, count: int, groups: frozenset[Group] = ALL) -> list[Answer]:
    await driver.open()
    answers = [await driver.poll(groups) for _ in range(count)]
    await driver.close()
    return answers


def poll(system: object, *mounts: str) -> Answer:
    return asyncio.run(polls(HostDriver(mounts, 20.0, system), 1))[0]


def values(answer: Answer) -> Mapping[tuple[str, str], float | str]:
    return {(r.measure.key, "".join(text for _, text in r.labels)): r.value for r in answer.readings}


def test_this_very_machine_is_read() -> None:
    driver = connect(parse_address("host://"), Surroundings(timeout=20.0))
    assert isinstance(driver, HostDriver)

    first, second = asyncio.run(polls(driver, 2))

    assert [answer.withheld for answer in (first, second) if answer.withheld] == []
    addresses = {reading.measure.key: reading.address for reading in second.readings}
    assert {
        "host_cpu_load": "psutil:cpu_percent",
        "host_memory_used": "psutil:virtual_memory.percent",
        "host_uptime": "psutil:boot_time",
        "host_disk_used": "psutil:disk_usage(/).percent",
    }.items() <= addresses.items()
    used = values(second)["host_disk_used", "/"]
    assert used == pytest.approx(psutil.disk_usage("/").percent / 100, abs=0.05)


def test_the_first_poll_has_no_load_because_none_was_measured() -> None:
    first, second = asyncio.run(polls(HostDriver((), 20.0, machine()), 2))

    assert ("host_cpu_load", "") not in values(first)
    assert values(second)["host_cpu_load", ""] == 0.125


def test_a_machine_with_every_sensor_is_read_in_base_units() -> None:
    system = machine(
        sensors_temperatures=lambda: {
            "coretemp": [probe(41.0, "Core 0"), probe(43.0, "Core 1"), probe(44.0, "Core 0")],
            "acpitz": [probe(30.5)],
        },
        sensors_fans=lambda: {"nct6775": [probe(1200, "fan1"), probe(0, "fan2")]},
        sensors_battery=lambda: SimpleNamespace(percent=87.0, secsleft=-2, power_plugged=True),
    )

    answer = poll(system, "/", "/var")

    found = dict(values(answer))
    assert found.pop(("host_uptime", "")) == pytest.approx(STARTED, abs=30)
    assert found == {
        ("host_memory_used", ""): 0.4,
        ("host_disk_used", "/"): 0.75,
        ("host_disk_used", "/var"): 0.75,
        ("host_temperature", "coretemp Core 0"): 41.0,
        ("host_temperature", "coretemp Core 1"): 43.0,
        ("host_temperature", "coretemp Core 0 2"): 44.0,
        ("host_temperature", "acpitz"): 30.5,
        ("host_fan", "nct6775 fan1"): 1200,
        ("host_fan", "nct6775 fan2"): 0,
        ("host_battery_charge", ""): 0.87,
    }
    assert "psutil:sensors_temperatures.coretemp[2].current" in [reading.address for reading in answer.readings]


def test_what_psutil_lacks_or_cannot_read_is_absent() -> None:
    def broken() -> None:
        raise OSError(5, "Input/output error")

    system = machine(virtual_memory=broken, sensors_fans=broken, sensors_battery=lambda: None)

    answer = poll(system)

    assert {key for key, _ in values(answer)} == {"host_uptime"}
    assert not answer.withheld


def test_a_temperature_that_cannot_be_true_is_withheld_and_one_of_an_open_input_is_absent() -> None:
    probes = [probe(0.0, "open"), probe(255.0, "stuck"), probe(None, "mute"), probe(35.0, "good")]
    answer = poll(machine(sensors_temperatures=lambda: {"it87": probes}))

    assert [label for key, label in values(answer) if key == "host_temperature"] == ["it87 good"]
    assert [(w.address, w.raw) for w in answer.withheld] == [("psutil:sensors_temperatures.it87[1].current", "255")]


def test_a_mount_that_is_not_there_is_told() -> None:
    def usage(mount: str) -> SimpleNamespace:
        if mount == "/gone":
            raise FileNotFoundError(2, "No such file or directory", mount)
        return SimpleNamespace(percent=10.0)

    answer = poll(machine(disk_usage=usage), "/", "/gone")

    assert values(answer)["host_disk_used", "/"] == 0.1
    (withheld,) = answer.withheld
    assert withheld.labels == (("mount", "/gone"),)
    assert "No such file" in withheld.reason


@contextmanager
def dead_file_server() -> Iterator[tuple[SimpleNamespace, threading.Event, list[str]]]:
    """A machine whose mount /dead hangs until the event is set; and the calls that were made for it."""
    back, calls = threading.Event(), list[str]()

    def usage(mount: str) -> SimpleNamespace:
        if mount == "/dead":
            calls.append(mount)
            back.wait()
        return SimpleNamespace(percent=50.0)

    try:
        yield machine(disk_usage=usage), back, calls
    finally:
        back.set()


def test_a_mount_that_hangs_is_told_asked_once_and_read_again_when_it_is_back() -> None:
    async def story() -> None:
        with dead_file_server() as (system, back, calls):
            driver = HostDriver(("/", "/dead"), 0.2, system)
            await driver.open()
            hanging = [await driver.poll(ALL) for _ in range(3)]
            assert calls == ["/dead"]
            back.set()
            later = await poll_until(lambda: driver.poll(ALL), lambda answer: not answer.withheld)
            await driver.close()

        for answer in hanging:
            assert values(answer)["host_disk_used", "/"] == 0.5
            assert [w.reason for w in answer.withheld] == ["no answer within 0.2 s"]
        assert values(later)["host_disk_used", "/dead"] == 0.5

    asyncio.run(story())


def test_a_program_ends_though_a_mount_hangs() -> None:
    program = (
        "import asyncio, threading\n"
        "from agent.drivers.aside import Aside\n"
        "try:\n"
        "    asyncio.run(Aside(threading.Event().wait).ask(0.1))\n"
        "except TimeoutError as error:\n"
        "    print(error)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert (ended.stdout, ended.stderr) == ("no answer within 0.1 s\n", "")


def test_nothing_is_asked_when_nothing_is_due() -> None:
    def asked(*_: object) -> None:
        raise AssertionError("asked")

    system = machine(virtual_memory=asked, disk_usage=asked, boot_time=asked)
    (answer,) = asyncio.run(polls(HostDriver(("/",), 20.0, system), 1, frozenset({Group.STATE})))

    assert not answer.readings


@pytest.mark.parametrize(
    ("written", "told"),
    [("Dell Inc.\n", "Dell Inc."), ("To Be Filled By O.E.M.\n", ""), ("Default string\n", ""), (None, "")],
)
def test_the_maker_is_told_if_he_filled_in_the_form(tmp_path: Path, written: str | None, told: str) -> None:
    if written is not None:
        (tmp_path / "sys_vendor").write_text(written, "utf-8")

    identity = asyncio.run(HostDriver(("/",), 1.0, machine(), tmp_path).open())

    assert (identity.kind, identity.vendor, identity.model) == ("host", told, "")
    assert identity.firmware


@pytest.mark.parametrize("mounts", ["var", "/,", "/,var"])
def test_mounts_that_are_no_paths_are_refused(mounts: str) -> None:
    with pytest.raises(AddressError, match="expected absolute paths"):
        connect(parse_address(f"host://?mounts={mounts}"), Surroundings())
