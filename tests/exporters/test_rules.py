"""The alerting rules and their unit tests, judged by promtool; and the command that writes them."""

import argparse
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.alarms.catalogue import ALARMS, BY_NAME, Alarm
from agent.alarms.conditions import Above, Below, Condition, Flag, InState, Limit, Silent
from agent.model.measures import BY_KEY
from exporters import cli
from exporters.rule_tests import rule_tests
from exporters.rules import alert_name, expression, rules_file

BAD = ("fault", "off", "bypass")
LOW = Limit("low", 0.5, "the room's own rule")
UNUSUAL = (
    replace(BY_NAME["feed_lost"], key="at_once", after=0, clear_after=0),
    replace(BY_NAME["feed_lost"], key="half_a_second", after=0.5, clear_after=1.5),
    replace(BY_NAME["on_battery"], key="many_words", condition=InState(BY_KEY["ups_state"], BAD)),
    replace(BY_NAME["on_battery"], key="low_charge", condition=Below(BY_KEY["ups_battery_charge"], LOW)),
    replace(BY_NAME["on_battery"], key="leak", condition=Flag(BY_KEY["contact_active"], value=True)),
)


def promtool(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def written(alarms: Sequence[Alarm], folder: Path) -> Path:
    """The rules and their tests, in the folder."""
    (folder / "roomready.rules.yml").write_text(rules_file(alarms), encoding="utf-8")
    (folder / "tests.yml").write_text(rule_tests(alarms), encoding="utf-8")
    return folder


def rule(alarm: Alarm) -> Any:
    return yaml.safe_load(rules_file([alarm]))["groups"][0]["rules"][0]


@pytest.mark.parametrize("alarms", [ALARMS, UNUSUAL], ids=["catalogue", "unusual"])
def test_promtool_accepts_the_rules_and_passes_their_tests(alarms: Sequence[Alarm], tmp_path: Path) -> None:
    folder = written(alarms, tmp_path)
    check = promtool("check", "rules", "roomready.rules.yml", folder=folder)
    tests = promtool("test", "rules", "tests.yml", folder=folder)

    assert (check.returncode, f"{len(alarms)} rules found" in check.stdout) == (0, True), check.stdout + check.stderr
    assert tests.returncode == 0, tests.stdout + tests.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("roomready_mains_feed_available == 0", "roomready_mains_feed_available == 1"),
        ("roomready_air_temperature_celsius > 27", "roomready_air_temperature_celsius >= 27"),
        ("for: 5s", "for: 6s"),
        ("for: 5s", "for: 4s"),
        ("keep_firing_for: 60s", "keep_firing_for: 61s"),
        ("keep_firing_for: 60s", "keep_firing_for: 59s"),
        ("severity: critical", "severity: warning"),
        ("$labels.feed", "$labels.phase"),
    ],
)
def test_the_written_tests_notice_a_rule_that_was_changed(right: str, wrong: str, tmp_path: Path) -> None:
    folder = written(ALARMS, tmp_path)
    rules = folder / "roomready.rules.yml"
    text = rules.read_text(encoding="utf-8")
    assert right in text
    rules.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    assert promtool("test", "rules", "tests.yml", folder=folder).returncode == 1


def test_every_alarm_has_a_test_in_which_it_fires_and_one_in_which_it_must_not() -> None:
    tests = yaml.safe_load(rule_tests(ALARMS))["tests"]
    fires = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case["exp_alerts"]}
    quiet = {
        test["alert_rule_test"][0]["alertname"]
        for test in tests
        if not any(case["exp_alerts"] for case in test["alert_rule_test"])
    }

    assert fires == quiet == {alert_name(alarm) for alarm in ALARMS}


@pytest.mark.parametrize(
    ("condition", "promql"),
    [
        (Above(BY_KEY["air_temperature"], Limit("x", 27.0, "")), "roomready_air_temperature_celsius > 27"),
        (Below(BY_KEY["ups_battery_charge"], LOW), "roomready_ups_battery_charge_ratio < 0.5"),
        (Flag(BY_KEY["mains_redundant"], value=False), "roomready_mains_redundant == 0"),
        (Flag(BY_KEY["ups_battery_replace"], value=True), "roomready_ups_battery_replace == 1"),
        (
            InState(BY_KEY["ups_state"], ("on_battery", "a.b")),
            'max without (state) (roomready_ups_state{state=~"on_battery|a\\\\.b"}) == 1',
        ),
        (Silent(), "roomready_device_up == 0"),
    ],
)
def test_a_condition_is_spelled_in_promql(condition: Condition, promql: str) -> None:
    assert expression(condition) == promql


def test_a_rule_says_what_the_alarm_says() -> None:
    shown = rule(BY_NAME["feed_lost"])

    assert shown["alert"] == "FeedLost"
    assert (shown["for"], shown["keep_firing_for"]) == ("2s", "10s")
    assert shown["labels"] == {"alarm": "feed_lost", "severity": "critical"}
    assert shown["annotations"]["summary"] == "Mains feed {{ $labels.feed }} at {{ $labels.device }} is lost"
    assert shown["annotations"]["summary_zh"] == "{{ $labels.device }} 的市电 {{ $labels.feed }} 路已中断"
    assert shown["annotations"]["description"] == BY_NAME["feed_lost"].do.en


def test_a_limit_is_shown_with_its_unit_and_its_source() -> None:
    alarm = BY_NAME["temperature_high"]
    assert isinstance(alarm.condition, Above)

    shown = rule(alarm)["annotations"]

    assert (shown["limit"], shown["source"]) == ("27 °C", alarm.condition.limit.source)


def test_no_delay_is_no_line() -> None:
    assert {"for", "keep_firing_for"}.isdisjoint(rule(UNUSUAL[0]))


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="roomready rules")
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(arguments))


def test_the_command_prints_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert command() == 0
    assert capsys.readouterr().out == rules_file(ALARMS)


def test_the_command_writes_files_that_find_each_other(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    rules, tests = tmp_path / "rules" / "r.yml", tmp_path / "tests" / "t.yml"

    assert command("--out", str(rules), "--tests", str(tests)) == 0
    assert promtool("test", "rules", str(tests), folder=tmp_path).returncode == 0


def test_the_command_says_which_file_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing" / "r.yml"

    assert command("--out", str(missing)) == 2
    assert str(missing) in capsys.readouterr().err
