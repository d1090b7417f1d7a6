"""The SNMP driver against a small agent that misbehaves on purpose."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Surroundings
from agent.drivers.registry import connect
from agent.drivers.snmp import SnmpDriver, line_of
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown, Unreachable
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import snmp_profiles
from tests.snmp_agent import SnmpAgent, Value, snmp_agent, system

EVERYTHING = frozenset(Group)
UPS = "1.3.6.1.2.1.33.1"


def ups(**changes: Value) -> dict[str, Value]:
    """A single-phase UPS with the standard MIB; keys are OIDs relative to upsObjects."""
    own: dict[str, Value] = {
        "1.1.0": "Maker", "1.2.0": "Model 6", "1.3.0": "1.0", "2.1.0": 2, "2.3.0": 12, "2.4.0": 97, "2.5.0": 2707,
        "3.2.0": 1, "3.3.1.2.1": 500, "3.3.1.3.1": 231, "4.1.0": 3, "4.2.0": 499, "4.3.0": 1, "4.4.1.2.1": 230,
        "4.4.1.3.1": 72, "4.4.1.4.1": 1500, "4.4.1.5.1": 27,
    }  # fmt: skip
    return {**system(), **{f"{UPS}.{oid}": value for oid, value in (own | changes).items()}}


def driver_of(agent: SnmpAgent, options: str = "community=public", timeout: float = 0.3) -> SnmpDriver:
    driver = connect(parse_address(f"snmp://127.0.0.1:{agent.port}?{options}"), Surroundings(timeout=timeout))
    assert isinstance(driver, SnmpDriver)
    return driver


async def probed(agent: SnmpAgent, options: str = "community=public") -> tuple[Identity, Answer]:
    driver = driver_of(agent, options)
    try:
        return await driver.open(), await driver.poll(EVERYTHING)
    finally:
        await driver.close()


def values(answer: Answer) -> dict[str, float | str]:
    return {",".join([r.measure.key, *(f"{k}={v}" for k, v in r.labels)]): r.value for r in answer.readings}


def with_agent(
    story: Callable[[SnmpAgent], Coroutine[Any, Any, None]], objects: dict[str, Value], **flags: Any
) -> None:
    async def run() -> None:
        async with snmp_agent(objects, **flags) as agent:
            await story(agent)

    asyncio.run(run())


def test_a_standard_ups_is_read_in_base_units_with_its_own_addresses() -> None:
    async def story(agent: SnmpAgent) -> None:
        identity, answer = await probed(agent)

        assert (
            identity.kind, identity.vendor, identity.model, identity.firmware,
        ) == ("ups", "Maker", "Model 6", "1.0")  # fmt: skip
        read = values(answer)
        assert read["ups_state"] == "online"
        assert read["ups_battery_runtime"] == 720.0
        assert read["ups_battery_voltage"] == 270.7
        assert read["ups_output_frequency"] == 49.9
        assert read["ups_load,phase=L1"] == 0.27
        address = next(r.address for r in answer.readings if r.measure.key == "ups_load")
        assert f"{UPS}.4.4.1.5.1" == address

    with_agent(story, ups())


@pytest.mark.parametrize(
    "flags",
    [{}, {"most": 5}, {"most": 1}, {"first_only": True}, {"lose": 1}],
    ids=["whole", "five at a time", "one at a time", "answers only the first", "one datagram lost"],
)
@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_device_that_bears_less_than_a_whole_batch_reads_the_same(version: str, flags: dict[str, Any]) -> None:
    expected: dict[str, float | str] = {}

    async def healthy(agent: SnmpAgent) -> None:
        expected.update(values((await probed(agent, f"community=public&version={version}"))[1]))

    async def hampered(agent: SnmpAgent) -> None:
        _, answer = await probed(agent, f"community=public&version={version}")

        assert expected == values(answer)
        assert len(expected) > 10

    with_agent(healthy, ups())
    with_agent(hampered, ups(), **flags)


def test_sentinels_null_and_missing_objects_are_absent_not_zero() -> None:
    async def story(agent: SnmpAgent) -> None:
        _, answer = await probed(agent)

        read = values(answer)
        assert {"ups_battery_runtime", "ups_battery_temperature", "ups_bypass_frequency"}.isdisjoint(read)
        assert read["ups_battery_charge"] == 0.97

    with_agent(story, ups(**{"2.3.0": 65535, "2.7.0": -273, "5.1.0": None}))


def test_a_value_outside_its_sane_range_is_withheld_with_its_reason() -> None:
    async def story(agent: SnmpAgent) -> None:
        _, answer = await probed(agent)

        assert "ups_input_voltage,phase=L1" not in values(answer)
        (refused,) = answer.withheld
        assert (refused.raw, refused.measure.key) == ("23100", "ups_input_voltage")
        assert "2310 V is outside 0 to 1000" in refused.reason

    with_agent(story, ups(**{"3.3.1.3.1": 23100}))


def test_table_rows_beyond_the_count_that_read_zero_are_padding() -> None:
    padding: dict[str, Value] = {f"4.4.1.{column}.{line}": 0 for column in (2, 3, 4, 5) for line in (2, 3)}

    async def story(agent: SnmpAgent) -> None:
        _, answer = await probed(agent)

        assert {"L1"} == {dict(r.labels)["phase"] for r in answer.readings if r.measure.key == "ups_output_voltage"}

    with_agent(story, ups(**padding))


def test_forty_four_values_take_two_requests_once_the_device_is_known() -> None:
    phases: dict[str, Value] = {
        f"{table}.{column}.{line}": 100 + line
        for table, columns in (("3.3.1", (2, 3, 4, 5)), ("4.4.1", (2, 3, 4, 5)), ("5.3.1", (2, 3, 4)))
        for column in columns
        for line in (1, 2, 3)
    }
    counts: dict[str, Value] = {"3.2.0": 3, "4.3.0": 3, "5.2.0": 3}
    more: dict[str, Value] = {"2.2.0": 0, "2.6.0": 5, "2.7.0": 22, "5.1.0": 500, "6.1.0": 0}

    async def story(agent: SnmpAgent) -> None:
        driver = driver_of(agent)
        await driver.open()
        before = agent.requests
        answer = await driver.poll(EVERYTHING)
        await driver.close()

        assert 44 == len(answer.readings)
        assert agent.requests - before == 2

    with_agent(story, ups(**phases, **counts, **more))


def test_a_poll_of_the_state_group_asks_only_for_its_objects() -> None:
    async def story(agent: SnmpAgent) -> None:
        driver = driver_of(agent)
        await driver.open()
        agent.asked.clear()
        answer = await driver.poll(frozenset({Group.STATE}))
        await driver.close()

        assert {Group.STATE} == {reading.group for reading in answer.readings}
        assert f"{UPS}.2.5.0" not in agent.asked

    with_agent(story, ups())


def test_nothing_but_reading_requests_is_ever_sent() -> None:
    async def story(agent: SnmpAgent) -> None:
        await probed(agent)

        assert {"GetRequestPDU", "GetBulkRequestPDU"} >= agent.kinds

    with_agent(story, ups())


@pytest.mark.parametrize(
    ("flags", "fault", "words"),
    [
        ({"silent": True}, TimedOut, "no answer within 0.3 s, asked 2 times"),
        ({"community": "other"}, TimedOut, "community wrong"),
        ({"late": 1.0}, TimedOut, "no answer"),
        ({"wrong_id": True}, TimedOut, "no answer"),
        ({"garbled": True}, Garbled, "not SNMP"),
    ],
    ids=["silent", "wrong community", "late", "answers another question", "garbled"],
)
def test_a_device_that_cannot_be_read_is_a_named_fault(flags: dict[str, Any], fault: type[Fault], words: str) -> None:
    async def story(agent: SnmpAgent) -> None:
        with pytest.raises(fault, match=words):
            await probed(agent)

    with_agent(story, ups(), **flags)


def test_a_device_that_no_profile_knows_says_who_it_is() -> None:
    async def story(agent: SnmpAgent) -> None:
        with pytest.raises(Unknown, match=r"1\.3\.6\.1\.4\.1\.99999\.1.*a device of the tests"):
            await probed(agent)

    with_agent(story, system())


def test_a_view_that_shows_nothing_is_told_apart_from_silence() -> None:
    async def story(agent: SnmpAgent) -> None:
        with pytest.raises(Refused, match="community or view"):
            await probed(agent)

    with_agent(story, {})


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    async def story() -> None:
        driver = connect(parse_address("snmp://no-such-host.invalid?community=public"), Surroundings())
        with pytest.raises(Unreachable, match="cannot be resolved"):
            await driver.open()

    asyncio.run(story())


def test_a_late_answer_is_not_taken_for_the_next_question() -> None:
    async def story(agent: SnmpAgent) -> None:
        driver = driver_of(agent)
        await driver.open()
        agent.late = 0.8  # after both tries have ended, before the next question's answer
        with pytest.raises(TimedOut):
            await driver.poll(EVERYTHING)
        agent.objects[f"{UPS}.2.4.0"] = 55
        agent.late = 0.0
        await asyncio.sleep(0.4)
        answer = await driver.poll(EVERYTHING)
        await driver.close()

        assert values(answer)["ups_battery_charge"] == 0.55

    with_agent(story, ups())


def test_an_object_that_vanishes_is_absent_and_the_rest_goes_on() -> None:
    async def story(agent: SnmpAgent) -> None:
        driver = driver_of(agent)
        await driver.open()
        del agent.objects[f"{UPS}.2.4.0"]
        read = values(await driver.poll(EVERYTHING))
        await driver.close()

        assert "ups_battery_charge" not in read
        assert read["ups_state"] == "online"

    with_agent(story, ups())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "no community"),
        ("community=x&version=4", "version=4; expected one of 1, 2c, 3"),
        ("community=x&profile=nobody", "unknown profile 'nobody'"),
        ("community=x&batch=0", "batch=0; expected a whole number from 1 to 100"),
        ("community=x&color=blue", "unknown option 'color'"),
        ("user=u&auth=short", "a short auth secret; expected at least 8"),
        ("user=u&priv=longenough", "privacy without authentication"),
        ("version=3", "no user"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_was_expected(options: str, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        connect(parse_address(f"snmp://127.0.0.1?{options}"), Surroundings())


def test_secrets_do_not_appear_when_an_address_is_shown() -> None:
    address = parse_address("snmp://10.0.0.1?user=u&auth=sesame-one&priv=sesame-two")

    assert "sesame" not in str(address)
    assert "sesame" not in repr(address)


def test_a_device_that_finds_a_request_too_big_is_asked_for_less_from_then_on() -> None:
    async def story(agent: SnmpAgent) -> None:
        driver = driver_of(agent)
        await driver.open()
        agent.asked.clear()
        await driver.poll(EVERYTHING)
        await driver.close()

        assert len(agent.asked) > 4
        assert sorted(set(agent.asked)) == sorted(agent.asked), "no object was asked twice"

    with_agent(story, ups(), most=4)


def test_long_texts_behind_a_column_do_not_lose_the_table() -> None:
    async def story(agent: SnmpAgent) -> None:
        _, answer = await probed(agent)

        assert values(answer)["ups_load,phase=L1"] == 0.27

    with_agent(story, ups(**{f"4.4.1.6.{row}": "x" * 250 for row in range(1, 40)}))


def test_of_a_table_that_goes_round_in_circles_one_round_is_read() -> None:
    async def story(agent: SnmpAgent) -> None:
        _, answer = await probed(agent)

        assert values(answer)["ups_output_voltage,phase=L1"] == 230.0

    with_agent(story, ups(), circling=f"{UPS}.4.4.1.2")


def test_a_text_too_long_to_arrive_costs_only_itself() -> None:
    async def story(agent: SnmpAgent) -> None:
        identity, answer = await probed(agent)

        assert ("", "Maker") == (identity.model, identity.vendor)
        assert values(answer)["ups_battery_charge"] == 0.97

    with_agent(story, ups(**{"1.2.0": "x" * 5000}))


def test_sensors_are_found_where_the_agent_has_nothing_else_of_the_entity_mib() -> None:
    entry = "1.3.6.1.2.1.99.1.1.1"
    sensor: dict[str, Value] = {
        f"{entry}.{column}.17": value for column, value in ((1, 8), (2, 9), (3, 1), (4, 235), (5, 1))
    }

    async def story(agent: SnmpAgent) -> None:
        identity, answer = await probed(agent)

        assert "entity-sensor" == identity.profile
        assert [23.5] == [reading.value for reading in answer.readings]

    with_agent(story, system() | sensor)


def test_a_maker_whose_agent_names_only_its_author_is_known_by_the_rows_of_its_profile() -> None:
    janitza: dict[str, Value] = {"1.3.6.1.4.1.34278.2.1.0": 1000, "1.3.6.1.4.1.34278.1.1.0": 2301}

    async def story(agent: SnmpAgent) -> None:
        identity, answer = await probed(agent)

        assert identity.profile.startswith("janitza")
        assert 230.1 in values(answer).values()

    with_agent(story, system("1.3.6.1.4.1.8072.3.2.10") | janitza)


def test_a_table_row_that_comes_later_is_found_beside_the_polls() -> None:
    async def story(agent: SnmpAgent) -> None:
        address = parse_address(f"snmp://127.0.0.1:{agent.port}?community=public")
        driver = SnmpDriver(line_of(address, Surroundings()), snmp_profiles(), None, rediscover=0.0)
        await driver.open()
        agent.objects |= {f"{UPS}.4.4.1.2.2": 229}
        asked = agent.requests
        first = await driver.poll(EVERYTHING)
        assert 1 == agent.requests - asked, "the poll itself does not wait for the search"
        deadline = time.monotonic() + 5
        while "ups_output_voltage,phase=L2" not in values(first) and time.monotonic() < deadline:
            first = await driver.poll(EVERYTHING)
        await driver.close()

        assert values(first)["ups_output_voltage,phase=L2"] == 229.0

    with_agent(story, ups())
