"""Every scenario is played without sockets, as fast as the machine can, and what it says will be so is so."""

import pytest

from simulators import roster, scenario
from simulators.room.plan import PLANS
from simulators.simulation import Simulation


def test_there_are_stories_enough_and_each_is_told_in_two_languages() -> None:
    stories = [scenario.load(name) for name in scenario.names()]

    assert 20 <= len(stories)
    assert all(story.title_zh and story.expect.en and story.expect.zh for story in stories)
    assert len(stories) == len({story.title for story in stories}) == len({story.title_zh for story in stories})
    assert all(story.fact for story in stories)


@pytest.mark.parametrize("name", scenario.names())
def test_what_a_scenario_says_will_be_so_is_so(name: str) -> None:
    story = scenario.load(name)
    simulation = Simulation(plan=PLANS[story.room])
    simulation.play(name)

    for fact in story.fact:
        while float(simulation.room.time) < fact.at:
            simulation.step()
        found = simulation.truth()[fact.path]
        assert fact.holds(found), f"{fact}: found {found!r}"


@pytest.mark.parametrize("name", PLANS)
def test_the_roster_names_the_devices_of_every_room(name: str) -> None:
    simulation = Simulation(plan=PLANS[name])

    assert roster.ROSTER[name] == tuple(device.id for device in simulation.devices)


def test_a_story_is_refused_before_it_begins_in_a_room_that_cannot_suffer_it() -> None:
    simulation = Simulation()

    with pytest.raises(ValueError, match=r"the room 'small' has no cooling\.2"):
        simulation.play("cooling-both-fail")
    simulation.step()
    assert "running" == simulation.truth()["cooling.1.state"]
