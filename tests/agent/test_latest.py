"""Readings arrive, age out, and are never shown as zero or as live when they are old."""

from agent.faults import TimedOut
from agent.latest import Latest
from agent.model.measures import Group
from tests.agent.devices import poll, reading, watched

LOAD, STATE = reading("ups_efficiency", 0.9), reading("ups_state", "online")


def keys(latest: Latest, now: float) -> list[str]:
    return [timed.reading.measure.key for timed in latest.snapshot(now).devices["ups"].readings]


def test_before_the_first_poll_nothing_is_claimed() -> None:
    device = Latest([watched("ups")]).snapshot(0).devices["ups"]

    assert (None, (), None) == (device.up, device.readings, device.last_reading_at)


def test_a_reading_ages_out_after_its_groups_age() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, LOAD, STATE))

    assert ["ups_efficiency", "ups_state"] == sorted(keys(latest, 102.9))
    assert ["ups_efficiency"] == keys(latest, 103.0)
    assert [] == keys(latest, 145.0)


def test_a_fault_keeps_the_readings_until_they_are_old_and_tells_since_when() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, STATE))
    latest.fold(poll("ups", 101.0, fault=TimedOut("no answer")))
    latest.fold(poll("ups", 102.0, fault=TimedOut("no answer")))
    device = latest.snapshot(102.0).devices["ups"]

    assert (False, "timed_out: no answer", 101.0, 100.0) == (
        device.up, device.fault, device.down_since, device.last_reading_at,
    )  # fmt: skip
    assert {"ok": 1, "timed_out": 2} == dict(device.polls)
    assert ["ups_state"] == keys(latest, 102.0)
    assert [] == keys(latest, 103.0)


def test_a_reading_that_a_later_poll_does_not_bring_is_gone_at_once() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, LOAD, STATE))
    latest.fold(poll("ups", 100.5, LOAD))

    assert ["ups_efficiency"] == keys(latest, 100.5)


def test_a_poll_of_one_group_leaves_the_others_as_they_are() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, LOAD, STATE))
    latest.fold(poll("ups", 101.0, STATE, groups=[Group.STATE]))

    assert ["ups_efficiency", "ups_state"] == sorted(keys(latest, 103.5))


def test_a_device_that_comes_back_is_up_again() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, fault=TimedOut("no answer")))
    latest.fold(poll("ups", 101.0, STATE))
    device = latest.snapshot(101.0).devices["ups"]

    assert (True, "", None) == (device.up, device.fault, device.down_since)


def test_a_snapshot_stays_as_it_was() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, STATE))
    before = latest.snapshot(100.0)
    latest.fold(poll("ups", 101.0, reading("ups_state", "on_battery")))

    assert "online" == before.devices["ups"].readings[0].reading.value


def test_the_kind_comes_from_the_device_unless_the_configuration_says_it() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, STATE))

    assert "ups" == latest.snapshot(100.0).devices["ups"].kind


def test_of_a_silent_device_nothing_counts_longer_than_a_state_would() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, reading("ups_rated_power", 6000.0), LOAD))
    latest.fold(poll("ups", 110.0, fault=TimedOut("no answer")))

    assert ["ups_efficiency", "ups_rated_power"] == sorted(keys(latest, 112.9))
    assert [] == keys(latest, 113.0)


def test_readings_that_contradict_each_other_are_withheld_also_when_they_come_in_different_polls() -> None:
    latest = Latest([watched("ups")])
    latest.fold(poll("ups", 100.0, reading("ups_output_current", 7.2), reading("ups_output_power", 1.0)))
    latest.fold(poll("ups", 101.0, reading("ups_output_voltage", 230.0), groups=[Group.STATE]))
    device = latest.snapshot(101.0).devices["ups"]

    assert ["ups_output_voltage"] == keys(latest, 101.0)
    assert ["ups_output_power", "ups_output_current"] == [withheld.measure.key for withheld in device.withheld]
