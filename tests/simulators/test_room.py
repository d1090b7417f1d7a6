"""The room's physics: what follows from what, and nothing from nothing."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.room.causes import possible
from simulators.room.room import Room

DT = 0.1
SIMPLE = [cause.words for cause in possible(Room()) if cause.argument is None]


def run(room: Room, seconds: float, dt: float = DT) -> Room:
    for _ in range(round(seconds / dt)):
        room.step(dt)
    return room


def after(*happenings: str | float) -> Room:
    """A room after causes (words) and waiting (seconds)."""
    room = run(Room(seed=7), 1)
    for happening in happenings:
        if isinstance(happening, str):
            room.do(happening)
        else:
            run(room, happening)
    return room


def test_a_room_at_rest_stays_at_rest() -> None:
    truth = after(3600.0).truth()

    assert ("A", True, 0) == tuple(truth[f"transfer_switch.{key}"] for key in ("selected", "redundant", "transfers"))
    assert ("online", 1.0) == (truth["ups.mode"], truth["ups.battery.charge"])
    assert 22 < float(truth["air.temperature"]) < 24.5


def test_a_lost_feed_moves_the_switch_once_and_the_load_never_notices() -> None:
    room = after("feeds.A fail", 5.0)
    truth = room.truth()

    assert ("B", False, 1) == tuple(truth[f"transfer_switch.{key}"] for key in ("selected", "redundant", "transfers"))
    assert "online" == truth["ups.mode"]
    assert float(truth["load.watts"]) > 2500


def test_the_switch_goes_back_to_the_preferred_feed_after_thirty_good_seconds() -> None:
    assert "B" == after("feeds.A fail", 5.0, "feeds.A restore", 28.0).transfer_switch.selected
    assert "A" == after("feeds.A fail", 5.0, "feeds.A restore", 35.0).transfer_switch.selected


def test_without_feeds_the_battery_empties_the_room_warms_and_the_air_keeps_its_water() -> None:
    before = after().truth()
    truth = after("feeds.A fail", "feeds.B fail", 300.0).truth()

    assert ("battery", "off") == (truth["ups.mode"], truth["cooling.1.state"])
    assert 0.3 < float(truth["ups.battery.charge"]) < 0.7
    assert float(truth["ups.battery.runtime"]) < float(before["ups.battery.runtime"])
    assert float(truth["ups.battery.voltage"]) < float(before["ups.battery.voltage"])
    assert 1.0 < float(truth["air.temperature"]) - float(before["air.temperature"]) < 5.0
    assert float(truth["air.humidity"]) < float(before["air.humidity"])
    assert pytest.approx(before["air.dew_point"]) == truth["air.dew_point"]


def test_an_empty_battery_drops_the_load_and_mains_brings_it_back() -> None:
    room = after("feeds.A fail", "feeds.B fail", 1200.0)

    assert ("off", 0.0) == (room.ups.mode, room.ups.output_watts)
    room.do("feeds.A restore")
    run(room, 60)

    assert "online" == room.ups.mode
    assert room.ups.battery.charge < 0.05


def test_charging_takes_hours() -> None:
    room = run(after("feeds.A fail", "feeds.B fail", 300.0, "feeds.A restore"), 3600, dt=1.0)

    assert 0.5 < room.ups.battery.charge < 0.95


def test_the_same_seed_and_causes_give_the_same_room_and_another_seed_another() -> None:
    story: tuple[str | float, ...] = ("feeds.A sag 0.7", 20.0, "cooling.1 fail", 100.0, "feeds.A restore", 50.0)

    assert after(*story).truth() == after(*story).truth()
    assert run(Room(1), 10).truth() != run(Room(2), 10).truth()


def test_a_sag_is_a_bad_feed_and_a_small_one_is_not() -> None:
    assert "B" == after("feeds.A sag 0.6", 2.0).transfer_switch.selected
    assert "A" == after("feeds.A sag 0.97", 2.0).transfer_switch.selected


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*SIMPLE, "load set 0", "load set 5800", "load set 9000", "feeds.B sag 0.5"]),
            st.integers(1, 300),
        ),
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_happens_energy_is_conserved_and_everything_stays_physical(story: list[tuple[str, int]]) -> None:
    room = run(Room(seed=3), 1, dt=0.5)
    stored, heat = room.ups.battery.energy, room.air.heat
    for cause, seconds in story:
        room.do(cause)
        run(room, seconds, dt=0.5)
        assert 0.0 <= room.ups.battery.charge <= 1.0
        assert 0.0 <= room.ups.battery.energy <= room.ups.battery.capacity
        assert room.ups.loss_watts >= -1e-6
        assert all(math.isfinite(value) for value in room.truth().values() if isinstance(value, float))
    ups = room.ups
    books = ups.energy_in - ups.energy_out - ups.energy_lost
    assert pytest.approx(books, abs=1.0) == ups.battery.energy - Room(3).ups.battery.energy
    warmed = ups.energy_out + ups.energy_lost - room.energy_cooled - room.air.energy_leaked
    assert pytest.approx(warmed, rel=1e-6, abs=50.0) == room.air.heat - Room(3).air.heat
    assert stored >= 0 < heat


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("feeds.C fail", "unknown cause 'feeds.C fail'; possible: feeds.A fail"),
        ("", "unknown cause"),
        ("feeds.A sag", "ratio: found nothing, expected one number from 0 to 1.2"),
        ("feeds.A sag nan", "ratio: found nan"),
        ("feeds.A sag 7", "ratio: found 7"),
        ("feeds.A fail now", "found now, expected nothing more"),
    ],
)
def test_an_unknown_cause_says_what_is_possible(cause: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        Room().do(cause)
