"""The room's physics: what follows from what, and nothing from nothing."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.room.causes import possible
from simulators.room.plan import PLANS, RoomPlan
from simulators.room.room import Room

DT = 0.1
SIMPLE = [cause.words for cause in possible(Room()) if cause.argument is None]
STRONG = [
    f"{cause.words} {bound}"
    for cause in possible(Room())
    if cause.argument is not None
    for bound in (cause.argument.low, (cause.argument.low + cause.argument.high) / 2, cause.argument.high)
]


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


def stories(causes: list[str]) -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.tuples(st.sampled_from(causes), st.integers(1, 300)), max_size=8)


def books_balance(room: Room, at_first: Room) -> None:
    """Every joule that came in has gone somewhere, and every part of the room is possible."""
    for ups, fresh in zip(room.ups_units, at_first.ups_units, strict=True):
        assert 0.0 <= ups.battery.charge <= 1.0
        assert 0.0 <= ups.battery.energy <= ups.battery.capacity
        assert ups.loss_watts >= -1e-6
        books = ups.energy_in - ups.energy_out - ups.energy_lost
        assert pytest.approx(books, abs=1.0) == ups.battery.energy - fresh.battery.energy
    given = sum(ups.energy_out + ups.energy_lost for ups in room.ups_units)
    assert pytest.approx(given, rel=1e-9, abs=1e-3) == room.energy_heated
    leaked = sum(zone.energy_leaked for zone in room.zones.values())
    warmed = sum(zone.heat for zone in room.zones.values()) - sum(zone.heat for zone in at_first.zones.values())
    assert pytest.approx(room.energy_heated - room.energy_cooled - leaked, rel=1e-6, abs=50.0) == warmed
    assert all(0.0 <= unit.output <= unit.plan.watts for unit in room.cooling_units)
    for path, value in room.truth().items():
        assert not isinstance(value, float) or math.isfinite(value), path
        assert not path.endswith(".temperature") or -60 < float(value) < 200, path


@given(stories([*SIMPLE, *STRONG]), st.sampled_from(list(PLANS.values())))
@settings(max_examples=60)
def test_whatever_happens_energy_is_conserved_and_everything_stays_physical(
    story: list[tuple[str, int]], plan: RoomPlan
) -> None:
    room, at_first = Room(3, plan), Room(3, plan)
    for cause, seconds in story:
        if cause.split()[0] in {row.words.split()[0] for row in possible(room)}:
            room.do(cause)
        run(room, seconds, dt=0.5)
        books_balance(room, at_first)


def test_the_current_behind_a_breaker_is_the_power_over_the_voltage_and_what_the_feed_gives_is_what_is_drawn() -> None:
    room = after("feeds.A sag 0.95", 10.0)
    truth = room.truth()

    for name, circuit in room.circuits.items():
        assert pytest.approx(circuit.watts) == circuit.current * circuit.voltage * circuit.power_factor, name
    assert pytest.approx(truth["feeds.A.watts"]) == room.ups.input_watts + room.cooling.electric_watts
    assert 0.0 == truth["feeds.B.watts"]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("feeds.C fail", "unknown cause 'feeds.C fail'; possible: feeds.A fail"),
        ("", "unknown cause"),
        ("smoke rise", "unknown cause 'smoke rise'; possible: smoke begin, smoke end$"),
        ("feeds.A sag", "ratio: found nothing, expected one number from 0 to 1.2"),
        ("feeds.A sag nan", "ratio: found nan"),
        ("feeds.A sag 7", "ratio: found 7"),
        ("feeds.A fail now", "found now, expected nothing more"),
    ],
)
def test_an_unknown_cause_says_what_is_possible(cause: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        Room().do(cause)
