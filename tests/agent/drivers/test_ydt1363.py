"""Gear with YD/T 1363.3 is recognised by kind and maker and read; late answers are not taken."""

import asyncio
import gc
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, Refused, TimedOut, Unknown, Unreachable
from agent.model.measures import Group
from agent.model.readings import Identity
from agent.profiles.load import load_profile
from agent.profiles.schema import YdtProfile
from agent.wire.ydt1363 import QUERIES
from tests.agent.drivers.ydt1363_far_side import COOLER, GXE, PANEL, UPS, Device, Line, floats, framed, named
from tests.agent.links.far_side import FAR_SIDES, FarSide, at_pty, at_tcp
from tests.peers import poll_until

pytestmark = [
    pytest.mark.filterwarnings("ignore:set(Daemon|Name).. is deprecated:DeprecationWarning"),  # pyserial's rfc2217
]
ALL = frozenset(Group)
PATIENT, HASTY = 20.0, 0.15  # seconds for an answer: one that must come, one that must not


@pytest.fixture(autouse=True)
def _nobody_holds_an_earlier_line() -> None:
    """A caught fault holds the frames it passed, these hold their line, and pseudo-terminals use their names again."""
    gc.collect()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story, debug=True)


def driver(far: FarSide, options: str = "", patience: float = PATIENT) -> Driver:
    return connect(parse_address(far.url("ydt1363", options)), Surroundings(timeout=patience))


def values(answer: Answer) -> dict[str, float | str]:
    return {
        " ".join([reading.measure.key, *(text for _, text in reading.labels)]): (
            round(reading.value, 3) if isinstance(reading.value, float) else reading.value
        )
        for reading in answer.readings
    }


async def read(line: Line, options: str = "", patience: float = PATIENT) -> tuple[Identity, Answer]:
    async with at_pty(line) as far:
        device = driver(far, options, patience)
        try:
            return await device.open(), await device.poll(ALL)
        finally:
            await device.close()


async def fault_of(device: Driver) -> Fault:
    with pytest.raises(Fault) as caught:
        await device.poll(ALL)
    return caught.value


async def attempt(device: Driver) -> Answer:
    try:
        return await device.poll(ALL)
    except Fault:
        return Answer(())


@pytest.mark.parametrize("place", FAR_SIDES)
def test_a_ups_is_read_over_every_kind_of_line(place: Any) -> None:
    async def story() -> None:
        async with place(Line({1: Device(0x2A, UPS)})) as far:
            device = driver(far, "address=1&device=ups")
            identity, answer = await device.open(), await device.poll(ALL)
            await device.close()

        assert identity == Identity("ups", "ACME POWER", "UPS 33", profile="ups")
        assert values(answer) == {
            "ups_input_voltage L1": 230.1, "ups_input_voltage L2": 229.8, "ups_input_voltage L3": 230.5,
            "ups_output_voltage L1": 230.0, "ups_output_voltage L2": 230.0, "ups_output_voltage L3": 230.0,
            "ups_output_current L1": 10.1, "ups_output_current L2": 9.8, "ups_battery_voltage": 409.8,
            "ups_output_frequency": 50.0, "ups_state": "online", "ups_battery_state": "normal",
        }  # fmt: skip
        assert {"2AH.41H[1]", "2AH.43H[3]"} <= {reading.address for reading in answer.readings}

    run(story())


@pytest.mark.parametrize("options", ["address=3", "address=3&device=ups", "address=3&profile=liebert-gxe"])
def test_a_maker_with_a_layout_of_his_own_is_recognised(options: str) -> None:
    async def story() -> None:
        identity, answer = await read(Line({3: Device(0x2A, GXE)}), options)

        assert (identity.profile, identity.vendor, identity.model) == ("liebert-gxe", "Vertiv", "GXE 3k")
        assert values(answer) == {
            "ups_input_voltage": 230.12, "ups_output_voltage": 230.0, "ups_output_current": 10.1,
            "ups_battery_voltage": 81.9, "ups_output_frequency": 50.0, "ups_input_frequency": 49.98,
            "ups_output_power": 2100.0, "ups_output_apparent_power": 2330.0, "ups_battery_runtime": 2550.0,
            "ups_state": "bypass", "ups_battery_state": "discharging", "ups_self_test_state": "in_progress",
            "ups_rated_output_voltage": 220.0, "ups_rated_output_frequency": 50.0,
        }  # fmt: skip

    run(story())


def test_a_distribution_panel_is_asked_for_all_groups_and_its_line_voltages_are_line_voltages() -> None:
    async def story() -> None:
        panel = Device(0x40, PANEL)
        async with at_pty(Line({1: panel})) as far:
            device = driver(far, "device=ac-distribution")
            await device.open()
            answer = await device.poll(ALL)
            await device.close()

        assert far.requests[-1] == b"~20014041E002FFFD11\r"
        assert values(answer) == {
            "circuit_voltage input 1 L1-L2": 390.24, "circuit_voltage input 1 L2-L3": 391.281,
            "circuit_voltage input 1 L3-L1": 389.719, "circuit_frequency input 1": 49.975,
        }  # fmt: skip

    run(story())


@pytest.mark.parametrize(
    ("supply", "found"),
    [(1850, 18.5), (185, 18.5), (0x2020, None), (-500, None)],
)
def test_an_air_conditioners_temperatures_are_told_by_their_size(supply: int, found: float | None) -> None:
    infos = {**COOLER, 0x42: COOLER[0x42][: 2 * 13] + f"{supply & 0xFFFF:04X}" + COOLER[0x42][2 * 15 :]}

    async def story() -> None:
        identity, answer = await read(Line({1: Device(0x60, infos)}), "device=cooling")

        assert identity.kind == "cooling"
        expected = {"cooling_voltage": 221.3, "cooling_supply_temperature": found}
        assert {key: value for key, value in expected.items() if value is not None} == values(answer)

    run(story())


@pytest.mark.parametrize(
    ("cid1", "infos", "profile"),
    [(0x2A, UPS, "ups"), (0x2A, GXE, "liebert-gxe"), (0x40, PANEL, "ac-distribution"), (0x60, COOLER, "cooling")],
)
def test_the_kind_of_a_device_is_found_by_asking(cid1: int, infos: dict[int, str], profile: str) -> None:
    async def story() -> None:
        device = Device(cid1, infos)
        identity, answer = await read(Line({1: device}), patience=HASTY)

        assert identity.profile == profile
        assert answer.readings
        assert set(device.asked) <= QUERIES

    run(story())


def test_a_device_that_does_not_say_who_it_is_is_known_by_its_values() -> None:
    async def story() -> None:
        identity, _ = await read(Line({1: Device(0x2A, {n: UPS[n] for n in (0x41, 0x43)})}), "device=ups")

        assert (identity.profile, identity.vendor, identity.model) == ("ups", "", "")

    run(story())


def test_floats_with_the_high_byte_first_are_read_where_the_address_says_so() -> None:
    async def story() -> None:
        infos = {**UPS, 0x41: floats(*[230.0] * 6, *[10.0] * 3, 409.8, 50.0, order=">")}
        _, answer = await read(Line({1: Device(0x2A, infos)}), "device=ups&order=big")

        assert values(answer)["ups_battery_voltage"] == 409.8

    run(story())


def test_a_refused_command_is_told_in_words() -> None:
    async def story() -> None:
        with pytest.raises(Refused, match=r"address 1, 2AH 41H: return code 04H, it does not know this command"):
            await read(Line({1: Device(0x2A, {0x51: UPS[0x51]})}), "device=ups")

    run(story())


def test_devices_on_one_line_take_turns_on_one_connection() -> None:
    async def story() -> None:
        line = Line({n: Device(0x2A, {**UPS, 0x41: floats(*[200.0 + n] * 11)}) for n in range(1, 5)}, paced=True)
        async with at_tcp(line) as far:
            devices = [driver(far, f"device=ups&address={n}") for n in range(1, 5)]
            await asyncio.gather(*(device.open() for device in devices))
            answers = await asyncio.gather(*(device.poll(ALL) for device in devices))
            for device in devices:
                await device.close()

        assert [201.0, 202.0, 203.0, 204.0] == [values(answer)["ups_input_voltage L1"] for answer in answers]
        assert (far.connections, line.overlaps) == (1, 0)

    run(story())


def test_a_neighbours_late_answer_is_passed_over() -> None:
    async def story() -> None:
        late = Device(0x2A, {**UPS, 0x41: floats(*[111.0] * 11)})
        line = Line({1: late, 2: Device(0x2A, UPS)})
        async with at_pty(line) as far:
            first, second = (driver(far, f"device=ups&address={n}", 2 * HASTY) for n in (1, 2))
            await first.open()
            await second.open()
            late.late.append(2.5 * HASTY)
            line.devices[2].late.append(1.0 * HASTY)
            fault = await fault_of(first)
            answer = await poll_until(lambda: attempt(second), lambda answer: bool(answer.readings))
            await first.close()
            await second.close()

        assert isinstance(fault, TimedOut)
        assert values(answer)["ups_input_voltage L1"] == 230.1

    run(story())


def test_a_devices_own_late_answer_is_not_taken_for_the_next_one() -> None:
    async def story() -> None:
        device = Device(0x2A, UPS)
        async with at_pty(Line({1: device})) as far:
            near = driver(far, "device=ups", HASTY)
            await near.open()
            device.infos = {**UPS, 0x41: floats(*[111.0] * 11)}
            device.late.append(1.7 * HASTY)
            fault = await fault_of(near)
            device.infos = UPS
            answer = await near.poll(ALL)
            await near.close()

        assert isinstance(fault, TimedOut)
        assert values(answer)["ups_input_voltage L1"] == 230.1

    run(story())


def test_an_adapter_that_repeats_the_question_does_no_harm() -> None:
    async def story() -> None:
        _, answer = await read(Line({1: Device(0x2A, UPS)}, echo=True), "device=ups")

        assert values(answer)["ups_battery_voltage"] == 409.8

    run(story())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda reply: reply.replace(b"43", b"44", 1), "the checksum does not fit"),
        (lambda reply: reply[: len(reply) // 2], "no complete answer within"),
        (lambda reply: b"\xff\x00garbage\r", "no complete answer within"),
        (lambda reply: framed(2, 0x2A, 0, UPS[0x41]), "no complete answer within"),
    ],
)
def test_a_spoilt_answer_is_garbled_and_the_next_one_is_read(spoil: Any, said: str) -> None:
    async def story() -> None:
        device = Device(0x2A, UPS)
        async with at_pty(Line({1: device})) as far:
            near = driver(far, "device=ups", HASTY)
            await near.open()
            device.spoil = spoil
            fault = await fault_of(near)
            device.spoil = bytes
            good = await poll_until(lambda: attempt(near), lambda answer: bool(answer.readings))
            await near.close()

        assert isinstance(fault, Garbled)
        assert said in str(fault)
        assert values(good)["ups_input_voltage L1"] == 230.1

    run(story())


def test_who_is_not_there_has_timed_out_and_a_line_that_is_not_there_is_unreachable() -> None:
    async def story() -> None:
        with pytest.raises(TimedOut, match="no answer within"):
            await read(Line({}), "device=ups", HASTY)
        with pytest.raises(Unreachable):
            await connect(parse_address("ydt1363:///dev/nowhere"), Surroundings()).open()

    run(story())


def test_a_device_that_was_met_before_is_asked_for_its_kind_alone() -> None:
    async def story() -> None:
        device = Device(0x40, PANEL)
        async with at_pty(Line({1: device})) as far:
            near = driver(far, "", HASTY)
            await near.open()
            device.asked.clear()
            device.dead = True
            with pytest.raises(TimedOut):
                await near.open()
            device.dead = False
            await near.open()
            await near.close()

        assert device.asked == [0x51, 0x51]

    run(story())


def test_a_maker_that_no_profile_knows_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "ydt1363").mkdir()
    for name in ("ups", "one", "two"):
        (tmp_path / "ydt1363" / f"{name}.toml").write_text(
            f'name = "{name}"\nkind = "generator"\ntitle = "Own"\nsource = "this test"\ncid1 = "80H"\n'
            f'makers = ["{name} only"]\nrows = []\n',
            "utf-8",
        )

    async def story() -> None:
        async with at_pty(Line({1: Device(0x80, {0x51: named("SET", "NOBODY")})})) as far:
            address = parse_address(far.url("ydt1363", "device=environment"))
            near = connect(address, Surroundings(own_profiles=tmp_path, timeout=PATIENT))
            with pytest.raises(Unknown, match="no profile knows its maker"):
                await near.open()
            await near.close()

    run(story())


def test_the_template_is_a_profile_that_reads_nothing_yet() -> None:
    templates = Path(__file__).parents[3] / "agent" / "profiles" / "templates"

    assert load_profile(templates / "ydt1363-environment.toml", YdtProfile).rows == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ydt1363:///dev/ttyS9?address=0", "address=0; expected a whole number from 1 to 254"),
        ("ydt1363:///dev/ttyS9?address=255", "address=255"),
        ("ydt1363:///dev/ttyS9?device=toaster", "device=toaster; expected one of auto, ups, ac-distribution"),
        ("ydt1363:///dev/ttyS9?device=environment", "no profile is shipped; expected .profile= with one of your own"),
        ("ydt1363:///dev/ttyS9?profile=nobody", "profile=nobody; expected one of ac-distribution"),
        ("ydt1363:///dev/ttyS9?order=middle", "order=middle"),
        ("ydt1363://", "expected a path such as"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_was_expected(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        connect(parse_address(url), Surroundings())
