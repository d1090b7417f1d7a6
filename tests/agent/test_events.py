"""The log of events: bounded, in order, and fair to what the agent found itself."""

from agent.alarms.catalogue import BY_NAME, Text
from agent.alarms.evaluate import Subject, Transition
from agent.events import Event, EventKind, Events, alarm_changed, device_back, device_lost


def event(at: float, kind: EventKind = "device_lost") -> Event:
    return Event(at, kind, "ups", Text("said", "说"))


def test_the_newest_are_kept_in_order() -> None:
    events = Events(kept=3)
    for at in range(10):
        events.record(event(at))

    assert [7, 8, 9] == [each.at for each in events.tail]


def test_the_tail_is_the_same_object_until_something_happens() -> None:
    events = Events()
    events.record(event(1.0))
    first = events.tail

    assert first is events.tail
    events.record(event(2.0))
    assert [1.0] == [each.at for each in first]
    assert [1.0, 2.0] == [each.at for each in events.tail]


def test_a_flood_of_notifications_does_not_push_out_what_was_found() -> None:
    events = Events(kept=5)
    events.record(event(0.0, "alarm_raised"))
    for at in range(1, 100):
        events.record(event(at, "notification"))
    events.record(event(50.5, "device_lost"))

    assert [("alarm_raised", 0.0), ("device_lost", 50.5)] == [
        (each.kind, each.at) for each in events.tail if each.kind != "notification"
    ]
    assert sorted(each.at for each in events.tail) == [each.at for each in events.tail]
    assert 7 == len(events.tail)


def test_an_alarm_is_told_with_its_sentence_when_it_is_raised_and_when_it_is_over() -> None:
    subject = Subject(BY_NAME["feed_lost"], "ats-1", "auxiliary", (("feed", "A"),))
    raised, cleared = (alarm_changed(Transition(subject, up, 7.0)) for up in (True, False))

    assert (7.0, "alarm_raised", "ats-1") == (raised.at, raised.kind, raised.device)
    assert Text("Mains feed A at ats-1 is lost", "ats-1 的市电 A 路已中断") == raised.text
    assert "alarm_cleared" == cleared.kind
    assert Text("Over: Mains feed A at ats-1 is lost", "已恢复：ats-1 的市电 A 路已中断") == cleared.text
    details = {"alarm": "feed_lost", "severity": "critical", "zone": "auxiliary", "labels": {"feed": "A"}}
    assert details == raised.details == cleared.details


def test_a_device_is_lost_with_the_reason_and_comes_back() -> None:
    lost, back = device_lost(1.0, "ups", "timed_out", "no answer within 1 s"), device_back(2.0, "ups")

    assert "ups does not answer: no answer within 1 s" == lost.text.en
    assert {"result": "timed_out", "fault": "no answer within 1 s"} == lost.details
    assert ("device_back", "ups answers again") == (back.kind, back.text.en)
