"""1-wire thermometers on the server itself, as the kernel shows them under /sys/bus/w1.

    w1://28-0316a2794bff   one sensor          w1://   all on the bus, each with its number as a label

Reading a sensor's file makes it measure, which takes 750 ms at full resolution: that happens beside the event loop.
Sensors with a supply of their own measure at the same time; the kernel has the others wait for each other.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from agent.address import Address, AddressError
from agent.drivers.answers import Found, answer_of
from agent.drivers.aside import Aside
from agent.drivers.driver import Answer, Surroundings
from agent.faults import Fault, TimedOut, Unreachable
from agent.model.measures import BY_KEY, Group
from agent.model.readings import Identity, Labels
from agent.model.units import conversion
from agent.profiles.values import ValueReader
from agent.wire.w1 import THERMOMETERS, Temperature, parse

ROOT = Path("/sys/bus/w1")
_NUMBER = re.compile(rf"({'|'.join(THERMOMETERS)})-[0-9a-f]{{12}}")
_MEASURING = 0.75  # seconds
_READER = ValueReader(BY_KEY["air_temperature"], conversion("0.001 degC"))


def connect(address: Address, surroundings: Surroundings) -> "W1Driver":
    """The driver of a w1 address.

    Raises:
        AddressError: it does not name a thermometer.
    """
    if address.host and not _NUMBER.fullmatch(address.host):
        raise AddressError(f"no thermometer's number in {address}", "one such as 28-0316a2794bff, or none for all")
    return W1Driver(address.host, Path(address.options.get("root", ROOT)), surroundings.timeout)


class W1Driver:
    """Reads one sensor, or all when `number` is empty. `root` is where the kernel shows the bus."""

    def __init__(self, number: str, root: Path, timeout: float) -> None:
        self._number = number
        self._devices = root / "devices"
        self._timeout = timeout
        self._sensors: dict[str, Aside[str]] = {}

    async def open(self) -> Identity:
        first = self._present()[0]
        if not self._number:
            return Identity("climate", model="1-wire thermometers", profile="w1")
        return Identity("climate", model=THERMOMETERS[first[:2]], serial=first, profile="w1")

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if _READER.measure.group not in groups:
            return Answer(())
        numbers = self._present()
        within = self._timeout + 2 * _MEASURING * len(numbers)  # where they must wait for each other
        said = await asyncio.gather(*(self._asked(number, within) for number in numbers))
        faults = [outcome for outcome in said if isinstance(outcome, Fault)]
        if len(faults) == len(said):
            raise faults[0]
        return answer_of(self._found(number, outcome) for number, outcome in zip(numbers, said, strict=True))

    async def close(self) -> None:
        """There is no line to let go of; a measurement that hangs is asked for again by nobody."""
        self._sensors.clear()

    def _present(self) -> Sequence[str]:
        """The numbers of the sensors that shall be read and are there."""
        try:
            present = sorted(path.name for path in self._devices.iterdir() if _NUMBER.fullmatch(path.name))
        except OSError as error:
            raise Unreachable(f"{self._devices}: {error.strerror}; is a 1-wire master's driver loaded?") from error
        found = [number for number in present if self._number in {"", number}]
        if not found:
            raise Unreachable(f"{self._devices}: no {self._number or 'thermometer'} among the devices on the bus")
        return found

    async def _asked(self, number: str, within: float) -> Temperature | Fault:
        path = self._devices / number / "w1_slave"
        sensor = self._sensors.setdefault(number, Aside(partial(path.read_text, encoding="ascii", errors="replace")))
        try:
            return parse(await sensor.ask(within))
        except TimeoutError as silence:
            return TimedOut(f"{number}: {silence}")
        except OSError as error:
            return Unreachable(f"{number}: {error.strerror}")
        except Fault as fault:
            return type(fault)(f"{number}: {fault}")

    def _found(self, number: str, outcome: Temperature | Fault) -> Found:
        labels: Labels = () if self._number else (("sensor", number),)
        if isinstance(outcome, Fault):
            return Found(_READER, labels, number, None, doubt=str(outcome))
        return Found(_READER, labels, number, outcome.millidegrees, outcome.doubt)
