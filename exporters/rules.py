"""Writes the alarm catalogue as Prometheus alerting rules.

    Flag(mains_feed_available, false), 2 s   ->   alert: FeedLost
                                                  expr: roomready_mains_feed_available == 0
                                                  for: 2s

The rules say what the agent's own evaluator says: the same subjects, delays and words. A state alarm looks at its
words together (`max without (state)`), so that going from one bad state to another is one alarm and not two.
`keep_firing_for` needs Prometheus 2.42 or newer.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from agent.alarms.catalogue import Alarm
from agent.alarms.conditions import Above, Below, Condition, Flag, InState, Silent
from agent.model.measures import PREFIX

_RULES_HEADER = """\
# Alerting rules of roomready, written by `roomready rules` from its alarm catalogue.
# Do not edit: change the catalogue's settings and write them anew. Needs Prometheus 2.42 or newer.
"""
STEP = 1  # seconds between evaluations: delays of a few seconds must be kept
UP = f"{PREFIX}_device_up"

Yaml = dict[str, Any]


def rules_file(alarms: Sequence[Alarm]) -> str:
    group = {"name": "roomready", "interval": f"{STEP}s", "rules": [_rule(alarm) for alarm in alarms]}
    return _RULES_HEADER + dump({"groups": [group]})


def alert_name(alarm: Alarm) -> str:
    """feed_lost is FeedLost to Prometheus."""
    return "".join(part.capitalize() for part in alarm.key.split("_"))


def expression(condition: Condition) -> str:
    """The condition in PromQL."""
    match condition:
        case Above(measure, limit):
            return f"{measure.metric} > {number(limit.value)}"
        case Below(measure, limit):
            return f"{measure.metric} < {number(limit.value)}"
        case InState(measure, words):
            pattern = "|".join(re.escape(word) for word in words).replace("\\", "\\\\")
            return f'max without (state) ({measure.metric}{{state=~"{pattern}"}}) == 1'
        case Flag(measure, value):
            return f"{measure.metric} == {int(value)}"
        case Silent():
            return f"{UP} == 0"


def annotations(alarm: Alarm, names: Mapping[str, str]) -> dict[str, str]:
    """What the alert says; `names` are the words that stand for its device and labels."""
    words = {
        "summary": alarm.says.en.format_map(names),
        "summary_zh": alarm.says.zh.format_map(names),
        "description": alarm.do.en,
        "description_zh": alarm.do.zh,
    }
    match alarm.condition:
        case Above(measure, limit) | Below(measure, limit):
            words["limit"] = f"{number(limit.value)} {measure.unit.symbol}".rstrip()
            words["source"] = limit.source
    return words


def rule_labels(alarm: Alarm) -> dict[str, str]:
    return {"alarm": alarm.key, "severity": alarm.severity}


def labels_of(condition: Condition) -> tuple[str, ...]:
    """The labels by which the condition's subjects differ, besides device and zone."""
    return () if isinstance(condition, Silent) else condition.measure.labels


def number(value: float) -> str:
    return f"{value:.12g}"


def dump(document: Yaml) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def _rule(alarm: Alarm) -> Yaml:
    templates = {name: f"{{{{ $labels.{name} }}}}" for name in ("device", *labels_of(alarm.condition))}
    delays = {"for": alarm.after, "keep_firing_for": alarm.clear_after}
    return {
        "alert": alert_name(alarm),
        "expr": expression(alarm.condition),
        **{name: _duration(seconds) for name, seconds in delays.items() if seconds},
        "labels": rule_labels(alarm),
        "annotations": annotations(alarm, templates),
    }


def _duration(seconds: float) -> str:
    """Prometheus takes whole numbers only."""
    return f"{int(seconds)}s" if seconds == int(seconds) else f"{round(seconds * 1000)}ms"
