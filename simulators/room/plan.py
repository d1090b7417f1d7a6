"""What a room is made of, as data: the physics is the same in all of them.

small        one on-line UPS behind a rack transfer switch, one cooling unit: everything on one phase
call-centre  three-phase feeds and switch, two UPS that share the load (N+1), two cooling units on different feeds, of
             which one stands by, and three zones: equipment, auxiliary (power) and management
closet       a static switch and a line-interactive UPS for one rack
"""

from dataclasses import dataclass
from typing import Final, Literal

PHASES: Final = ("L1", "L2", "L3")
Supplier = Literal["switch", "A", "B"]


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    kind: Literal["rack", "motorised", "static"]
    transfer_seconds: float  # the output is dead for so long
    sensing_seconds: float  # how long a feed must be bad before the switch moves
    retransfer_delay: float  # how long the preferred feed must be good before the switch goes back
    phases: tuple[str, ...] = ("L1",)


@dataclass(frozen=True, slots=True)
class UpsPlan:
    kind: Literal["online", "line-interactive"] = "online"
    watts: float = 6000.0
    voltamperes: float = 6000.0
    ampere_hours: float = 9.0
    phase: str = "L1"
    zone: str = "equipment"


@dataclass(frozen=True, slots=True)
class CoolingPlan:
    watts: float = 5000.0
    phase: str = "L1"
    supplier: Supplier = "switch"
    restarts: bool = True  # by itself, once power is back


@dataclass(frozen=True, slots=True)
class BranchPlan:
    """A circuit behind the UPS: a rack or a row of desks."""

    name: str
    share: float  # of the room's IT load
    amperes: float = 16.0
    zone: str = "equipment"
    supply_share: float = 0.5  # of the air in front of this rack, what comes straight from the cooling


@dataclass(frozen=True, slots=True)
class ZonePlan:
    name: str
    length: float
    width: float
    height: float
    racks: int


@dataclass(frozen=True, slots=True)
class RoomPlan:
    name: str
    switch: SwitchPlan
    ups: tuple[UpsPlan, ...]
    cooling: tuple[CoolingPlan, ...]
    branches: tuple[BranchPlan, ...]
    zones: tuple[ZonePlan, ...]
    load_watts: float
    partitions: tuple[tuple[str, str, float], ...] = ()  # zone, zone, watts per kelvin between their air
    standby: bool = False  # one cooling unit works, the other takes over


RACK_SWITCH: Final = SwitchPlan("rack", transfer_seconds=0.012, sensing_seconds=0.0, retransfer_delay=30.0)
STATIC_SWITCH: Final = SwitchPlan("static", transfer_seconds=0.004, sensing_seconds=0.0, retransfer_delay=5.0)
MOTORISED_SWITCH: Final = SwitchPlan("motorised", 0.6, sensing_seconds=1.0, retransfer_delay=60.0, phases=PHASES)

SMALL: Final = RoomPlan(
    name="small",
    switch=RACK_SWITCH,
    ups=(UpsPlan(),),
    cooling=(CoolingPlan(),),
    branches=(
        BranchPlan("rack-1", 0.30, supply_share=0.6),
        BranchPlan("rack-2", 0.45),
        BranchPlan("rack-3", 0.25, supply_share=0.35),
    ),
    zones=(ZonePlan("equipment", 6.0, 4.0, 2.5, racks=3),),
    load_watts=3000.0,
)
CALL_CENTRE: Final = RoomPlan(
    name="call-centre",
    switch=MOTORISED_SWITCH,
    ups=(UpsPlan(phase="L1", zone="auxiliary"), UpsPlan(phase="L2", zone="auxiliary")),
    cooling=(CoolingPlan(8000.0, "L3", supplier="A"), CoolingPlan(8000.0, "L3", supplier="B")),
    branches=(
        BranchPlan("rack-1", 0.22, supply_share=0.6),
        BranchPlan("rack-2", 0.26),
        BranchPlan("rack-3", 0.20),
        BranchPlan("rack-4", 0.20, supply_share=0.35),
        BranchPlan("desks", 0.12, zone="management"),
    ),
    zones=(
        ZonePlan("equipment", 6.0, 6.0, 2.5, racks=4),
        ZonePlan("auxiliary", 4.0, 3.0, 2.5, racks=2),
        ZonePlan("management", 4.0, 4.0, 2.5, racks=0),
    ),
    load_watts=5000.0,
    partitions=(("equipment", "auxiliary", 250.0), ("equipment", "management", 250.0)),
    standby=True,
)
CLOSET: Final = RoomPlan(
    name="closet",
    switch=STATIC_SWITCH,
    ups=(UpsPlan("line-interactive", 2700.0, 3000.0),),
    cooling=(CoolingPlan(),),
    branches=(BranchPlan("rack-1", 1.0),),
    zones=(ZonePlan("equipment", 4.0, 3.0, 2.5, racks=1),),
    load_watts=1500.0,
)
PLANS: Final = {plan.name: plan for plan in (SMALL, CALL_CENTRE, CLOSET)}
