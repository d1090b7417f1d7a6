"""The apcupsd driver: against a daemon of the tests' own that misbehaves, and against apcupsd itself."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.address import parse_address
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, TimedOut, Unreachable
from agent.model.measures import Group
from tests.agent.drivers.daemon_far_side import Daemon, daemon
from tests.agent.drivers.smart_ups import SmartUps
from tests.agent.links.far_side import FarSide, at_pty
from tests.peers import poll_until, started

APCUPSD = shutil.which("apcupsd", path="/sbin:/usr/sbin:/opt/apcupsd/sbin")
with_apcupsd = pytest.mark.skipif(APCUPSD is None, reason="apcupsd is not installed")

ALL = frozenset(Group)
PATIENT, HASTY = 20.0, 0.2  # seconds for an answer: one that must come, one that must not
GOOD = {
    "UPSNAME": "rack", "MODEL": "Smart-UPS 1000", "SERIALNO": "AS1", "STATUS": "ONLINE", "LINEV": "230.1 Volts",
    "LOADPCT": "34.0 Percent", "BCHARGE": "98.0 Percent", "TIMELEFT": "34.5 Minutes", "BATTV": "27.6 Volts",
    "ITEMP": "N/A", "SELFTEST": "OK", "STATFLAG": "0x05000008", "FIRMWARE": "60.11.I",
}  # fmt: skip


def speaks(status: Mapping[str, str], missing: int = 0) -> Callable[[bytes], bytes]:
    """What the daemon would say; `missing` lines are left out after it has counted them."""

    def answer(question: bytes) -> bytes:
        assert b"status" == question
        lines = [f"{key:<9}: {value}\n" for key, value in [*status.items(), ("END APC", "2026-11-23 22:46:16 +0000")]]
        header = f"APC      : 001,{len(lines):03},{sum(map(len, lines)):04}\n"
        records = [line.encode() for line in (header, *lines[missing:], "")]
        return b"".join(len(record).to_bytes(2, "big") + record for record in records)

    return answer


def driver(port: int, timeout: float = PATIENT) -> Driver:
    return connect(parse_address(f"apcupsd://127.0.0.1:{port}"), Surroundings(timeout=timeout))


async def everything(device: Driver) -> dict[str, float | str]:
    try:
        await device.open()
        return {reading.address: reading.value for reading in (await device.poll(ALL)).readings}
    finally:
        await device.close()


def story(answer: Callable[[bytes], bytes], tale: Callable[[Daemon], Awaitable[None]]) -> None:
    async def told() -> None:
        async with daemon(answer, framed=True) as far:
            await tale(far)

    asyncio.run(told(), debug=True)


def test_a_status_is_read_in_the_units_that_it_says() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far.port)
        identity = await device.open()
        found = await everything(device)

        assert ("ups", "APC", "Smart-UPS 1000", "AS1", "60.11.I", "rack") == (
            identity.kind, identity.vendor, identity.model, identity.serial, identity.firmware, identity.name,
        )  # fmt: skip
        assert {
            "LINEV": 230.1, "LOADPCT": 0.34, "BCHARGE": 0.98, "TIMELEFT": 2070, "BATTV": 27.6, "SELFTEST": "passed",
        }.items() <= found.items()  # fmt: skip
        assert "ITEMP" not in found

    story(speaks(GOOD), tale)


def test_a_unit_that_the_daemon_says_counts_more_than_the_usual_one() -> None:
    async def tale(far: Daemon) -> None:
        found = await everything(driver(far.port))
        assert (300, 25) == (found["TIMELEFT"], found["AMBTEMP"])

    story(speaks(GOOD | {"TIMELEFT": "300 Seconds", "AMBTEMP": "77.0 F"}), tale)


@pytest.mark.parametrize(
    ("status", "flags", "state", "battery"),
    [
        ("ONLINE", "0x05000008", "online", "normal"),
        ("ONBATT", "0x05060010", "on_battery", "discharging"),
        ("ONBATT LOWBATT", "0x05060050", "on_battery", "low"),
        ("SHUTTING DOWN", "0x05060250", "on_battery", "low"),
        ("TRIM ONLINE", "0x0500000A", "trim", "normal"),
        ("BOOST ONLINE", "0x0500000C", "boost", "normal"),
        ("CAL ONBATT", "0x05000011", "self_test", "discharging"),
        ("ONLINE NOBATT", "0x01000008", "online", "missing"),
    ],
)
def test_the_words_of_a_status_say_what_the_ups_does(status: str, flags: str, state: str, battery: str) -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far.port)
        await device.open()
        found = {reading.measure.key: reading.value for reading in (await device.poll(ALL)).readings}
        await device.close()
        assert (state, battery) == (found["ups_state"], found["ups_battery_state"])

    story(speaks(GOOD | {"STATUS": status, "STATFLAG": flags}), tale)


@pytest.mark.parametrize(
    "lost",
    [
        {"STATUS": "COMMLOST"},
        {"STATUS": "ONBATT COMMLOST"},
        {"STATFLAG": "0x05000108"},
        {"STATUS": ""},
        {"LINEV": "0.0 Volts", "BATTV": "0.0 Volts"},
    ],
)
def test_the_last_values_of_a_lost_ups_are_not_used_and_neither_are_zeros(lost: dict[str, str]) -> None:
    async def tale(far: Daemon) -> None:
        with pytest.raises(TimedOut, match="from the UPS"):
            await everything(driver(far.port))

    story(speaks(GOOD | lost), tale)


def test_polls_share_a_connection_until_the_daemon_restarts() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far.port)
        await device.open()
        await device.poll(ALL)
        assert 1 == far.connections
        far.hang_up()
        assert (await device.poll(ALL)).readings
        assert 2 == far.connections
        await device.close()

    story(speaks(GOOD), tale)


async def spoilt(far: Daemon, kind: type[Fault], within: float = PATIENT) -> None:
    """The driver cannot be opened; once the daemon has come to its senses it can."""
    device = driver(far.port, within)
    with pytest.raises(kind):
        await device.open()
    far.answer, far.silent, far.half, far.drip = speaks(GOOD), False, False, 0.0
    assert await everything(device)


def test_a_status_that_was_cut_is_never_used() -> None:
    async def tale(far: Daemon) -> None:
        far.half = True
        await spoilt(far, Unreachable)

    story(speaks(GOOD), tale)


def test_a_status_without_all_its_lines_is_garbled() -> None:
    story(speaks(GOOD, missing=2), lambda far: spoilt(far, Garbled))


def test_a_daemon_of_another_kind_is_garbled() -> None:
    story(lambda question: b"\0\5hello\0\0", lambda far: spoilt(far, Garbled))


def test_silence_and_dripping_are_timeouts() -> None:
    async def silent(far: Daemon) -> None:
        far.silent = True
        await spoilt(far, TimedOut, HASTY)

    async def dripping(far: Daemon) -> None:
        far.drip = 0.01
        await spoilt(far, TimedOut, HASTY)

    story(speaks(GOOD), silent)
    story(speaks(GOOD), dripping)


@asynccontextmanager
async def apcupsd(folder: Path, ups: FarSide) -> AsyncIterator[int]:
    """The daemon, with a UPS at its serial line; gives its port. Its script is empty: nothing here shuts down."""
    assert APCUPSD is not None
    script, config = folder / "apccontrol", folder / "apcupsd.conf"
    script.write_text("#!/bin/sh\n", "utf-8")
    script.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    places = "".join(f"{key} {folder}\n" for key in ("LOCKFILE", "SCRIPTDIR", "PWRFAILDIR", "NOLOGINDIR"))
    config.write_text(
        f"## apcupsd.conf v1.1 ##\nUPSCABLE smart\nUPSTYPE apcsmart\nDEVICE {ups.place}\n{places}POLLTIME 1\n"
        f"NETSERVER on\nNISIP 127.0.0.1\nNISPORT {port}\nEVENTSFILE {folder}/events\n",
        "utf-8",
    )
    log, pid = folder / "apcupsd.log", folder / "pid"
    async with started(APCUPSD, "-b", "-f", str(config), "-P", str(pid), log=log):
        yield port


@with_apcupsd
def test_a_smart_ups_behind_apcupsd_is_read_and_its_way_onto_the_battery_is_seen(tmp_path: Path) -> None:
    """Also what the daemon says before it has met the UPS, which is a fault and no reading of zero volts."""
    ups = SmartUps()

    async def told() -> None:
        async with at_pty(ups.talk) as far, apcupsd(tmp_path, far) as port:
            device = driver(port)

            async def read() -> dict[str, float | str]:
                try:
                    await device.open()
                    answer = await device.poll(ALL)
                except Fault:
                    return {}
                found = {reading.measure.key: reading.value for reading in answer.readings}
                assert 0 not in (found.get("ups_battery_voltage"), found.get("ups_input_voltage"))
                return found

            found = await poll_until(read, lambda found: "ups_rated_output_voltage" in found)
            identity = await device.open()
            assert ("SMART-UPS 1000", "WS9643050926", "UPS_IDEN") == (identity.model, identity.serial, identity.name)
            assert {
                "ups_state": "online", "ups_battery_state": "normal", "ups_input_voltage": 230.1, "ups_load": 0.34,
                "ups_battery_charge": 1.0, "ups_battery_runtime": 2040, "ups_battery_voltage": 27.6,
                "ups_temperature": 28.5, "ups_input_frequency": 50.0, "ups_self_test_state": "passed",
                "ups_battery_replace": 0, "ups_transfer_low_voltage": 208,
            }.items() <= found.items()  # fmt: skip
            ups.answers["Q"] = "50"
            far.say(b"!")
            found = await poll_until(read, lambda found: found.get("ups_state") == "on_battery")
            await poll_until(read, lambda found: found.get("ups_battery_state") == "low")
            await device.close()

    asyncio.run(told(), debug=True)
