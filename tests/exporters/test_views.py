"""The JSON of views made by hand: its shape, its words, its order."""

import json
import math
from dataclasses import replace
from string import Formatter

import pytest

from agent.alarms.catalogue import ALARMS, Alarm
from agent.alarms.evaluate import AlarmState
from agent.model.measures import BY_KEY, CATALOGUE, Measure
from agent.model.readings import Withheld
from agent.model.words import is_known, say
from exporters.rules import labels_of
from exporters.views import snapshot_json, snapshot_view
from tests.exporters.rooms import AT, device, reading, standing, view

STATES = [(measure, word) for measure in CATALOGUE for word in measure.states]


def test_a_device_is_shown_whole() -> None:
    shown = snapshot_view(view(device("u1", reading("ups_input_voltage", 229.8, phase="L1"))))

    assert shown == {
        "at": AT,
        "agent": {"version": "1.2.3", "started_at": AT - 60, "room": "Second floor"},
        "alarms": [],
        "devices": [
            {
                "name": "u1",
                "kind": "ups",
                "zone": "auxiliary",
                "address": "snmp://u1",
                "up": True,
                "fault": "",
                "down_since": None,
                "last_reading_at": AT,
                "poll_duration": 0.25,
                "identity": {
                    "vendor": "Acme",
                    "model": "3000",
                    "serial": "S1",
                    "firmware": "2.4",
                    "profile": "acme-3000",
                },
                "readings": [
                    {
                        "measure": "ups_input_voltage",
                        "metric": "roomready_ups_input_voltage_volts",
                        "name": {"en": "UPS input voltage", "zh": "UPS 输入电压"},
                        "unit": "V",
                        "value": 229.8,
                        "word": None,
                        "labels": {"phase": "L1"},
                        "address": "1.2.3",
                        "at": AT,
                    }
                ],
                "withheld": [],
            }
        ],
    }


def test_a_value_that_was_not_believed_is_shown_with_what_the_device_said_and_why() -> None:
    refused = Withheld(BY_KEY["ups_input_voltage"], (("phase", "L2"),), "1.2.4", "23100", "23100 V is not sane")
    (shown,) = snapshot_view(view(replace(device("u1"), withheld=(refused,))))["devices"]

    assert shown["withheld"] == [
        {
            "measure": "ups_input_voltage",
            "labels": {"phase": "L2"},
            "address": "1.2.4",
            "raw": "23100",
            "reason": "23100 V is not sane",
        }
    ]


def test_an_alarm_is_shown_with_its_sentence_filled_in() -> None:
    (alarm,) = snapshot_view(view(alarms=standing("feed_lost", "ats", feed="A")))["alarms"]

    assert alarm["says"]["en"] == "Mains feed A at ats is lost"
    assert alarm["says"]["zh"] == "ats 的市电 A 路已中断"
    assert tuple(alarm[name] for name in ("alarm", "severity", "device", "zone")) == (
        "feed_lost",
        "critical",
        "ats",
        "auxiliary",
    )
    assert (alarm["labels"], alarm["raised_at"]) == ({"feed": "A"}, AT)
    assert alarm["title"]["en"] == "Mains feed lost"
    assert alarm["do"]["zh"].startswith("检查")


def test_a_name_with_braces_stays_as_it_is() -> None:
    (alarm,) = snapshot_view(view(alarms=standing("on_battery", "{zone}")))["alarms"]

    assert alarm["says"]["en"] == "{zone} runs on its battery"


def test_a_label_that_is_missing_is_a_question_mark() -> None:
    (alarm,) = snapshot_view(view(alarms=standing("feed_lost", "ats")))["alarms"]

    assert alarm["says"]["en"] == "Mains feed ? at ats is lost"


def test_devices_keep_their_order_and_alarms_come_gravest_first() -> None:
    parts = [standing("temperature_high", "b"), standing("on_battery", "a"), standing("feed_lost", "c", at=AT - 9)]
    alarms = AlarmState({subject: how for part in parts for subject, how in part.standings.items()})
    shown = snapshot_view(view(device("z"), device("a"), alarms=alarms))

    assert [each["name"] for each in shown["devices"]] == ["z", "a"]
    assert [each["alarm"] for each in shown["alarms"]] == ["on_battery", "feed_lost", "temperature_high"]


def test_an_alarm_that_has_cleared_is_not_shown() -> None:
    assert snapshot_view(view(alarms=standing("feed_lost", "ats", active=False)))["alarms"] == []


def test_a_state_is_shown_with_its_word_in_both_languages() -> None:
    (device_view,) = snapshot_view(view(device("u1", reading("ups_state", "on_battery"))))["devices"]

    assert (
        device_view["readings"][0]["value"],
        device_view["readings"][0]["word"],
    ) == ("on_battery", {"en": "on battery", "zh": "电池供电"})


def test_what_is_not_known_of_a_device_is_null() -> None:
    (shown,) = json.loads(snapshot_json(view(device("u1", up=None))))["devices"]

    assert [shown[name] for name in ("up", "identity", "last_reading_at", "poll_duration")] == [None] * 4


def test_a_number_that_json_cannot_say_is_null() -> None:
    room = view(device("u1", reading("ups_load", math.nan), reading("ups_efficiency", math.inf)))

    assert [each["value"] for each in json.loads(snapshot_json(room))["devices"][0]["readings"]] == [None, None]


@pytest.mark.parametrize(("measure", "word"), STATES, ids=[f"{m.key}-{w}" for m, w in STATES])
def test_every_state_has_its_words(measure: Measure, word: str) -> None:
    assert is_known(measure, word)
    assert say(measure, word).zh.isascii() is False


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.key)
def test_an_alarms_sentence_names_only_what_its_subject_has(alarm: Alarm) -> None:
    for sentence in (alarm.says.en, alarm.says.zh):
        named = {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
        assert named <= {"device", *labels_of(alarm.condition)}
