"""The scenarios that ship, played without sockets: each does what its own words promise."""

import pytest

from simulators import scenario
from simulators.room.truth import Fact
from simulators.simulation import STEP, Simulation


def playing(name: str) -> Simulation:
    simulation = Simulation(seed=5)
    simulation.play(name)
    return simulation


def until(simulation: Simulation, second: float) -> dict[str, Fact]:
    """What is so at this second of the scenario."""
    while simulation.room.time < second - STEP / 2:
        simulation.step()
    return simulation.truth()


def test_on_an_ordinary_day_nothing_happens() -> None:
    truth = until(playing("normal"), 600)

    assert ("A", True, 0, "online", 1.0) == (
        truth["transfer_switch.selected"],
        truth["transfer_switch.redundant"],
        truth["transfer_switch.transfers"],
        truth["ups.mode"],
        truth["ups.battery.charge"],
    )


def test_feed_a_is_lost_at_twenty_seconds_and_the_switch_is_back_thirty_seconds_after_it() -> None:
    simulation = playing("feed-a-loss")

    assert "A" == until(simulation, 19.9)["transfer_switch.selected"]
    lost = until(simulation, 21)
    assert ("B", 1, "online") == (
        lost["transfer_switch.selected"],
        lost["transfer_switch.transfers"],
        lost["ups.mode"],
    )
    assert "B" == until(simulation, 165)["transfer_switch.selected"]
    assert "A" == until(simulation, 175)["transfer_switch.selected"]


def test_with_both_feeds_lost_the_battery_falls_and_recharging_outlasts_the_scenario() -> None:
    simulation = playing("both-feeds-loss")
    falling = [float(until(simulation, second)["ups.battery.charge"]) for second in (26, 100, 200, 300, 379)]
    warm = until(simulation, 379)
    after = until(simulation, 900)

    assert sorted(falling, reverse=True) == falling
    assert 0.2 < falling[-1] < 0.7
    assert ("battery", 0.0) == (warm["ups.mode"], warm["transfer_switch.voltage"])
    assert ("online", "A") == (after["ups.mode"], after["transfer_switch.selected"])
    assert falling[-1] < float(after["ups.battery.charge"]) < 0.9


def test_without_cooling_the_room_warms_while_its_water_stays() -> None:
    simulation = playing("cooling-failure")
    before, hot = until(simulation, 19), until(simulation, 1219)
    back = until(simulation, 4000)

    assert 4 < float(hot["air.temperature"]) - float(before["air.temperature"]) < 6
    assert float(hot["air.humidity"]) < float(before["air.humidity"])
    assert pytest.approx(before["air.dew_point"]) == hot["air.dew_point"]
    assert float(back["air.temperature"]) < float(hot["air.temperature"]) - 2


def test_a_second_scenario_replaces_what_the_first_still_had_to_come() -> None:
    simulation = playing("feed-a-loss")
    until(simulation, 10)
    simulation.play("normal")

    assert "A" == until(simulation, 60)["transfer_switch.selected"]


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_says_what_to_expect_in_both_languages(name: str) -> None:
    expected = scenario.load(name).expect

    assert expected.en.isascii()
    assert any("一" <= letter <= "鿿" for letter in expected.zh)
