"""When a line's level counts as changed: literals in milliseconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.drivers.debounce import HOLDING, SETTLING, Debounce

CTS, DCD = 0x20, 0x40


def changes(seen: list[tuple[int, int]], start: int = 0) -> list[tuple[int, int]]:
    """When the levels that count changed, and to what, given (milliseconds, levels) as they are seen."""
    line = Debounce(start)
    return [(at, line.levels) for at, levels in seen if line.feed(levels, at / 1000)]


def test_a_level_that_lasts_counts() -> None:
    assert [(25, CTS)] == changes([(0, CTS), (5, CTS), (10, CTS), (25, CTS), (30, CTS)])


def test_a_spike_is_no_change() -> None:
    assert [] == changes([(0, CTS), (5, 0), (25, 0), (200, 0)])


def test_a_contact_that_bounces_changes_once() -> None:
    bouncing = [(at, CTS if at % 10 == 0 else 0) for at in range(0, 40, 5)]

    assert [(65, CTS)] == changes([*bouncing, (40, CTS), (50, CTS), (65, CTS), (200, CTS)])


def test_a_slow_bounce_after_a_change_is_held_back() -> None:
    assert [(20, CTS)] == changes([(0, CTS), (20, CTS), (25, 0), (46, 0), (50, CTS), (80, CTS), (200, CTS)])


def test_a_contact_that_falls_back_is_told_after_the_holding_time() -> None:
    assert [(20, CTS), (75, 0)] == changes([(0, CTS), (20, CTS), (30, 0), (55, 0), (75, 0)])


def test_lines_settle_each_by_itself() -> None:
    assert [(20, CTS), (35, CTS | DCD)] == changes([(0, CTS), (15, CTS | DCD), (20, CTS | DCD), (35, CTS | DCD)])


def test_a_line_is_restless_until_what_is_seen_counts() -> None:
    line = Debounce(0)

    line.feed(CTS, 0.0)
    assert line.restless
    line.feed(CTS, SETTLING)
    assert not line.restless


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from([0, CTS, DCD, CTS | DCD])), max_size=60))
def test_a_line_never_changes_twice_within_the_holding_time_and_ends_where_it_stays(
    steps: list[tuple[int, int]],
) -> None:
    at, seen = 0, list[tuple[int, int]]()
    for pause, levels in steps:
        at += pause
        seen.append((at, levels))
    last = seen[-1][1] if seen else 0
    found = changes([*seen, *((at + after, last) for after in (25, 80, 120))])

    for bit in (CTS, DCD):
        when = [a for (_, before), (a, now) in pairwise([(0, 0), *found]) if (now ^ before) & bit]
        assert all(later - earlier >= HOLDING * 1000 for earlier, later in pairwise(when))
    assert last == (found[-1][1] if found else 0)
