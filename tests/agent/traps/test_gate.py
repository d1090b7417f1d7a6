"""Token buckets: how much of whom is listened to, and how often a thing is told. Times are given, not waited for."""

from agent.traps.gate import SENDERS, TOGETHER, Gate, Seldom


def admitted(gate: Gate, sender: str, number: int, now: float) -> int:
    return sum(gate.admits(sender, now) for _ in range(number))


def test_a_burst_passes_and_what_follows_passes_at_the_rate() -> None:
    gate = Gate(per_second=10, burst=50, now=0.0)

    assert 50 == admitted(gate, "a", 5000, 0.0)
    assert 5 == admitted(gate, "a", 5000, 0.5)
    assert 0 == admitted(gate, "a", 5000, 0.55)
    assert 50 == admitted(gate, "a", 5000, 3600.0)


def test_one_sender_takes_nothing_from_another() -> None:
    gate = Gate(per_second=10, burst=50, now=0.0)
    admitted(gate, "a", 5000, 0.0)

    assert 50 == admitted(gate, "b", 5000, 0.0)


def test_all_senders_together_are_bounded() -> None:
    gate = Gate(per_second=10, burst=50, now=0.0)

    assert 50 * TOGETHER == sum(admitted(gate, f"sender {number}", 50, 0.0) for number in range(100))
    assert 10 * TOGETHER == sum(admitted(gate, f"sender {number}", 50, 1.0) for number in range(100))


def test_what_is_known_of_senders_is_bounded() -> None:
    gate = Gate(per_second=10, burst=50, now=0.0)
    for number in range(3 * SENDERS):
        gate.admits(f"sender {number}", 0.0)

    assert SENDERS == len(gate._buckets)


def test_a_thing_is_news_once_in_an_interval() -> None:
    seldom = Seldom(interval=60, most=10)

    assert [True, False, False, True, False] == [seldom.is_news("a", now) for now in (0.0, 1.0, 59.0, 60.0, 119.0)]


def test_only_so_many_things_are_news_in_an_interval() -> None:
    seldom = Seldom(interval=60, most=10)

    assert 10 == sum(seldom.is_news(f"stranger {number}", 0.0) for number in range(1000))
    assert 10 == sum(seldom.is_news(f"stranger {number}", 60.0) for number in range(1000))
