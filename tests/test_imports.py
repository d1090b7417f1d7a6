"""The arrows between the packages: who may import whom. Exhaustive, so a new module must find its place here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
ROOMS = ("agent", "exporters", "dashboards", "simulators")

# A module may import what begins with one of these, and modules of its own prefix; the longest prefix decides.
ALLOWED: dict[str, tuple[str, ...]] = {
    "agent.model": ("agent.faults",),
    "agent.faults": (),
    "agent.address": (),
    "agent.secrets": (),
    "agent.wire": ("agent.faults",),
    "agent.links": ("agent.faults", "agent.address"),
    "agent.profiles": ("agent.model",),
    "agent.drivers": ("agent.wire", "agent.links", "agent.profiles", "agent.model", "agent.faults", "agent.address"),
    "agent.alarms": ("agent.model",),
    "agent.plausible": ("agent.model",),
    "agent.latest": ("agent.model", "agent.plausible"),
    "agent.poll": ("agent.drivers.driver", "agent.model", "agent.faults"),
    "agent.board": ("agent.alarms", "agent.model", "agent.events", "agent.traps.counts", "agent.links.lines"),
    "agent.events": ("agent.alarms",),
    "agent.traps": ("agent.events", "agent.alarms.catalogue", "agent.faults"),
    "agent.sections": ("agent.traps.settings", "agent.model"),
    "agent.targets": ("agent.address",),
    "agent.discover": ("agent.address", "agent.drivers", "agent.model", "agent.faults"),
    "agent.record": ("agent.address", "agent.drivers", "agent.profiles", "agent.model", "agent.faults"),
    "agent.config": (
        "agent.address",
        "agent.secrets",
        "agent.sections",
        "agent.traps.settings",
        "agent.drivers",
        "agent.profiles",
    ),
    "exporters": ("agent.model", "agent.alarms", "agent.board", "agent.events", "agent.traps.counts"),
    "dashboards": ("agent.model", "agent.alarms", "agent.board"),
    "simulators": (),
    "agent.service": ("agent", "exporters", "dashboards"),
    "agent.commands": ("agent",),
    "agent.__main__": ("agent", "exporters", "dashboards", "simulators"),
    "agent": (),
}


def modules() -> Iterator[tuple[str, Path]]:
    for room in ROOMS:
        for path in sorted((HOME / room).rglob("*.py")):
            name = ".".join(path.relative_to(HOME).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def begins(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_what_lies_below_it(module: str, path: Path) -> None:
    own = max((prefix for prefix in ALLOWED if begins(module, prefix)), key=len)
    ours = [name for name in imported(path) if name.split(".")[0] in ROOMS]

    assert [] == [name for name in ours if not any(begins(name, prefix) for prefix in (own, *ALLOWED[own]))]


def test_the_simulators_share_nothing_with_the_program_that_they_judge() -> None:
    assert () == ALLOWED["simulators"]
