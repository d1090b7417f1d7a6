"""The metrics of views made by hand, read back by prometheus-client's parser and judged by promtool."""

import subprocess
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from agent.board import View
from agent.links.lines import LineStatistics
from agent.model.measures import BY_KEY, CATALOGUE, Measure
from agent.model.readings import Withheld
from agent.traps.counts import TrapCounts
from exporters.prometheus import render
from tests.exporters.rooms import AT, device, reading, standing, view

CONTRACT = (
    "roomready_ups_state",
    "roomready_ups_input_voltage_volts",
    "roomready_ups_input_frequency_hertz",
    "roomready_ups_bypass_voltage_volts",
    "roomready_ups_output_power_watts",
    "roomready_ups_load_ratio",
    "roomready_ups_output_apparent_power_voltamperes",
    "roomready_ups_battery_charge_ratio",
    "roomready_ups_battery_runtime_seconds",
    "roomready_ups_battery_temperature_celsius",
    "roomready_ups_on_battery_seconds",
    "roomready_ups_rated_power_watts",
    "roomready_ups_rated_apparent_power_voltamperes",
    "roomready_ups_self_test_state",
    "roomready_mains_feed_available",
    "roomready_mains_feed_voltage_volts",
    "roomready_mains_feed_selected",
    "roomready_mains_feed_preferred",
    "roomready_mains_redundant",
    "roomready_mains_transfers_total",
    "roomready_circuit_current_amperes",
    "roomready_circuit_power_factor_ratio",
    "roomready_circuit_energy_joules_total",
    "roomready_contact_active",
    "roomready_air_temperature_celsius",
    "roomready_air_humidity_ratio",
    "roomready_air_dew_point_celsius",
    "roomready_cooling_state",
    "roomready_cooling_setpoint_celsius",
    "roomready_cooling_demand_ratio",
    "roomready_cooling_output_watts",
)


def samples(of: View) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels; a name and labels that appear twice are a mistake."""
    found = [s for family in text_families(render(of)[0].decode()) for s in family.samples]
    series = {(s.name, frozenset(s.labels.items())): s.value for s in found}
    assert len(found) == len(series)
    return series


def value(of: View, name: str, **labels: str) -> float | None:
    return samples(of).get((name, frozenset(labels.items())))


def every_measure() -> View:
    return view(device("all", *(reading(m.key, _example(m), **dict.fromkeys(m.labels, "1")) for m in CATALOGUE)))


def _example(measure: Measure) -> float | str:
    return measure.states[0] if measure.is_state else 1.0


@pytest.mark.parametrize("name", CONTRACT)
def test_a_promised_metric_name_is_in_the_catalogue(name: str) -> None:
    assert name in {measure.metric for measure in CATALOGUE}


def test_every_measure_with_a_reading_is_exposed_with_its_meaning() -> None:
    families = {f.name: f for f in text_families(render(every_measure())[0].decode())}

    for measure in CATALOGUE:
        family = families[measure.metric.removesuffix("_total")]
        assert (measure.en, "counter" if measure.counter else "gauge") == (family.documentation, family.type)
        assert {measure.metric} == {sample.name for sample in family.samples}


def test_promtool_finds_nothing_to_say() -> None:
    room = every_measure()
    room = View(room.snapshot, standing("feed_lost", "all", feed="A"), version="1")

    found = subprocess.run(["promtool", "check", "metrics"], input=render(room)[0], capture_output=True, check=False)

    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")


def test_both_forms_carry_the_same_samples() -> None:
    room = every_measure()
    body, content_type = render(room, "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")

    families = openmetrics_families(body.decode())  # type: ignore[no-untyped-call] # prometheus-client leaves it untyped
    openmetrics = [s for family in families for s in family.samples]

    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert {(s.name, frozenset(s.labels.items())) for s in openmetrics} == set(samples(room))


@pytest.mark.parametrize("accept", ["", "*/*", "text/plain;version=0.0.4", "text/html", "application/json;version=x"])
def test_who_does_not_name_openmetrics_gets_the_text_format(accept: str) -> None:
    assert render(view(), accept)[1] == "text/plain; version=0.0.4; charset=utf-8"


def test_a_reading_carries_device_zone_and_its_own_labels() -> None:
    room = view(device("u1", reading("ups_input_voltage", 229.8, phase="L1"), reading("ups_input_voltage", 230.0)))

    assert value(room, "roomready_ups_input_voltage_volts", device="u1", zone="auxiliary", phase="L1") == 229.8
    assert value(room, "roomready_ups_input_voltage_volts", device="u1", zone="auxiliary") == 230.0


def test_a_reading_that_is_gone_is_absent_with_its_family() -> None:
    assert "roomready_ups_load_ratio" in {name for name, _ in samples(view(device("u1", reading("ups_load", 0.4))))}
    assert b"ups_load" not in render(view(device("u1")))[0]


def test_a_state_shows_every_word_and_is_1_for_the_present_one_only() -> None:
    room = view(device("u1", reading("ups_state", "on_battery")))

    words = {dict(labels)["state"]: v for (name, labels), v in samples(room).items() if name == "roomready_ups_state"}

    assert {"on_battery"} == {word for word, shown in words.items() if shown == 1.0}
    assert {"online", "bypass", "off", "fault"} < {word for word, shown in words.items() if shown == 0.0}


def test_a_word_that_the_catalogue_does_not_list_is_shown_as_well() -> None:
    room = view(device("u1", reading("ups_state", "dreaming")))

    assert value(room, "roomready_ups_state", device="u1", zone="auxiliary", state="dreaming") == 1.0
    assert value(room, "roomready_ups_state", device="u1", zone="auxiliary", state="online") == 0.0


def test_the_users_labels_are_added_and_give_way() -> None:
    labels = (("site", "广州"), ("device", "mine"), ("zone", "mine"), ("phase", "mine"), ("kind", "mine"))
    room = view(device("u1", reading("ups_input_voltage", 230.0, phase="L1"), labels=labels))
    site = {"site": "广州", "device": "u1", "zone": "auxiliary"}

    assert value(room, "roomready_ups_input_voltage_volts", **site, phase="L1", kind="mine") == 230.0
    assert value(room, "roomready_device_up", **site, phase="mine", kind="ups") == 1.0


@pytest.mark.parametrize(("up", "shown"), [(True, 1.0), (False, 0.0), (None, None)])
def test_a_device_is_up_or_down_or_not_yet_known(up: bool | None, shown: float | None) -> None:
    assert shown == value(view(device("u1", up=up)), "roomready_device_up", device="u1", zone="auxiliary", kind="ups")


def test_a_device_that_was_never_polled_says_nothing_of_itself() -> None:
    assert b"roomready_device" not in render(view(device("u1", up=None)))[0]


def test_a_device_tells_who_it_is_and_how_its_polls_went() -> None:
    room = view(device("u1"))
    where = {"device": "u1", "zone": "auxiliary"}
    who = {"vendor": "Acme", "model": "3000", "serial": "S1", "firmware": "2.4", "profile": "acme-3000"}

    assert value(room, "roomready_device_info", kind="ups", **where, **who) == 1.0
    assert value(room, "roomready_device_poll_duration_seconds", **where) == 0.25
    assert value(room, "roomready_device_polls_total", result="ok", **where) == 3.0
    assert value(room, "roomready_device_last_reading_timestamp_seconds", **where) == AT


@pytest.mark.parametrize(("up", "shown"), [(True, 2.0), (False, None), (None, None)])
def test_values_that_are_not_believed_are_counted_while_the_device_answers(
    up: bool | None, shown: float | None
) -> None:
    refused = Withheld(BY_KEY["ups_load"], (), "1.2.4", "4000", "400 is not sane")
    room = view(replace(device("u1", up=up), withheld=(refused, refused)))

    assert shown == value(room, "roomready_device_readings_withheld", device="u1", zone="auxiliary")


@pytest.mark.parametrize("active", [True, False])
def test_a_standing_alarm_is_1_while_it_is_active(active: bool) -> None:
    room = view(device("ats"), alarms=standing("feed_lost", "ats", active=active, feed="A"))
    subject = {"alarm": "feed_lost", "severity": "critical", "device": "ats", "zone": "auxiliary", "feed": "A"}

    assert float(active) == value(room, "roomready_alarm_active", **subject)


def test_transitions_count_from_zero_for_every_alarm() -> None:
    room = view(alarms=standing("feed_lost", "ats", feed="A"))

    assert value(room, "roomready_alarm_transitions_total", alarm="feed_lost", direction="raised") == 1.0
    assert value(room, "roomready_alarm_transitions_total", alarm="feed_lost", direction="cleared") == 0.0
    assert value(room, "roomready_alarm_transitions_total", alarm="on_battery", direction="raised") == 0.0


def test_the_agent_shows_its_version_and_its_own_process() -> None:
    found = samples(view())

    assert [dict(labels)["version"] for name, labels in found if name == "roomready_build_info"] == ["1.2.3"]
    assert found["process_resident_memory_bytes", frozenset()] > 1_000_000


def test_words_of_a_device_cannot_break_out_of_their_label() -> None:
    evil = 'x"} 1\nroomready_ups_load_ratio{device="\\'
    room = view(device(evil, reading("ups_load", 0.4)))

    assert value(room, "roomready_ups_load_ratio", device=evil, zone="auxiliary") == 0.4


def test_notifications_are_counted_where_they_are_received_and_absent_where_not() -> None:
    counts = TrapCounts({"accepted": 2, "refused": 0}, {"u1": 2, "gone": 7})
    room = replace(view(device("u1")), traps=counts)

    assert 2.0 == value(room, "roomready_traps_received_total", result="accepted")
    assert 0.0 == value(room, "roomready_traps_received_total", result="refused")
    assert 2.0 == value(room, "roomready_device_traps_total", device="u1", zone="auxiliary")
    assert b"gone" not in render(room)[0]
    assert b"traps" not in render(view(device("u1")))[0]


def test_lines_are_counted_by_their_place() -> None:
    room = replace(view(), lines={"/dev/ttyS0": LineStatistics(7, 2, 3, 1.5)})

    found = {
        what: value(room, f"roomready_line_{what}_total", line="/dev/ttyS0")
        for what in ("requests", "timeouts", "resynchronisations", "busy_seconds")
    }

    assert {"requests": 7.0, "timeouts": 2.0, "resynchronisations": 3.0, "busy_seconds": 1.5} == found
    assert b"roomready_line" not in render(view())[0]
