"""Writes promtool unit tests for the alerting rules, from the same catalogue.

    time      0 ........ after ........ after + clear_after ..
    value     wrong      wrong, good    good               good
    alert     -          FIRES          still firing       -

Each alarm has a test that goes through this and one in which a value just short of the condition never raises it.
"""

from collections.abc import Sequence
from math import ceil

from agent.alarms.catalogue import Alarm
from agent.alarms.conditions import Above, Below, Condition, Flag, InState, Silent
from exporters.rules import STEP, UP, Yaml, alert_name, annotations, dump, labels_of, number, rule_labels

RULES_FILE = "roomready.rules.yml"

_HEADER = """\
# Unit tests of roomready's alerting rules, written by `roomready rules --tests`; run: promtool test rules FILE
"""
_EXAMPLES = {"feed": "A", "phase": "L1", "contact": "water_leak"}


def rule_tests(alarms: Sequence[Alarm], rules: str = RULES_FILE) -> str:
    """`rules` is the rules file as seen from the folder of the tests."""
    tests = [test for alarm in alarms for test in (_fires(alarm), _stays_quiet(alarm))]
    return _HEADER + dump({"rule_files": [rules], "evaluation_interval": f"{STEP}s", "tests": tests})


def _fires(alarm: Alarm) -> Yaml:
    raised, cleared = ceil(alarm.after), ceil(alarm.after) + 1 + ceil(alarm.clear_after)
    moments = {raised - 1: [], raised: [_alert(alarm)], cleared - 1: [_alert(alarm)], cleared: []}
    return {
        "name": f"{alert_name(alarm)} fires and clears",
        "interval": f"{STEP}s",
        "input_series": [
            {"series": name, "values": f"{number(wrong)}+0x{raised} {number(good)}+0x{cleared}"}
            for name, wrong, good in _series(alarm.condition)
        ],
        "alert_rule_test": [_expect(alarm, at, alerts) for at, alerts in moments.items() if at >= 0],
    }


def _stays_quiet(alarm: Alarm) -> Yaml:
    end = 2 * ceil(alarm.after) + 1
    return {
        "name": f"{alert_name(alarm)} stays quiet",
        "interval": f"{STEP}s",
        "input_series": [
            {"series": name, "values": f"{number(good)}+0x{end}"} for name, _wrong, good in _series(alarm.condition)
        ],
        "alert_rule_test": [_expect(alarm, end, [])],
    }


def _alert(alarm: Alarm) -> Yaml:
    subject = _subject(alarm.condition)
    return {"exp_labels": {**rule_labels(alarm), **subject}, "exp_annotations": annotations(alarm, subject)}


def _expect(alarm: Alarm, at: int, alerts: list[Yaml]) -> Yaml:
    return {"eval_time": f"{at}s", "alertname": alert_name(alarm), "exp_alerts": alerts}


def _subject(condition: Condition) -> dict[str, str]:
    labels = {name: _EXAMPLES.get(name, f"{name}-1") for name in labels_of(condition)}
    return {"device": "device-1", "zone": "zone-1", **labels}


def _series(condition: Condition) -> list[tuple[str, float, float]]:
    """Every series that the condition looks at: its name, its value when the condition holds, and when not."""
    match condition:
        case Above(measure, limit):
            return [(_name(measure.metric, condition), limit.value + 1, limit.value)]
        case Below(measure, limit):
            return [(_name(measure.metric, condition), limit.value - 1, limit.value)]
        case Flag(measure, value):
            return [(_name(measure.metric, condition), float(value), float(not value))]
        case InState(measure, words):
            other = next(word for word in measure.states if word not in words)
            shown = [(words[0], 1.0, 0.0), (other, 0.0, 1.0)]
            return [(_name(measure.metric, condition, state=word), wrong, good) for word, wrong, good in shown]
        case Silent():
            return [(_name(UP, condition), 0.0, 1.0)]


def _name(metric: str, condition: Condition, **more: str) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in {**_subject(condition), **more}.items())
    return f"{metric}{{{labels}}}"
