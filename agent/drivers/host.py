"""The server itself, as psutil sees it: processor, memory, disks, temperatures, fans, battery, time since start.

    psutil:virtual_memory.percent                    23.1
    psutil:sensors_temperatures.coretemp[0].current  41.0

What the system or psutil does not have is absent: virtual machines have no sensors, servers have no battery.
Sensors may sit behind slow controllers and a disk behind a dead file server, so these are asked beside the event loop.
"""

import asyncio
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any, TypeVar

import psutil

from agent.address import Address, AddressError
from agent.drivers.aside import Aside
from agent.drivers.driver import Answer, Surroundings
from agent.model.measures import BY_KEY, Group
from agent.model.readings import Identity, Labels, Reading, Withheld
from agent.model.units import conversion
from agent.profiles.values import Insane, ValueReader, as_text

T = TypeVar("T")

DMI = Path("/sys/class/dmi/id")
_UNFILLED = ("to be filled", "default string", "system manufacturer", "system product", "not specified")
_TROUBLE = (OSError, psutil.Error, ValueError, RuntimeError)  # what psutil raises where a system is peculiar

# The units in which psutil reports, and what means that there is no value.
_READERS: Mapping[str, ValueReader] = {
    key: ValueReader(BY_KEY[key], conversion(unit), absent=frozenset(absent))
    for key, unit, *absent in (
        ("host_cpu_load", "%"),
        ("host_memory_used", "%"),
        ("host_disk_used", "%"),
        ("host_temperature", "degC", "0"),  # an input with nothing connected reads exactly 0.0
        ("host_fan", "rpm"),
        ("host_battery_charge", "%"),
        ("host_uptime", "s"),
    )
}


@dataclass(frozen=True, slots=True)
class Found:
    """One value in psutil's own unit; None where there is none now, or where there was `trouble` in asking."""

    key: str
    address: str
    raw: float | None
    labels: Labels = ()
    trouble: str = ""


def connect(address: Address, surroundings: Surroundings) -> "HostDriver":
    """The driver of host://; mounts= names the disks to watch.

    Raises:
        AddressError: a mount is not an absolute path.
    """
    mounts = tuple(dict.fromkeys(address.options.get("mounts", "/").split(",")))
    for mount in mounts:
        if not PurePath(mount).is_absolute():
            raise AddressError(f"mount {mount!r}", "absolute paths with commas between")
    return HostDriver(mounts, surroundings.timeout)


class HostDriver:
    """Reads the server it runs on. `system` is psutil or stands for it; `dmi` is where the maker's names are."""

    def __init__(self, mounts: Iterable[str], timeout: float, system: Any = psutil, dmi: Path = DMI) -> None:
        self._timeout = timeout
        self._system = system
        self._dmi = dmi
        self._sensors = Aside(partial(_sensors, system))
        self._disks = {mount: Aside(partial(system.disk_usage, mount)) for mount in mounts}
        self._load_began = False

    async def open(self) -> Identity:
        self._load_began = False
        vendor, model = _maker(self._dmi / "sys_vendor"), _maker(self._dmi / "product_name")
        return Identity("host", vendor, model, firmware=f"{platform.system()} {platform.release()}", profile="host")

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if not any(reader.measure.group in groups for reader in _READERS.values()):
            return Answer(())
        quick = [*self._quick()]
        sensed, disks = await asyncio.gather(self._sensed(), asyncio.gather(*map(self._disk, self._disks)))
        return _answer(found for found in (*quick, *disks, *sensed) if BY_KEY[found.key].group in groups)

    async def close(self) -> None:
        """There is no line to let go of."""

    def _quick(self) -> Iterator[Found]:
        """What the kernel has in memory. The load is that since the last call, so the first call has none."""
        load = _tried(partial(self._system.cpu_percent, interval=None))
        yield Found("host_cpu_load", "psutil:cpu_percent", load if self._load_began else None)
        self._load_began = True
        memory = _tried(self._system.virtual_memory)
        yield Found("host_memory_used", "psutil:virtual_memory.percent", memory and memory.percent)
        start = _tried(self._system.boot_time)
        yield Found("host_uptime", "psutil:boot_time", start and time.time() - start)

    async def _disk(self, mount: str) -> Found:
        key, address, labels = "host_disk_used", f"psutil:disk_usage({mount}).percent", (("mount", mount),)
        try:
            usage = await self._disks[mount].ask(self._timeout)
        except _TROUBLE as error:
            return Found(key, address, None, labels, trouble=str(error))
        return Found(key, address, usage.percent, labels)

    async def _sensed(self) -> Sequence[Found]:
        try:
            return await self._sensors.ask(self._timeout)
        except TimeoutError:
            return ()


def _sensors(system: Any) -> list[Found]:
    """Every sensor of the board; blocks."""
    battery = _tried(getattr(system, "sensors_battery", None))
    return [
        *_probes(system, "sensors_temperatures", "host_temperature"),
        *_probes(system, "sensors_fans", "host_fan"),
        *([Found("host_battery_charge", "psutil:sensors_battery.percent", battery.percent)] if battery else []),
    ]


def _probes(system: Any, function: str, key: str) -> Iterator[Found]:
    """The probes of every chip; those that share a name are numbered in the kernel's order."""
    named: Counter[str] = Counter()
    for chip, probes in (_tried(getattr(system, function, None)) or {}).items():
        for number, probe in enumerate(probes):
            name = f"{chip} {probe.label}".strip()
            named[name] += 1
            label = name if named[name] == 1 else f"{name} {named[name]}"
            yield Found(key, f"psutil:{function}.{chip}[{number}].current", probe.current, (("sensor", label),))


def _tried(question: Callable[[], T] | None) -> T | None:
    try:
        return question() if question is not None else None
    except _TROUBLE:
        return None


def _answer(everything: Iterable[Found]) -> Answer:
    readings: list[Reading] = []
    withheld: list[Withheld] = []
    for found in everything:
        measure = BY_KEY[found.key]
        trouble = found.trouble
        try:
            value = _READERS[found.key].read(found.raw)
        except Insane as insane:
            value, trouble = None, str(insane)
        if trouble:
            withheld.append(Withheld(measure, found.labels, found.address, as_text(found.raw), trouble))
        if value is not None:
            readings.append(Reading(measure, found.labels, value, found.address))
    return Answer(readings, withheld)


def _maker(file: Path) -> str:
    """What the maker wrote into the board's identification, unless he left the form as it was."""
    text = _tried(partial(file.read_text, "utf-8")) or ""
    return "" if text.lower().startswith(_UNFILLED) else text.strip()
