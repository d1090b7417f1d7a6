"""The evaluator: delays to raise and to clear, subjects, and what absence means."""

import pytest

from agent.alarms.catalogue import ALARMS, BY_NAME
from agent.alarms.evaluate import AlarmState, evaluate
from agent.faults import TimedOut
from agent.latest import Latest
from agent.model.measures import BY_KEY
from agent.model.readings import Poll, Reading
from tests.agent.devices import poll, reading, watched


class Room:
    """One device, its polls and the alarms over them."""

    def __init__(self) -> None:
        self.latest = Latest([watched("dev")])
        self.state = AlarmState()

    def take(self, arrived: Poll) -> list[str]:
        self.latest.fold(arrived)
        return self.look(arrived.at)

    def look(self, at: float) -> list[str]:
        self.state, transitions = evaluate(ALARMS, self.latest.snapshot(at), self.state)
        return [f"{'raised' if t.raised else 'cleared'} {t.subject.alarm.key}" for t in transitions]

    def hold(self, value: Reading, start: float, end: float) -> list[str]:
        return [said for at in range(int(start), int(end) + 1) for said in self.take(poll("dev", float(at), value))]


BAD_GOOD = [
    ("feed_lost", reading("mains_feed_available", 0.0, feed="A"), reading("mains_feed_available", 1.0, feed="A")),
    ("on_battery", reading("ups_state", "on_battery"), reading("ups_state", "online")),
    ("output_off", reading("ups_state", "off"), reading("ups_state", "online")),
    ("temperature_high", reading("air_temperature", 27.1), reading("air_temperature", 27.0)),
]


@pytest.mark.parametrize(("key", "bad", "good"), BAD_GOOD, ids=[row[0] for row in BAD_GOOD])
def test_an_alarm_is_raised_after_its_delay_and_cleared_after_its_own(key: str, bad: Reading, good: Reading) -> None:
    room, alarm = Room(), BY_NAME[key]

    assert [] == room.hold(bad, 0, alarm.after - 1)
    assert [f"raised {key}"] == room.hold(bad, alarm.after, alarm.after + 5)
    gone = alarm.after + 6
    assert [] == room.hold(good, gone, gone + alarm.clear_after - 1)
    assert [f"cleared {key}"] == room.hold(good, gone + alarm.clear_after, gone + alarm.clear_after + 3)


@pytest.mark.parametrize(("key", "bad", "good"), BAD_GOOD, ids=[row[0] for row in BAD_GOOD])
def test_an_alarm_stays_quiet_while_all_is_well(key: str, bad: Reading, good: Reading) -> None:
    room = Room()

    assert [] == room.hold(good, 0, 200)
    assert [] == room.state.active()


def test_a_flicker_shorter_than_the_delay_raises_nothing() -> None:
    room = Room()
    lost, back = BAD_GOOD[0][1:]

    assert [] == room.hold(lost, 0, 1) + room.hold(back, 2, 2) + room.hold(lost, 3, 4) + room.hold(back, 5, 6)


def test_each_feed_is_a_subject_of_its_own() -> None:
    room = Room()
    both = [reading("mains_feed_available", 0.0, feed=feed) for feed in "AB"]
    room.take(poll("dev", 0.0, *both))
    room.take(poll("dev", 2.0, *both))

    assert [(("feed", "A"),), (("feed", "B"),)] == [subject.labels for subject, _ in room.state.active()]
    assert {"feed_lost": 2} == dict(room.state.raised)


def test_a_silent_device_raises_its_own_alarm_and_what_it_said_is_no_longer_claimed() -> None:
    room = Room()
    room.hold(reading("ups_state", "on_battery"), 0, 6)
    told = [said for at in range(7, 60) for said in room.take(poll("dev", float(at), fault=TimedOut("no answer")))]

    assert ["cleared on_battery", "raised device_silent"] == told
    assert ["cleared device_silent"] == room.take(poll("dev", 60.0, reading("ups_state", "online")))


def test_a_device_that_was_never_polled_is_not_called_silent() -> None:
    assert [] == Room().look(1000.0)


def test_the_gravest_alarm_stands_first() -> None:
    room = Room()
    warm, battery = reading("air_temperature", 30.0), reading("ups_state", "on_battery")
    for at in range(0, 80, 2):
        room.take(poll("dev", float(at), warm, battery))

    assert ["on_battery", "temperature_high"] == [subject.alarm.key for subject, _ in room.state.active()]


def test_every_alarm_has_words_in_both_languages_and_fills_them() -> None:
    for alarm in ALARMS:
        labels = {name: "x" for measure in BY_KEY.values() for name in measure.labels}
        for text in (alarm.title, alarm.says, alarm.do):
            assert text.en.strip()
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
        assert "{" not in alarm.says.en.format(device="d", **labels) + alarm.says.zh.format(device="d", **labels)
