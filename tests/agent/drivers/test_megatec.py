"""UPS on serial lines that speak Megatec's protocol or one of its relatives: recognised, read, and never commanded."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown, Unreachable
from agent.model.measures import Group
from tests.agent.drivers.megatec_far_side import CASTLE, MEGATEC, VOLTRONIC, Unit
from tests.agent.links.far_side import FAR_SIDES, FarSide, Talk, at_pty, at_tcp
from tests.peers import poll_until

pytestmark = [
    pytest.mark.filterwarnings("ignore:set(Daemon|Name).. is deprecated:DeprecationWarning"),  # pyserial's rfc2217
]
ALL, STATE = frozenset(Group), frozenset({Group.STATE})
PATIENT, HASTY = 20.0, 0.15  # seconds for an answer: one that must come, one that must not
QUERIES_ONLY = {*MEGATEC, *VOLTRONIC, *CASTLE, "QS", "D"}
Far = Callable[[Talk], AbstractAsyncContextManager[FarSide]]


@pytest.fixture(autouse=True)
def _nobody_holds_an_earlier_line() -> None:
    """A caught fault holds the frames it passed, these hold their line, and pseudo-terminals use their names again."""
    gc.collect()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def driver(far: FarSide, options: str = "", timeout: float = PATIENT) -> Driver:
    return connect(parse_address(far.url("megatec", options)), Surroundings(timeout=timeout))


def values(answer: Answer) -> dict[str, float | str]:
    name = "{}{}".format
    return {
        name(reading.measure.key, "".join(f" {text}" for _, text in reading.labels)): reading.value
        for reading in answer.readings
    }


async def read(
    unit: Unit, options: str = "", patience: float = PATIENT, groups: frozenset[Group] = ALL
) -> tuple[Any, Answer]:
    async with at_pty(unit) as far:
        device = driver(far, options, patience)
        try:
            return await device.open(), await device.poll(groups)
        finally:
            await device.close()


async def fault_of(device: Driver) -> Fault:
    with pytest.raises(Fault) as caught:
        await device.poll(ALL)
    return caught.value


@pytest.mark.parametrize("place", FAR_SIDES)
def test_a_megatec_unit_is_recognised_and_read_over_every_kind_of_line(place: Far) -> None:
    async def story() -> None:
        unit = Unit(MEGATEC, otherwise="")
        async with place(unit) as far:
            device = driver(far)
            identity, answer = await device.open(), await device.poll(ALL)
            await device.close()

        assert ("ups", "ACME-CORP-MFR15", "MODEL-TEN", "FW-VER-10", "megatec") == (
            identity.kind, identity.vendor, identity.model, identity.firmware, identity.profile,
        )  # fmt: skip
        assert values(answer) == {
            "ups_state": "online", "ups_battery_state": "normal", "ups_kind": "single_conversion",
            "ups_input_voltage": 230.1, "ups_input_frequency": 50.0, "ups_output_voltage": 230.4, "ups_load": 0.34,
            "ups_battery_voltage": 27.0, "ups_temperature": 28.5, "ups_rated_output_voltage": 230.0,
            "ups_rated_output_frequency": 50.0, "ups_battery_nominal_voltage": 24.0,
        }  # fmt: skip
        assert unit.asked[:3] == ["Q1", "QGS", "Q6"]

    run(story())


@pytest.mark.parametrize("otherwise", ["(NAK", "", None])
def test_a_voltronic_unit_says_charge_runtime_and_warnings(otherwise: str | None) -> None:
    async def story() -> None:
        identity, answer = await read(Unit(VOLTRONIC, otherwise), patience=HASTY if otherwise is None else PATIENT)

        assert ("voltronic", "ACME", "OLHVT1K0", "9132412100001", "00322.02") == (
            identity.profile, identity.vendor, identity.model, identity.serial, identity.firmware,
        )  # fmt: skip
        found = values(answer)
        expected = {
            "ups_state": "online", "ups_battery_charge": 0.68, "ups_battery_runtime": 15300.0, "ups_alarms": 1.0,
            "ups_battery_voltage": 26.5, "ups_output_current": 2.5, "component_state fan": "critical",
            "component_state charger": "ok", "ups_rated_apparent_power": 1000.0, "ups_kind": "double_conversion",
            "ups_battery_replace": 0.0,
        }  # fmt: skip
        assert expected == {key: found.get(key) for key in expected}

    run(story())


def test_a_castle_unit_gives_the_packs_volts_by_q6_and_is_asked_for_its_number_only_then() -> None:
    async def story() -> None:
        unit = Unit(CASTLE, "NAK")
        identity, answer = await read(unit)

        assert ("q6", "C1K(G7)", "08477-0307", "BFPB-A9492270135") == (
            identity.profile, identity.model, identity.firmware, identity.serial,
        )  # fmt: skip
        found = values(answer)
        expected = {
            "ups_state": "online", "ups_input_voltage": 225.4, "ups_load": 0.13, "ups_battery_voltage": 27.1,
            "ups_battery_charge": 1.0, "ups_battery_runtime": 2293.0, "ups_output_power": 100.0,
            "ups_output_current": 0.6, "ups_bypass_voltage": 225.4, "ups_transfer_low_voltage": 187.0,
        }  # fmt: skip
        assert expected == {key: found.get(key) for key in expected}
        assert not [key for key in found if " L" in key]
        assert unit.asked.index("Q6") < unit.asked.index("WH") < unit.asked.index("SASV07?")

    run(story())


def test_a_unit_that_does_not_answer_wh_is_never_asked_what_may_be_taken_for_an_order() -> None:
    async def story() -> None:
        unit = Unit({query: CASTLE[query] for query in ("Q1", "Q6")})
        identity, _ = await read(unit)

        assert identity.profile == "q6"
        assert not {"SASV07?", "FW?"} & set(unit.asked)

    run(story())


@pytest.mark.parametrize("word", ["QS", "D"])
def test_a_unit_that_does_not_know_q1_is_read_by_its_older_words(word: str) -> None:
    async def story() -> None:
        unit = Unit({word: MEGATEC["Q1"]}, otherwise="")
        identity, answer = await read(unit)

        assert identity.profile == "megatec"
        assert values(answer)["ups_input_voltage"] == 230.1
        assert unit.asked.count("Q1") == 1

    run(story())


@pytest.mark.parametrize(
    ("line", "state", "battery"),
    [
        ("(230.1 230.1 230.4 034 50.0 27.0 28.5 00000000", "online", "normal"),
        ("(000.1 180.1 230.4 034 50.0 25.0 28.5 10000001", "on_battery", "discharging"),
        ("(000.1 180.1 230.4 034 50.0 21.0 28.5 11000001", "on_battery", "low"),
        ("(000.1 180.1 230.4 034 50.0 21.0 28.5 10010001", "on_battery", "discharging"),
        ("(230.1 230.1 230.4 034 50.0 25.0 28.5 00000100", "self_test", "normal"),
        ("(230.1 230.1 230.4 034 50.0 27.0 28.5 00010000", "fault", "normal"),
        ("(230.1 230.1 230.0 034 50.0 27.0 28.5 00100000", "bypass", "normal"),
        ("(190.1 230.1 219.0 034 50.0 27.0 28.5 00101000", "boost", "normal"),
        ("(259.1 230.1 229.0 034 50.0 27.0 28.5 00101000", "trim", "normal"),
    ],
)
def test_the_eight_bits_say_what_the_output_runs_on(line: str, state: str, battery: str) -> None:
    async def story() -> None:
        _, answer = await read(Unit({**MEGATEC, "Q1": line}, otherwise=""))

        found = values(answer)
        assert (state, battery) == (found["ups_state"], found["ups_battery_state"])
        assert ("in_progress" if line[-3] == "1" else None) == found.get("ups_self_test_state")
        assert ("ups_input_frequency" in found) == (line[-8] == "0") != ("ups_output_frequency" in found)

    run(story())


@pytest.mark.parametrize(
    ("reported", "rating", "options", "volts"),
    [
        ("27.0", "024.0", "", 27.0),
        ("2.27", "192.0", "", None),  # of a cell, and nobody told how many
        ("2.27", None, "", None),
        ("27.0", None, "", None),
        ("2.27", "192.0", "battery=12Vx16", 2.27 * 96),
        ("13.6", None, "battery=12Vx16", 13.6 * 16),
        ("218.0", None, "battery=12Vx16", 218.0),
        ("27.0", "024.0", "battery=12Vx16", None),  # what was told of the battery does not fit
    ],
)
def test_volts_of_a_cell_become_the_packs_only_where_the_cells_are_known(
    reported: str, rating: str | None, options: str, volts: float | None
) -> None:
    answers = {**MEGATEC, "Q1": f"(230.1 230.1 230.4 034 50.0 {reported} 28.5 00000000"}
    if rating is None:
        del answers["F"]
    else:
        answers["F"] = f"#230.0 004 {rating} 50.0"

    async def story() -> None:
        _, answer = await read(Unit(answers, otherwise=""), options)

        found = values(answer).get("ups_battery_voltage")
        assert (found is None and volts is None) or found == pytest.approx(volts)
        withheld = [(one.measure.key, one.raw) for one in answer.withheld]
        assert withheld == ([] if volts is not None else [("ups_battery_voltage", reported)])

    run(story())


def test_charge_and_runtime_are_estimated_only_with_the_batterys_data_and_under_names_of_their_own() -> None:
    answers = {**MEGATEC, "Q1": "(000.1 180.1 230.4 050 50.0 23.4 28.5 10000001", "F": "#230.0 004 024.0 50.0"}

    async def story() -> None:
        _, without = await read(Unit(answers, otherwise=""))
        _, volts_only = await read(Unit(answers, otherwise=""), "battery=12Vx2", groups=STATE)
        _, both = await read(Unit(answers, otherwise=""), "battery=12V9Ahx2")

        assert not [key for key in values(without) if "charge" in key or "runtime" in key]
        assert values(volts_only)["ups_battery_charge_estimated"] == pytest.approx(0.5)
        assert "ups_battery_runtime_estimated" not in values(volts_only)
        # 460 W of 24 V: 21.3 A, 2.37 C of 9 Ah; 0.4 of the capacity lasts 608 s, and half of it is left
        assert values(both)["ups_battery_runtime_estimated"] == pytest.approx(0.4 * 9 * 24 * 0.9 / 460 * 3600 / 2)
        assert {"ups_battery_charge", "ups_battery_runtime"}.isdisjoint(values(both))

    run(story())


def test_what_a_unit_measures_itself_is_not_estimated() -> None:
    async def story() -> None:
        _, answer = await read(Unit(VOLTRONIC), "battery=12V9Ahx2")

        assert not [key for key in values(answer) if key.endswith("estimated")]

    run(story())


def test_what_a_unit_does_not_know_is_asked_once_and_ratings_seldom() -> None:
    async def story() -> None:
        unit = Unit({"Q1": MEGATEC["Q1"]}, otherwise="")
        async with at_pty(unit) as far:
            device = driver(far)
            await device.open()
            await device.poll(ALL)
            for _ in range(3):
                await device.poll(STATE)
            await device.poll(ALL)
            await device.close()

        assert unit.asked == ["Q1", "QGS", "Q6", "I", "Q1", "F", "Q1", "Q1", "Q1", "Q1"]

    run(story())


def test_silence_to_a_question_is_tried_twice_and_costs_nothing_after_that() -> None:
    async def story() -> None:
        unit = Unit({"Q1": MEGATEC["Q1"]}, otherwise=None)
        async with at_pty(unit) as far:
            device = driver(far, "dialect=megatec", HASTY)
            await device.open()
            for _ in range(4):
                assert len((await device.poll(ALL)).readings) == 8
            await device.close()

        assert (unit.asked.count("F"), unit.asked.count("I")) == (2, 2)

    run(story())


def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    async def story() -> None:
        unit = Unit(MEGATEC, otherwise="")
        async with at_pty(unit) as far:
            device = driver(far, timeout=HASTY)
            await device.open()
            await device.poll(ALL)
            unit.late.append(1.5 * HASTY)
            fault = await fault_of(device)
            unit.answers = {**MEGATEC, "Q1": "(111.1 230.1 230.4 034 50.0 27.0 28.5 00001000"}
            later = await device.poll(ALL)
            await device.close()

        assert isinstance(fault, TimedOut)
        assert "'Q1\\r'" in str(fault)
        assert values(later)["ups_input_voltage"] == 111.1

    run(story())


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("(230.1 230.1 230.4 034 50.0 27.0 2", "no answer to Q1"),
        ("(2\x00\x80.1 230.1 230.4 034 50.0 27.0 28.5 00001000", "no answer to Q1"),
        ("#230.0 004 024.0 50.0", "no answer to Q1"),
        ("x" * 10_000, "an answer without end"),
    ],
)
def test_a_spoilt_answer_is_garbled_and_the_next_one_is_read(spoilt: str, said: str) -> None:
    async def story() -> None:
        unit = Unit(dict(MEGATEC), otherwise="")
        async with at_pty(unit) as far:
            device = driver(far, timeout=HASTY)
            await device.open()
            unit.answers = {**MEGATEC, "Q1": spoilt}
            fault = await fault_of(device)
            unit.answers = MEGATEC
            good = await poll_until(lambda: attempt(device), lambda answer: bool(answer.readings))
            await device.close()

        assert isinstance(fault, Garbled)
        assert said in str(fault)
        assert values(good)["ups_input_voltage"] == 230.1

    run(story())


async def attempt(device: Driver) -> Answer:
    try:
        return await device.poll(ALL)
    except Fault:
        return Answer(())


def test_an_answer_that_drips_in_is_read() -> None:
    async def story() -> None:
        _, answer = await read(Unit(MEGATEC, otherwise="", drip=0.002), "dialect=megatec")

        assert len(answer.readings) == 12

    run(story())


@pytest.mark.parametrize(
    ("answers", "otherwise", "options", "fault", "said"),
    [
        ({}, None, "", TimedOut, "no answer within"),
        ({}, "", "", Unknown, "speaks no dialect"),
        ({}, "hello", "", Unknown, "no answer to Q1: 'hello"),
        ({}, "(NAK", "dialect=voltronic", Refused, "does not know QGS"),
        (MEGATEC, "(NAK", "dialect=q6", Refused, "does not know Q6"),
    ],
)
def test_who_speaks_no_dialect_is_told_apart_from_who_is_not_there(
    answers: Mapping[str, str], otherwise: str | None, options: str, fault: type[Fault], said: str
) -> None:
    async def story() -> None:
        unit = Unit(answers, otherwise)
        with pytest.raises(fault, match=said):
            await read(unit, options, HASTY)
        assert set(unit.asked) <= QUERIES_ONLY

    run(story())


def test_a_question_that_was_answered_before_must_be_answered() -> None:
    async def story() -> None:
        unit = Unit(dict(VOLTRONIC))
        async with at_pty(unit) as far:
            device = driver(far)
            await device.open()
            await device.poll(ALL)
            unit.answers = {query: text for query, text in VOLTRONIC.items() if query != "QBV"}
            fault = await fault_of(device)
            await device.close()

        assert isinstance(fault, Refused)

    run(story())


def test_a_line_that_was_pulled_out_is_unreachable_and_resumes_when_it_is_back() -> None:
    async def story() -> None:
        unit = Unit(MEGATEC, otherwise="")
        async with at_tcp(unit) as far:
            device = driver(far)
            await device.open()
            port = int(far.place.rpartition(":")[2])
        assert isinstance(await fault_of(device), Unreachable)
        async with at_tcp(unit, port):
            await device.close()
            await device.open()
            answer = await device.poll(ALL)
            await device.close()

        assert values(answer)["ups_input_voltage"] == 230.1

    run(story())


def test_nothing_but_questions_is_ever_sent() -> None:
    async def story() -> None:
        for answers in (MEGATEC, VOLTRONIC, CASTLE, {}):
            unit = Unit(answers)
            with suppress(Fault):
                await read(unit)
            assert set(unit.asked) <= QUERIES_ONLY

    run(story())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("megatec:///dev/ttyS9?battery=12", "battery=12; expected volts and number of blocks in series"),
        ("megatec:///dev/ttyS9?battery=0Vx16", "battery=0Vx16; expected volts"),
        ("megatec:///dev/ttyS9?dialect=klingon", "dialect=klingon; expected one of auto, voltronic, q6, megatec"),
        ("megatec://", "expected a path such as"),
        ("megatec+tcp://10.0.0.5", "no port in"),
        ("megatec+tcp://10.0.0.5:4001?baud=2400", "unknown option 'baud'"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_was_expected(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        connect(parse_address(url), Surroundings())


def test_a_dialect_of_the_users_own_is_tried_first(tmp_path: Path) -> None:
    (tmp_path / "megatec").mkdir()
    (tmp_path / "megatec" / "own.toml").write_text(
        'name = "own"\nkind = "ups"\ntitle = "Own"\nsource = "this test"\nneeds = ["Q1", "F"]\n'
        'rows = [{ at = "F.voltage", measure = "ups_rated_input_voltage", unit = "V" }]\n',
        "utf-8",
    )

    async def story() -> None:
        async with at_pty(Unit(MEGATEC)) as far:
            device = connect(parse_address(far.url("megatec")), Surroundings(own_profiles=tmp_path, timeout=PATIENT))
            identity, answer = await device.open(), await device.poll(ALL)
            await device.close()

        assert (identity.profile, values(answer)) == ("own", {"ups_rated_input_voltage": 230.0})

    run(story())
