"""Whose address it is: numeric ones at once, names when they are resolved, several devices behind one."""

import asyncio

import pytest

from agent.traps.senders import Senders, numeric


def test_devices_are_found_by_their_numeric_address_however_it_is_spelled() -> None:
    senders = Senders([("a", "10.0.0.1"), ("b", "10.0.0.1"), ("c", "2001:DB8::0:1"), ("d", "fe80::1%eth0")])

    assert ["a", "b"] == senders.behind("10.0.0.1")
    assert ["c"] == senders.behind(numeric("2001:db8::1"))
    assert ["d"] == senders.behind(numeric("fe80::1%3"))
    assert ["a", "b"] == senders.behind(numeric("::ffff:10.0.0.1"))
    assert () == senders.behind("10.0.0.2")
    assert ["a", "b", "c", "d"] == senders.devices


def test_a_name_is_found_once_it_is_resolved() -> None:
    async def story() -> None:
        senders = Senders([("a", "localhost")])
        assert () == senders.behind("127.0.0.1")
        following = asyncio.create_task(senders.follow())
        async with asyncio.timeout(20):
            while not senders.behind("127.0.0.1"):
                await asyncio.sleep(0.005)
        assert ["a"] == senders.behind("127.0.0.1")
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(story())


def test_a_name_that_does_not_resolve_is_told_and_disturbs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        senders = Senders([("a", "no-such-host.invalid"), ("b", "localhost"), ("c", "10.0.0.1")])
        following = asyncio.create_task(senders.follow())
        async with asyncio.timeout(20):
            while not senders.behind("127.0.0.1"):
                await asyncio.sleep(0.005)
        assert ["c"] == senders.behind("10.0.0.1")
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(story())

    assert "notifications from no-such-host.invalid are not recognised" in caplog.text
