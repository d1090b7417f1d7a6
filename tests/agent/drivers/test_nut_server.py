"""The NUT driver against NUT's own server: upsd with dummy-ups behind it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest

from agent.address import parse_address
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Refused
from agent.model.measures import Group
from agent.wire import nut
from tests.agent.drivers.nut_server import CERTUTIL, DRIVER, UPSD, NutServer, nut_server
from tests.peers import poll_until

pytestmark = pytest.mark.skipif(not (UPSD.exists() and DRIVER.exists()), reason="nut-server is not installed")
with_certificates = pytest.mark.skipif(not CERTUTIL.exists(), reason="libnss3-tools is not installed")

ALL = frozenset(Group)
UPS = {
    "ups.mfr": "Acme", "ups.model": "A1 rack", "ups.serial": "0815", "ups.status": "OL CHRG", "ups.load": "23",
    "input.voltage": "229.8", "battery.charge": "87", "battery.runtime": "1800", "ambient.temperature": "24.5",
}  # fmt: skip
SWITCH = {"device.type": "ats", "ups.status": "OL", "input.source": "1", "input.1.voltage": "230.1"}


def driver(server: NutServer, rest: str) -> Driver:
    return connect(parse_address(f"nut://127.0.0.1:{server.port}{rest}"), Surroundings(timeout=20.0))


async def read(device: Driver) -> dict[str, float | str]:
    try:
        await device.open()
        return {reading.address: reading.value for reading in (await device.poll(ALL)).readings}
    finally:
        await device.close()


def test_a_ups_behind_upsd_is_read() -> None:
    async def story() -> None:
        async with nut_server({"ups-1": UPS}) as server:
            device = driver(server, "")
            identity = await device.open()
            found = await read(device)

        assert ("ups", "Acme", "A1 rack", "0815", 'The "ups-1"') == (
            identity.kind, identity.vendor, identity.model, identity.serial, identity.name,
        )  # fmt: skip
        assert {
            "input.voltage": 229.8, "battery.charge": 0.87, "battery.runtime": 1800, "ups.load": 0.23,
            "ambient.temperature": 24.5,
        }.items() <= found.items()  # fmt: skip

    asyncio.run(story(), debug=True)


def test_one_of_several_is_read_by_name_and_kind() -> None:
    async def story() -> None:
        async with nut_server({"ups-1": UPS, "ats-1": SWITCH}) as server:
            with pytest.raises(Refused, match="the server has ats-1, ups-1"):
                await read(driver(server, ""))
            with pytest.raises(Refused, match="no UPS 'ups-2'"):
                await read(driver(server, "/ups-2"))
            device = driver(server, "/ats-1")
            assert "ats" == (await device.open()).kind
            assert 230.1 == (await read(device))["input.1.voltage"]

    asyncio.run(story(), debug=True)


def test_every_question_that_only_asks_is_understood_by_upsd() -> None:
    async def story() -> None:
        async with nut_server({"ups-1": UPS}) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)

            async def ask(question: bytes, whole: Callable[[bytes], bool]) -> bytes:
                writer.write(question)
                data = b""
                while not whole(data):
                    data += await reader.readline()
                return data

            for kind in ("RW", "CMD", "CLIENT"):
                nut.listed(await ask(nut.list_(kind, "ups-1"), nut.is_whole(kind, "ups-1")), kind, "ups-1")
            for kind, subject in (
                ("VAR", ("ups-1", "ups.status")),
                ("TYPE", ("ups-1", "ups.status")),
                ("DESC", ("ups-1", "ups.status")),
                ("CMDDESC", ("ups-1", "load.off")),
                ("UPSDESC", ("ups-1",)),
                ("NUMLOGINS", ("ups-1",)),
            ):
                assert nut.got(await ask(nut.get(kind, *subject), nut.is_line), kind, *subject)
            nut.agreed(await ask(nut.username('a "b" #\\'), nut.is_line))
            nut.agreed(await ask(nut.password('a "b" #\\'), nut.is_line))
            nut.agreed(await ask(nut.LOGOUT, nut.is_line))
            writer.close()
            await writer.wait_closed()

    asyncio.run(story(), debug=True)


def test_a_driver_that_fell_silent_is_a_timeout_and_one_that_died_is_unreachable() -> None:
    async def fault_of(device: Driver) -> str:
        try:
            await device.poll(ALL)
        except Fault as fault:
            return f"{fault.result}: {fault}"
        return ""

    async def story() -> None:
        async with nut_server({"ups-1": UPS}, max_age=3) as server:
            device = driver(server, "/ups-1")
            await device.open()
            server.drivers["ups-1"].send_signal(signal.SIGSTOP)
            try:
                stale = await poll_until(lambda: fault_of(device), bool)
            finally:
                server.drivers["ups-1"].send_signal(signal.SIGCONT)
            assert stale.startswith("timed_out: ")
            assert "ERR DATA-STALE" in stale
            await poll_until(lambda: fault_of(device), lambda fault: not fault)
            server.drivers["ups-1"].terminate()
            dead = await poll_until(lambda: fault_of(device), lambda fault: "CONNECTED" in fault)
            assert dead.startswith("unreachable: ")
            await device.close()

    asyncio.run(story(), debug=True)


@with_certificates
def test_over_tls_with_a_certificate_that_is_trusted_and_a_login() -> None:
    async def story(server: NutServer) -> None:
        ca = f"ca={server.certificate}"
        for rest in (f"?tls=required&{ca}&user=watch&password=secret", f"?tls=yes&{ca}", "?tls=required&verify=no"):
            assert 229.8 == (await read(driver(server, rest)))["input.voltage"]

    with_tls(story)


@with_certificates
def test_over_tls_a_certificate_that_nobody_trusts_is_refused() -> None:
    async def story(server: NutServer) -> None:
        for tls in ("yes", "required"):
            with pytest.raises(Refused, match="the certificate is not accepted"):
                await read(driver(server, f"?tls={tls}"))

    with_tls(story)


def with_tls(story: Callable[[NutServer], Awaitable[None]]) -> None:
    async def told() -> None:
        async with nut_server({"ups-1": UPS}, tls=True) as server:
            await story(server)

    asyncio.run(told(), debug=True)
