"""`roomready discover`: asks the given addresses and no other, and what it prints can be used as it is."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agent.address import AddressError
from agent.targets import targets
from tests.agent.commands.test_probe import OBJECTS, roomready
from tests.snmp_agent import SnmpAgent, Value, snmp_agent, system

NAME = "1.3.6.1.2.1.1.5.0"


async def three_of_five(stack: AsyncExitStack) -> dict[str, SnmpAgent]:
    """Agents at .1 (a UPS), .2 (the same name again), .4 (of a kind nobody knows) and .6, all on one port."""
    boxes: dict[str, dict[str, Value]] = {
        "127.0.0.1": {**OBJECTS, NAME: "ups one\n[[device]]"},
        "127.0.0.2": {**OBJECTS, NAME: "ups one\n[[device]]"},
        "127.0.0.4": system("1.3.6.1.4.1.99999.7", "a box of nobody's"),
        "127.0.0.6": dict(OBJECTS),
    }
    agents: dict[str, SnmpAgent] = {}
    port = 0
    for host, objects in boxes.items():
        agents[host] = await stack.enter_async_context(snmp_agent(objects, host, port=port))
        port = agents[host].port
    return agents


def test_three_of_five_addresses_answer_and_the_entries_pass_the_check(tmp_path: Path) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            agents = await three_of_five(stack)
            port = str(agents["127.0.0.1"].port)
            words = ("discover", "127.0.0.1-5", "--port", port, "--community", "public", "--timeout", "0.3")
            code, out, err = await roomready(*words)

            assert 0 == code
            assert 2 == out.count("\n[[device]]\n")
            assert "public" not in out
            assert "127.0.0.4" in err
            assert "a box of nobody's" in err
            assert "no answer from 2 of 5" in err
            assert 0 == agents["127.0.0.6"].requests
            config = tmp_path / "room.toml"
            config.write_text(out, "utf-8")
            code, out, err = await roomready("check", str(config), ROOMREADY_COMMUNITY="public")
            assert (0, f"{config}: good, 2 device(s)\n") == (code, out), err

    asyncio.run(story())


def test_json_lists_what_was_found_and_what_was_not() -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            port = str((await three_of_five(stack))["127.0.0.1"].port)
            words = ("127.0.0.1", "127.0.0.3", "127.0.0.4", "--port", port, "--timeout", "0.2", "--json")
            code, out, _ = await roomready("discover", *words, ROOMREADY_COMMUNITY="public")

            assert 0 == code
            said = json.loads(out)
            assert ["ups"] == [device["kind"] for device in said["devices"]]
            assert [f"snmp://127.0.0.4:{port}"] == [row["address"] for row in said["unknown"]]
            assert [f"snmp://127.0.0.3:{port}"] == said["silent"]

    asyncio.run(story())


def test_nobody_there_ends_with_three() -> None:
    async def story() -> None:
        async with snmp_agent(OBJECTS, silent=True) as agent:
            words = ("127.0.0.1", "--port", str(agent.port), "--community", "public", "--timeout", "0.1")
            code, out, err = await roomready("discover", *words)

            assert (3, "") == (code, out)
            assert "no answer from 1 of 1" in err

    asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("10.0.0.5-7", ["10.0.0.5", "10.0.0.6", "10.0.0.7"]),
        ("10.0.0.255-10.0.1.1", ["10.0.0.255", "10.0.1.0", "10.0.1.1"]),
        ("10.0.0.0/30", ["10.0.0.1", "10.0.0.2"]),
        ("ups-1.example", ["ups-1.example"]),
        ("fe80::1", ["fe80::1"]),
        ("snmp://10.0.0.9:1161", ["10.0.0.9"]),
    ],
)
def test_an_argument_means_the_addresses_that_it_says(text: str, hosts: list[str]) -> None:
    assert hosts == [address.host for address in targets([text])]


@pytest.mark.parametrize("text", ["10.0.0.0/8", "10.0.0.9-3", "10.0.0.300", "-", "10.0.0.1/33", "a b", ""])
def test_what_is_no_address_or_a_sweep_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        targets([text])
