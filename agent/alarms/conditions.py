"""The kinds of condition an alarm may have, as data: evaluated by the agent, spelled in PromQL by the rule writer."""

from dataclasses import dataclass

from agent.model.measures import Measure


@dataclass(frozen=True, slots=True)
class Limit:
    """A named threshold in its measure's unit, and where the number comes from."""

    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Above:
    """The measure is over the limit."""

    measure: Measure
    limit: Limit


@dataclass(frozen=True, slots=True)
class Below:
    """The measure is under the limit."""

    measure: Measure
    limit: Limit


@dataclass(frozen=True, slots=True)
class InState:
    """The state measure shows one of the words."""

    measure: Measure
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """The flag has the given value."""

    measure: Measure
    value: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """The device does not answer."""


Condition = Above | Below | InState | Flag | Silent
