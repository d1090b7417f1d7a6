"""Smart-UPS on their lines: what is read, what is never sent, what goes wrong, and what they say unasked."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, TimedOut, Unreachable
from agent.model.measures import Group
from agent.wire.apc_smart import QUESTIONS
from tests.agent.drivers.smart_ups import SmartUps
from tests.agent.links.far_side import FAR_SIDES, FarSide, Talk, at_pty
from tests.peers import poll_until

pytestmark = [
    pytest.mark.filterwarnings("ignore:set(Daemon|Name).. is deprecated:DeprecationWarning"),  # pyserial's rfc2217
]
ALL = frozenset(Group)
STATE = frozenset({Group.STATE})
PATIENT, HASTY = 20.0, 0.5  # seconds for an answer: one that must come, one that need not
Far = Callable[[Talk], AbstractAsyncContextManager[FarSide]]


@pytest.fixture(autouse=True)
def _nobody_holds_an_earlier_line() -> None:
    """A caught fault holds the frames it passed, these hold their line, and pseudo-terminals use their names again."""
    gc.collect()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def driver(far: FarSide, timeout: float = PATIENT, news: Callable[[], None] = lambda: None) -> Driver:
    return connect(parse_address(far.url("apc-smart")), Surroundings(timeout=timeout, news=news))


def values(answer: Answer) -> dict[str, float | str]:
    """By measure and, where there are any, the labels' values."""
    return {".".join((r.measure.key, *(value for _, value in r.labels))): r.value for r in answer.readings}


async def polled(ups: SmartUps, groups: frozenset[Group] = ALL, at: Far = at_pty) -> Answer:
    async with at(ups.talk) as far:
        device = driver(far)
        try:
            await device.open()
            return await device.poll(groups)
        finally:
            await device.close()


async def fault_of(device: Driver) -> Fault:
    with pytest.raises(Fault) as caught:
        await device.poll(ALL)
    return caught.value


@pytest.mark.parametrize("at", FAR_SIDES, ids=lambda at: at.__name__)
def test_a_unit_is_recognised_and_read_over_every_kind_of_line(at: Far) -> None:
    async def story() -> None:
        async with at(SmartUps().talk) as far:
            device = driver(far)
            who = await device.open()
            answer = await device.poll(ALL)
            await device.close()
        told = (who.kind, who.vendor, who.model, who.serial, who.firmware, who.name)
        assert ("ups", "APC", "SMART-UPS 1000", "WS9643050926", "60.11.I", "UPS_IDEN") == told
        expected = {
            "ups_state": "online",
            "ups_battery_state": "normal",
            "ups_battery_replace": 0.0,
            "ups_self_test_state": "passed",
            "ups_input_voltage": 230.1,
            "ups_input_voltage_highest": 231.0,
            "ups_input_voltage_lowest": 229.3,
            "ups_input_frequency": 50.0,
            "ups_output_frequency": 50.0,
            "ups_output_voltage": 230.4,
            "ups_load": 0.34,
            "ups_battery_charge": 1.0,
            "ups_battery_runtime": 2040.0,
            "ups_battery_voltage": 27.6,
            "ups_battery_nominal_voltage": 24.0,
            "ups_temperature": 28.5,
            "ups_rated_output_voltage": 230.0,
            "ups_transfer_low_voltage": 208.0,
            "ups_transfer_high_voltage": 253.0,
            "ups_low_battery_runtime": 120.0,
            "component_state.output load": "ok",
            "component_state.fan": "ok",
            "component_state.charger": "ok",
            "component_state.internal temperature": "ok",
        }
        assert expected == values(answer)
        assert () == tuple(answer.withheld)

    run(story())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Q": "10"}, {"ups_state": "on_battery", "ups_battery_state": "discharging"}),
        ({"Q": "50"}, {"ups_state": "on_battery", "ups_battery_state": "low"}),
        ({"Q": "0A"}, {"ups_state": "trim", "ups_battery_state": "normal"}),
        ({"Q": "0C"}, {"ups_state": "boost"}),
        ({"Q": "11"}, {"ups_state": "self_test"}),
        ({"Q": "00"}, {"ups_state": "off"}),
        ({"Q": "88"}, {"ups_state": "online", "ups_battery_replace": 1.0}),
        ({"Q": "28"}, {"component_state.output load": "critical"}),
        ({"~": "08"}, {"ups_state": "bypass"}),
        ({"'": "21"}, {"ups_battery_state": "missing", "component_state.fan": "critical"}),
        ({"8": "A0"}, {"component_state.charger": "critical", "component_state.internal temperature": "critical"}),
        ({"X": "BT"}, {"ups_self_test_state": "failed"}),
        ({"i": "40"}, {"contact_active.Measure-UPS contact 3": 1.0, "contact_active.Measure-UPS contact 1": 0.0}),
        ({"t": "024.5", "h": "045.0"}, {"air_temperature.Measure-UPS": 24.5, "air_humidity.Measure-UPS": 0.45}),
    ],
)
def test_each_bit_and_word_has_its_meaning(changed: dict[str, str], expected: dict[str, float | str]) -> None:
    found: dict[str, float | str] = {}

    async def story() -> None:
        ups = SmartUps()
        ups.answers.update(changed)
        found.update(values(await polled(ups)))

    run(story())
    assert expected == {key: found[key] for key in expected}


def test_on_battery_the_frequency_is_not_the_mains() -> None:
    async def story() -> None:
        ups = SmartUps()
        ups.answers["Q"] = "10"
        found = values(await polled(ups))
        assert (50.0, None) == (found["ups_output_frequency"], found.get("ups_input_frequency"))

    run(story())


def test_no_self_test_of_late_is_no_result() -> None:
    async def story() -> None:
        ups = SmartUps()
        ups.answers["X"] = "NO"
        assert "ups_self_test_state" not in values(await polled(ups))

    run(story())


def test_a_value_that_cannot_be_is_withheld_with_the_reason() -> None:
    async def story() -> None:
        ups = SmartUps()
        ups.answers["f"] = "900.0"
        answer = await polled(ups)
        assert [("ups_battery_charge", "900.0")] == [(w.measure.key, w.raw) for w in answer.withheld]

    run(story())


@pytest.mark.parametrize("dumb", [False, True], ids=["says NA", "says nothing"])
def test_a_unit_that_cannot_say_what_it_knows_is_asked_for_the_least(dumb: bool) -> None:
    async def story() -> None:
        ups = SmartUps({q: a for q, a in SmartUps().answers.items() if q in "QCPLOfB\x01"}, offers=False, dumb=dumb)
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY if dumb else PATIENT)
            who = await device.open()
            found = values(await device.poll(ALL))
            await device.close()
        assert ("SMART-UPS 1000", "") == (who.model, who.serial)
        assert {
            "ups_state",
            "ups_input_voltage",
            "ups_output_voltage",
            "ups_load",
            "ups_battery_charge",
        } <= found.keys()
        assert "ups_battery_runtime" not in found

    run(story())


def test_what_a_unit_offers_and_then_does_not_know_is_absent_and_not_asked_again() -> None:
    async def story() -> None:
        ups = SmartUps()
        ups.answers["j"] = "NA"
        async with at_pty(ups.talk) as far:
            device = driver(far)
            await device.open()
            first = values(await device.poll(ALL))
            await device.poll(ALL)
            await device.close()
        assert ("ups_battery_runtime" in first, ups.asked.count("j")) == (False, 1)

    run(story())


def test_only_questions_are_ever_sent() -> None:
    async def story() -> None:
        ups = SmartUps()
        await polled(ups)
        assert set(ups.asked) <= QUESTIONS.keys()
        assert not set(ups.asked) & set("KZS@UWDA^-+R\x0e\x1a\x7f")

    run(story())


def test_a_poll_for_the_state_asks_no_more_than_that_takes() -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far)
            await device.open()
            await device.poll(STATE)
            ups.asked = ""
            answer = await device.poll(STATE)
            await device.close()
        assert all(reading.group is Group.STATE for reading in answer.readings)
        assert sorted("QLOPfjX~'8Y") == sorted(ups.asked)

    run(story())


@pytest.mark.parametrize("alert", ["!", "$", "%", "+", "?", "=", "*", "#", "&"])
def test_what_a_unit_says_unasked_has_it_polled_at_once(alert: str) -> None:
    async def story() -> None:
        news: list[str] = []
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, news=lambda: news.append("news"))
            await device.open()
            await device.poll(STATE)
            assert [] == news
            far.say(alert.encode())
            await poll_until(lambda: _soon(len(news)), lambda count: count == 1)
            await device.close()

    run(story())


def test_a_setting_that_changed_is_no_news() -> None:
    async def story() -> None:
        news: list[str] = []
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, news=lambda: news.append("news"))
            await device.open()
            far.say(b"|")
            ups.before = b"|"
            await device.poll(STATE)
            await device.close()
        assert [] == news

    run(story())


@pytest.mark.parametrize(("before", "after"), [(b"!", b""), (b"", b"!"), (b"!\r\n", b"")])
def test_alerts_around_answers_spoil_none_of_them_and_are_news(before: bytes, after: bytes) -> None:
    async def story() -> None:
        news: list[str] = []
        clean = values(await polled(SmartUps()))
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, news=lambda: news.append("news"))
            await device.open()
            ups.before, ups.after = before, after
            spoilt = values(await device.poll(ALL))
            await device.close()
        assert clean == spoilt
        assert news

    run(story())


def test_a_silent_unit_times_out_and_is_read_again_when_it_speaks() -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY)
            await device.open()
            ups.silent = True
            fault = await fault_of(device)
            ups.silent = False
            found = values(await device.poll(STATE))
            await device.close()
        assert isinstance(fault, TimedOut)
        assert f"{far.place} (2400 8N1), asked 'Y': no answer within 0.5 s" == str(fault)
        assert "online" == found["ups_state"]

    run(story())


def test_an_answer_that_comes_late_is_not_the_next_question_s() -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY)
            await device.open()
            await device.poll(STATE)
            ups.delays["L"] = 1.5 * HASTY
            fault = await fault_of(device)
            ups.delays.clear()
            ups.answers.update(L="111.1", O="222.2")
            found = values(await device.poll(STATE))
            await device.close()
        assert isinstance(fault, TimedOut)
        assert (111.1, 222.2) == (found["ups_input_voltage"], found["ups_output_voltage"])

    run(story())


def test_a_poll_in_which_the_answers_slipped_by_one_is_thrown_away() -> None:
    """An answer from nowhere is taken for L's, L's for O's and so on: each of them looks right."""

    async def story() -> None:
        ups = SmartUps({"Q": "08", "L": "230.1", "O": "230.4"})
        async with at_pty(ups.talk) as far:
            say, held = far.say, list[bytes]()

            def one_too_late(data: bytes) -> None:
                if ups.asked.endswith("L"):
                    held.append(b"099.9\r\n")
                held.append(data)
                say(held.pop(0))

            device = driver(far, 4 * HASTY)
            await device.open()
            await device.poll(STATE)
            far.say = one_too_late
            fault = await fault_of(device)
            far.say = say
            found = values(await device.poll(STATE))
            await device.close()
        assert isinstance(fault, Garbled)
        assert "asked 'Y': received '230.4" in str(fault)
        assert (230.1, 230.4) == (found["ups_input_voltage"], found["ups_output_voltage"])

    run(story())


@pytest.mark.parametrize(
    ("flaw", "said"),
    [({"cut": 3}, "no complete answer"), ({"echo": True}, "does not answer that"), ({"before": b"\xff"}, "xff")],
)
def test_spoilt_answers_are_faults_that_show_what_came(flaw: dict[str, Any], said: str) -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY)
            await device.open()
            for name, value in flaw.items():
                setattr(ups, name, value)
            fault = await fault_of(device)
            await device.close()
        assert isinstance(fault, Garbled)
        assert said in str(fault)

    run(story())


def test_a_unit_that_lost_its_smart_mode_is_put_into_it_again() -> None:
    async def story() -> None:
        ups = SmartUps()
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY)
            await device.open()
            await device.poll(STATE)
            ups.smart = False
            assert isinstance(await fault_of(device), TimedOut)
            assert "online" == values(await device.poll(STATE))["ups_state"]
            await device.close()

    run(story())


def test_a_line_with_nobody_on_it_is_not_opened() -> None:
    async def story() -> None:
        ups = SmartUps(silent=True)
        async with at_pty(ups.talk) as far:
            device = driver(far, HASTY)
            with pytest.raises(TimedOut, match="asked 'Y'"):
                await device.open()
            await device.close()
        assert "YYY" == ups.asked

    run(story())


def test_a_line_that_is_gone_is_unreachable() -> None:
    async def story() -> None:
        async with at_pty(SmartUps().talk) as far:
            device = driver(far)
            await device.open()
        assert isinstance(await fault_of(device), Unreachable)
        await device.close()

    run(story())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("apc-smart://", "a path such as"),
        ("apc-smart+tcp://host", "TCP port"),
        ("apc-smart+tcp://host:4001?baud=2400", "one of none"),
        ("apc-smart:///dev/ttyS0?baud=fast", "a whole number"),
        ("apc-smart:///dev/ttyS0?parity=M", "one of N, E, O"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(address: str, expected: str) -> None:
    with pytest.raises(AddressError, match=expected):
        connect(parse_address(address), Surroundings())


async def _soon(value: Any) -> Any:
    return value
