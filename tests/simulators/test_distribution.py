"""What protects and spreads the power: breakers, surge protectors, switches, several UPS and cooling units."""

import pytest

from simulators.room.circuit import Circuit
from simulators.room.feed import Feed
from simulators.room.plan import CALL_CENTRE, CLOSET, SMALL, RoomPlan
from simulators.room.room import Room
from tests.simulators.test_room import run


class Mains:
    """A source that stands still."""

    gap = 0.0
    frequency = 50.0

    def voltage_of(self, phase: str) -> float:
        return 230.0


def after(plan: RoomPlan, *happenings: str | float) -> Room:
    room = run(Room(7, plan), 1)
    for happening in happenings:
        if isinstance(happening, str):
            room.do(happening)
        else:
            run(room, happening)
    return room


def seconds_until_trip(times_rated: float, patience: float = 7200.0) -> float:
    circuit = Circuit("any", Mains(), amperes=16.0, power_factor=1.0)
    circuit.watts = times_rated * 16.0 * 230.0
    seconds = 0.0
    while not circuit.tripped and seconds < patience:
        circuit.step(1.0)
        seconds += 1.0
    return seconds


def test_a_breaker_trips_sooner_the_more_it_carries_as_its_standard_wants() -> None:
    assert 7200.0 == seconds_until_trip(1.13)
    assert 60 < seconds_until_trip(1.45) < 3600
    assert 1 < seconds_until_trip(2.55) < 60
    assert 1.0 == seconds_until_trip(11.0)


def test_three_phases_share_the_slow_part_and_a_lost_one_leaves_the_line_voltages_of_the_others() -> None:
    feed = Room(1).feeds["A"]
    assert 388 < feed.line_voltage("L1", "L2") < 412
    feed.fail_phase("L2")

    assert 0.0 == feed.volts["L2"]
    assert pytest.approx(feed.volts["L1"]) == feed.line_voltage("L1", "L2")
    assert feed.frequency > 49


def test_two_ups_share_and_one_that_is_off_leaves_its_share_to_the_other() -> None:
    room = after(CALL_CENTRE, 5.0)
    one, other = room.ups_units
    assert pytest.approx(one.output_watts) == other.output_watts
    assert room.ups_group.redundant
    room.do("breaker.ups-1 trip")
    run(room, 2400, dt=0.5)

    assert ("off", "online") == (one.mode, other.mode)
    assert pytest.approx(room.load.wanted) == other.output_watts
    assert not room.ups_group.redundant


def test_a_single_ups_is_never_redundant() -> None:
    assert not after(SMALL, 5.0).ups_group.redundant


def test_currents_that_are_spread_evenly_have_no_imbalance() -> None:
    room = after(CALL_CENTRE, 5.0)
    mains = room.panels["mains"]

    assert 0.9 < mains.imbalance < 1.1  # two of three phases carry a UPS each
    assert pytest.approx(mains.current("L1"), rel=0.02) == mains.current("L2")
    assert 0.0 == mains.current("L3")


@pytest.mark.parametrize(
    ("plan", "on_battery"), [(SMALL, 0), (CLOSET, 0), (CALL_CENTRE, 1)], ids=["rack", "static", "motorised"]
)
def test_a_quick_switch_is_bridged_and_a_slow_one_costs_battery(plan: RoomPlan, on_battery: int) -> None:
    room = after(plan, "feeds.A fail", 10.0)

    assert "B" == room.transfer_switch.selected
    assert [on_battery] * len(room.ups_units) == [ups.times_on_battery for ups in room.ups_units]


def test_a_line_interactive_ups_lifts_a_low_voltage_without_touching_its_battery() -> None:
    room = after(CLOSET, "transfer_switch manual", "feeds.A sag 0.85", 5.0)

    assert ("online", 0) == (room.ups.mode, room.ups.times_on_battery)
    assert pytest.approx(1.12 * room.feeds["A"].voltage) == room.ups.output_voltage
    assert room.ups.efficiency > Room(1).ups.efficiency


def test_an_online_ups_wastes_a_larger_part_of_a_small_load() -> None:
    full, small = after(SMALL, "load set 5500", 30.0).ups, after(SMALL, "load set 300", 30.0).ups

    assert full.efficiency > 0.9
    assert small.efficiency < 0.8


@pytest.mark.parametrize(("health", "celsius"), [(0.5, 25.0), (1.0, 0.0)], ids=["worn", "cold"])
def test_a_worn_or_cold_battery_lasts_less_long_and_says_so_beforehand(health: float, celsius: float) -> None:
    battery = Room().ups.battery
    new = battery.runtime(3000.0)
    battery.wear_to(health)
    battery.temperature = celsius
    promised = battery.runtime(3000.0)
    seconds = 0
    while battery.charge > 0:
        battery.discharge(3000.0, 1.0)
        seconds += 1

    assert promised < 0.8 * new
    assert promised == pytest.approx(seconds, abs=2)


def test_a_battery_ages_twice_as_fast_in_a_room_nine_degrees_warmer() -> None:
    year = 365 * 86400
    cool, warm = Room().ups.battery, Room().ups.battery
    cool.age(year, 23.0)
    warm.age(year, 32.0)

    assert 0.03 < 1 - cool.health < 0.05
    assert pytest.approx(2.0, rel=0.01) == (1 - warm.health) / (1 - cool.health)


def test_a_cooling_unit_does_less_on_a_hot_day() -> None:
    mild, hot = after(SMALL, "outside set 30", 5.0).cooling, after(SMALL, "outside set 45", 5.0).cooling

    assert mild.plan.watts == mild.capacity
    assert pytest.approx(0.88 * mild.capacity) == hot.capacity


def test_the_compressor_rests_three_minutes_before_it_starts_again() -> None:
    room = after(SMALL, "cooling.1 fail", 5.0, "cooling.1 restore", 175.0)
    assert ("restarting", 0.0) == (room.cooling.state, room.cooling.output)
    run(room, 10)

    assert "running" == room.cooling.state
    assert room.cooling.output > 0


def test_the_lead_changes_every_week() -> None:
    group = Room(1, CALL_CENTRE).cooling_group
    for _ in range(7 * 24):
        group.step(3600.0, 23.0)

    assert 1 == group.lead
    assert [False, True] == [unit.wanted for unit in group.units]


def test_flicker_is_the_same_for_the_same_seed() -> None:
    def dips(feed: Feed) -> list[float]:
        feed.flicker()
        seen = []
        for _ in range(600):
            feed.step(0.1)
            seen.append(feed.voltage)
        return seen

    one = dips(Room(4).feeds["A"])

    assert one == dips(Room(4).feeds["A"])
    assert min(one) < 190 < max(one)


def test_outdoors_it_is_warmest_at_three_in_the_afternoon() -> None:
    weather = Room().weather
    seen = {}
    for _ in range(24):
        weather.step(3600.0)
        seen[round(weather.time_of_day / 3600) % 24] = weather.temperature

    assert 15 == max(seen, key=seen.__getitem__)
    assert 3 == min(seen, key=seen.__getitem__)
