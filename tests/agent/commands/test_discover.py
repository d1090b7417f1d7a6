"""`roomready discover`: asks the given addresses and no other, and what it prints can be used as it is."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from agent.address import AddressError, parse_address
from agent.discover import AT_ONCE, Attempt, Outcome, discover
from agent.drivers.driver import Surroundings
from agent.drivers.throttle import Throttle
from agent.targets import targets
from tests.agent.commands.test_probe import OBJECTS, roomready
from tests.agent.drivers.modbus_far_side import HOLDING, Store, tcp_server
from tests.snmp_agent import SnmpAgent, Value, snmp_agent, system

NAME = "1.3.6.1.2.1.1.5.0"


class Counting(Throttle):
    """Counts those who waited."""

    count = 0

    async def wait(self) -> None:
        self.count += 1
        await super().wait()


async def asked(
    urls: list[str], surroundings: Surroundings, told: Callable[[Outcome], None] = lambda _: None
) -> Sequence[Outcome]:
    addresses = [parse_address(f"{url}?community=public") for url in urls]
    return await discover([[Attempt(address, {})] for address in addresses], surroundings, told)


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


def test_a_dead_address_is_asked_twice_and_the_others_do_not_wait_for_it() -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            dead = await stack.enter_async_context(snmp_agent(OBJECTS, "127.0.0.1", silent=True))
            alive = await stack.enter_async_context(snmp_agent(OBJECTS, "127.0.0.2", port=dead.port))
            words = ("127.0.0.1-2", "--port", str(dead.port), "--community", "public", "--timeout", "1.5")
            started = time.monotonic()
            asking = asyncio.create_task(roomready("discover", *words))
            while not alive.requests or not dead.requests:
                assert time.monotonic() - started < 20
                await asyncio.sleep(0.01)
            code, out, _ = await asking

            assert 0 == code
            assert f"127.0.0.2:{alive.port}" in out
            assert 2 == dead.requests

    asyncio.run(story())


def test_communities_are_tried_in_turn_and_the_entry_names_the_one_that_fits(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("sesame-two\n", "utf-8")
    reference = f"file:{tmp_path / 'community'}"

    async def story() -> None:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(snmp_agent(OBJECTS, "127.0.0.1", community="sesame-one"))
            await stack.enter_async_context(snmp_agent(OBJECTS, "127.0.0.2", community="sesame-two", port=first.port))
            communities = ("--community", "sesame-one", "--community", reference)
            words = ("127.0.0.1-2", "--port", str(first.port), "--timeout", "0.3", *communities)
            code, out, err = await roomready("discover", *words)

            assert 0 == code, err
            assert 'secrets = { community = "env:ROOMREADY_COMMUNITY" }' in out
            assert f'secrets = {{ community = "{reference}" }}' in out
            assert "sesame" not in out + err
            assert "set ROOMREADY_COMMUNITY" in err

    asyncio.run(story())


def test_an_address_with_its_own_profile_and_protocol_is_read_once() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: 658, 1: 65435}}})) as port:
            url = f"modbus+tcp://127.0.0.1:{port}?profile=rs-ws-n01"
            code, out, err = await roomready("discover", url)

            assert 0 == code, err
            assert f'address = "{url}"' in out
            assert "secrets" not in out

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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["10.0.0.0/8", "--community", "x"], "more than 1024 addresses; expected at most 1024"),
        (["10.0.0.1"], "no community for snmp://10.0.0.1"),
        (["10.0.0.1", "--community", "env:NOT_SET_ANYWHERE"], "env:NOT_SET_ANYWHERE is empty or not set"),
        (["10.0.0.1", "--community", "x", "--rate", "0"], "expected a number above 0"),
        (["modbus+tcp://127.0.0.1"], "profile"),
    ],
)
def test_a_wrong_request_ends_with_two_before_anybody_is_asked(words: list[str], sentence: str) -> None:
    code, out, err = asyncio.run(roomready("discover", *words))

    assert (2, "") == (code, out)
    assert sentence in err


def test_a_network_of_a_thousand_is_the_most_and_nothing_is_meant_twice() -> None:
    assert 1022 == len(targets(["10.0.0.0/22", "10.0.0.7", "10.0.0.1-9"]))
    with pytest.raises(AddressError, match="more than 1024"):
        targets(["10.0.0.0/22", "10.0.4.1-3"])


def test_requests_of_all_who_ask_are_spaced_by_the_rate() -> None:
    throttle = Throttle(20)

    assert [0, 50, 100, 150] == [round(throttle.delay(7.0) * 1000) for _ in range(4)]
    assert 0 == throttle.delay(9.0)


def test_every_request_passes_the_throttle() -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            agents = await three_of_five(stack)
            throttle = Counting(1000)
            await asked(
                [f"snmp://{host}:{agent.port}" for host, agent in agents.items()], Surroundings(None, 1, throttle)
            )

            assert sum(agent.requests for agent in agents.values()) == throttle.count
            assert throttle.count > 3 * len(agents)

    asyncio.run(story())


def test_no_more_than_sixteen_addresses_are_asked_at_the_same_time() -> None:
    begun: list[int] = []

    async def story() -> None:
        async with AsyncExitStack() as stack:
            agents: list[SnmpAgent] = []
            for number in range(1, 21):
                port = agents[0].port if agents else 0
                silent = snmp_agent(OBJECTS, f"127.0.0.{number}", silent=True, port=port)
                agents.append(await stack.enter_async_context(silent))
            urls = [f"snmp://127.0.0.{number}:{agents[0].port}" for number in range(1, 21)]

            def told(_: Outcome) -> None:
                begun.append(sum(1 for agent in agents if agent.requests))

            await asked(urls, Surroundings(None, 0.3), told)

    asyncio.run(story())

    assert AT_ONCE == begun[0]
    assert 20 == len(begun)


@pytest.mark.parametrize("text", ["10.0.0.0/8", "10.0.0.9-3", "10.0.0.300", "-", "10.0.0.1/33", "a b", ""])
def test_what_is_no_address_or_a_sweep_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        targets([text])
