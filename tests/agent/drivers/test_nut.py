"""The NUT driver: what a server says becomes readings; what goes wrong on the way is a named fault."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, Garbled, Refused, TimedOut, Unreachable
from agent.model.measures import Group
from tests.agent.drivers.daemon_far_side import Daemon, daemon

ALL = frozenset(Group)
PATIENT, HASTY = 20.0, 0.2  # seconds for an answer: one that must come, one that must not
UPS = {"device.mfr": "Acme", "device.model": "A1", "ups.status": "OL CHRG", "input.voltage": "229.8"}


def speaks(devices: Mapping[str, Mapping[str, str]], **errors: str) -> Callable[[bytes], bytes]:
    """What upsd would say with these devices; `errors` by the first word of the question."""

    def answer(question: bytes) -> bytes:
        verb, *rest = question.decode().split()
        if verb in errors:
            return f"ERR {errors[verb]}\n".encode()
        if rest[:1] == ["UPS"]:
            lines = [f'UPS {name} "Rack of {name}"' for name in devices]
        elif rest[:1] == ["VAR"] and rest[1] in devices:
            lines = [f'VAR {rest[1]} {name} "{value}"' for name, value in devices[rest[1]].items()]
        elif verb == "LIST":
            return b"ERR UNKNOWN-UPS\n"
        else:
            return b"OK\n"
        subject = " ".join(rest)
        return "".join(f"{line}\n" for line in (f"BEGIN LIST {subject}", *lines, f"END LIST {subject}")).encode()

    return answer


def driver(far: Daemon, path: str = "", timeout: float = PATIENT) -> Driver:
    return connect(parse_address(f"nut://127.0.0.1:{far.port}{path}"), Surroundings(timeout=timeout))


def values(answer: Answer) -> dict[str, float | str]:
    return {" ".join((r.measure.key, *(v for _, v in r.labels))): r.value for r in answer.readings}


async def everything(device: Driver) -> dict[str, float | str]:
    try:
        await device.open()
        return values(await device.poll(ALL))
    finally:
        await device.close()


def story(answer: Callable[[bytes], bytes], tale: Callable[[Daemon], Awaitable[None]]) -> None:
    async def told() -> None:
        async with daemon(answer) as far:
            await tale(far)

    asyncio.run(told(), debug=True)


def read(variables: Mapping[str, str]) -> dict[str, float | str]:
    """What a device with these variables reads as."""
    found: dict[str, float | str] = {}

    async def tale(far: Daemon) -> None:
        found.update(await everything(driver(far)))

    story(speaks({"u": variables}), tale)
    return found


def test_the_only_ups_is_read_and_says_who_it_is() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        identity = await device.open()
        answer = await device.poll(ALL)
        await device.close()

        assert ("ups", "Acme", "A1", "nut-ups", "Rack of ups-1") == (
            identity.kind, identity.vendor, identity.model, identity.profile, identity.name,
        )  # fmt: skip
        assert "online" == values(answer)["ups_state"]
        assert {"input.voltage", "ups.status"} == {reading.address for reading in answer.readings}

    story(speaks({"ups-1": UPS}), tale)


def test_each_poll_is_one_question_on_one_connection_and_brings_what_is_due() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        await device.open()
        far.questions.clear()
        for _ in range(3):
            answer = await device.poll(frozenset({Group.STATE}))
        await device.close()

        assert {Group.STATE} == {reading.group for reading in answer.readings}
        assert [b"LIST VAR ups-1\n"] * 3 == far.questions
        assert 1 == far.connections

    story(speaks({"ups-1": UPS | {"battery.temperature": "25"}}), tale)


def test_of_several_ups_one_must_be_named() -> None:
    async def tale(far: Daemon) -> None:
        with pytest.raises(Refused, match="no UPS is named in the address; the server has left, right"):
            await everything(driver(far))
        with pytest.raises(Refused, match="no UPS 'middle'; the server has left, right"):
            await everything(driver(far, "/middle"))
        assert 231 == (await everything(driver(far, "/right")))["ups_input_voltage"]

    story(speaks({"left": UPS, "right": UPS | {"input.voltage": "231"}}), tale)


@pytest.mark.parametrize(
    ("status", "state", "battery"),
    [
        ("OL", "online", "normal"),
        ("OL CHRG", "online", "charging"),
        ("ALARM OL RB", "online", "normal"),
        ("OB DISCHRG", "on_battery", "discharging"),
        ("OB", "on_battery", "discharging"),
        ("FSD OB LB", "on_battery", "low"),
        ("OL BYPASS", "bypass", "normal"),
        ("OL TRIM", "trim", "normal"),
        ("OL BOOST", "boost", "normal"),
        ("CAL OB DISCHRG", "self_test", "discharging"),
        ("OFF OL", "off", "normal"),
        ("WAIT", None, None),
        ("OLD NOBODY", None, None),
        ("", None, None),
    ],
)
def test_the_words_of_a_status_say_what_the_ups_does(status: str, state: str | None, battery: str | None) -> None:
    found = read({"ups.status": status})

    assert (state, battery) == (found.get("ups_state"), found.get("ups_battery_state"))


def test_flags_are_known_to_be_down_as_well_as_up() -> None:
    found = read({"ups.status": "OL RB OVER"})

    assert (1, 1, 0) == (
        found["ups_battery_replace"], found["contact_active overload"], found["contact_active forced shutdown"],
    )  # fmt: skip


def test_three_phases_are_three_series() -> None:
    found = read(
        {
            "input.L1-N.voltage": "229", "input.L2-N.voltage": "230", "input.L3-L1.voltage": "398",
            "input.L1.current": "12.5", "input.N.current": "1", "output.L2.power.percent": "45",
            "input.bypass.L3-N.voltage": "231", "output.L3.realpower": "4000",
        }
    )  # fmt: skip

    assert {
        "ups_input_voltage L1": 229, "ups_input_voltage L2": 230, "ups_input_voltage L3-L1": 398,
        "ups_input_current L1": 12.5, "ups_load L2": 0.45, "ups_bypass_voltage L3": 231, "ups_output_power L3": 4000,
    } == found  # fmt: skip


def test_a_transfer_switch_has_feeds() -> None:
    found = read(
        {
            "device.type": "ats", "ups.status": "OL", "input.source": "2", "input.source.preferred": "1",
            "input.1.voltage": "12.0", "input.2.voltage": "230.5", "input.1.frequency": "0", "output.current": "3.2",
            "input.1.voltage.status": "critical-low", "input.2.voltage.status": "good",
        }
    )  # fmt: skip

    assert (0, 1, 1, 0, 0, 1) == (
        found["mains_feed_selected A"], found["mains_feed_selected B"], found["mains_feed_preferred A"],
        found["mains_feed_preferred B"], found["mains_feed_available A"], found["mains_feed_available B"],
    )  # fmt: skip
    assert (12, 230.5, 3.2) == (
        found["mains_feed_voltage A"], found["mains_feed_voltage B"], found["mains_output_current"],
    )  # fmt: skip


def test_a_pdu_has_circuits_and_outlets() -> None:
    found = read(
        {
            "device.type": "pdu", "input.voltage": "230", "input.load": "25", "outlet.1.status": "on",
            "outlet.2.status": "off", "outlet.2.current": "0.5", "outlet.group.1.realpower": "120",
        }
    )  # fmt: skip

    assert {
        "circuit_voltage input": 230, "circuit_load input": 0.25, "circuit_state outlet 1": "on",
        "circuit_state outlet 2": "off", "circuit_current outlet 2": 0.5, "circuit_power group 1": 120,
    } == found  # fmt: skip


def test_probes_have_the_names_that_their_owner_gave_them() -> None:
    found = read(
        {
            "ambient.temperature": "24.5", "ambient.humidity": "41", "ambient.1.temperature": "22.0",
            "ambient.2.name": "cold aisle", "ambient.2.temperature": "20.0", "ambient.2.temperature.status": "good",
            "ambient.1.contacts.1.status": "active", "ambient.contacts.2.status": "open",
        }
    )  # fmt: skip

    assert {
        "air_temperature": 24.5, "air_humidity": 0.41, "air_temperature 1": 22, "air_temperature cold aisle 2": 20,
        "sensor_state 2 temperature": "ok", "contact_active contact 1.1": 1, "component_state contact 2": "open",
    } == found  # fmt: skip


def test_an_insane_value_is_withheld() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        await device.open()
        answer = await device.poll(ALL)
        await device.close()

        assert ["battery.charge"] == [withheld.address for withheld in answer.withheld]

    story(speaks({"u": {"battery.charge": "255"}}), tale)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("DATA-STALE", TimedOut),
        ("DRIVER-NOT-CONNECTED", Unreachable),
        ("UNKNOWN-UPS", Refused),
        ("ACCESS-DENIED", Refused),
    ],
)
def test_what_the_server_refuses_is_a_fault_with_its_word(error: str, kind: type[Fault]) -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        await device.open()
        good, far.answer = far.answer, speaks({}, LIST=error)
        with pytest.raises(kind, match=f"LIST VAR u: ERR {error}"):
            await device.poll(ALL)
        far.answer = good
        assert (await device.poll(ALL)).readings
        assert 1 == far.connections
        await device.close()

    story(speaks({"u": UPS}), tale)


def test_a_server_that_restarted_is_asked_again_at_once() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        await device.open()
        far.hang_up()
        assert (await device.poll(ALL)).readings
        assert 2 == far.connections
        await device.close()

    story(speaks({"u": UPS}), tale)


def test_silence_is_a_timeout_and_a_late_answer_is_never_the_next_one() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far, timeout=HASTY)
        await device.open()
        far.silent = True
        with pytest.raises(TimedOut, match=r"no complete answer within 0\.2 s"):
            await device.poll(ALL)
        far.silent = False
        assert (await device.poll(ALL)).readings
        assert 2 == far.connections
        await device.close()

    story(speaks({"u": UPS}), tale)


def test_a_reply_that_drips_is_a_timeout_that_says_what_came() -> None:
    async def tale(far: Daemon) -> None:
        far.drip = 0.05
        with pytest.raises(TimedOut, match=r"received 'B[^']*'"):
            await everything(driver(far, timeout=HASTY))

    story(speaks({"u": UPS}), tale)


def test_half_a_list_is_never_used() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far)
        await device.open()
        far.half = True
        with pytest.raises(Unreachable, match="connection was lost"):
            await device.poll(ALL)
        await device.close()

    story(speaks({"u": UPS}), tale)


def test_garbage_is_garbled_and_shown() -> None:
    async def tale(far: Daemon) -> None:
        with pytest.raises(Garbled, match=r"received 'HTTP/1.1 400"):
            await everything(driver(far))

    story(lambda question: b"HTTP/1.1 400 Bad Request\n", tale)


def test_a_reply_without_end_is_given_up() -> None:
    async def tale(far: Daemon) -> None:
        with pytest.raises(Garbled, match="which does not end"):
            await everything(driver(far))

    story(lambda question: b"BEGIN" + b"x" * 2_000_000, tale)


def test_nobody_there_is_unreachable() -> None:
    async def told() -> None:
        async with daemon(speaks({})) as far:
            device = driver(far)
        with pytest.raises(Unreachable, match="Connection refused"):
            await device.open()

    asyncio.run(told(), debug=True)


def test_name_and_password_are_told_first_on_every_connection() -> None:
    async def tale(far: Daemon) -> None:
        device = driver(far, "?user=watch&password=a%23b")
        await device.open()
        far.hang_up()
        await device.poll(ALL)
        await device.close()

        greeting = [b"USERNAME watch\n", b'PASSWORD "a\\#b"\n']
        assert [*greeting, b"LIST UPS\n", b"LIST VAR u\n", *greeting, b"LIST VAR u\n"] == far.questions[:7]

    story(speaks({"u": UPS}), tale)


def test_a_password_is_not_sent_in_the_clear_where_tls_was_asked_for() -> None:
    async def tale(far: Daemon) -> None:
        with pytest.raises(Refused, match="not sent in the clear"):
            await everything(driver(far, "?user=watch&password=secret&tls=yes"))
        with pytest.raises(Refused, match="STARTTLS: ERR FEATURE-NOT-CONFIGURED"):
            await everything(driver(far, "?tls=required"))
        assert "ups_state" in await everything(driver(far, "?tls=yes"))
        assert not any(b"PASSWORD" in question for question in far.questions)

    story(speaks({"u": UPS}, STARTTLS="FEATURE-NOT-CONFIGURED"), tale)


def test_words_that_a_server_whispers_before_tls_are_not_heard_after_it() -> None:
    """What somebody in between adds to the OK must not be taken for the server's answer to a later question."""

    async def tale(far: Daemon) -> None:
        with pytest.raises(Garbled, match=r"STARTTLS: received .OK STARTTLS"):
            await everything(driver(far, "?tls=required&verify=no", timeout=HASTY))
        assert [b"STARTTLS\n"] == far.questions[:1]

    story(lambda question: b"OK STARTTLS\n" + speaks({"u": UPS})(b"LIST UPS\n"), tale)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("nut://h/a/b", "cannot be sent"),
        ("nut://h/a%0AFSD", "cannot be sent"),
        ("nut://h/u?user=a%0Ab", "cannot be sent"),
        ("nut://h?password=x", "password without a user"),
        ("nut://h?tls=maybe", "tls=maybe"),
        ("nut://h?ca=/no/such/file&tls=yes", "No such file"),
        ("nut://h?verify=no", "without TLS"),
        ("nut://h?tls=yes&verify=maybe", "verify=maybe"),
        ("nut://", "no host"),
    ],
)
def test_a_wrong_address_is_told_before_anything_is_sent(address: str, found: str) -> None:
    with pytest.raises(AddressError, match=found):
        connect(parse_address(address), Surroundings())
