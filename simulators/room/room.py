r"""The machine room put together; what it is made of stands in its plan.

    feed A --+- surge protector -\                            +-- UPS (battery) --+-- circuits of racks --> heat --\
             |                    transfer switch -- panel ---+-- UPS (battery) --+                                |
    feed B --+- surge protector -/                            +-- cooling unit <------ air <-> walls <-> outside <-/
             +---------------------------------------------------- cooling unit (where it has a feed of its own)

Everything that happens follows from the plan, the seed, the steps and the causes. What changes within seconds advances
with every step; weather, wear, breakers and water in the air once a second.
"""

from random import Random
from typing import Final

from simulators.room import causes, truth
from simulators.room.air import Air
from simulators.room.circuit import Circuit, Source
from simulators.room.climate_sensor import ClimateSensor
from simulators.room.cooling import Cooling
from simulators.room.cooling_group import CoolingGroup
from simulators.room.feed import Feed
from simulators.room.load import Load
from simulators.room.noise import approach
from simulators.room.panel import Panel
from simulators.room.plan import SMALL, RoomPlan
from simulators.room.rack import INLET_LAG, Rack
from simulators.room.surge_protector import SurgeProtector
from simulators.room.transfer_switch import TransferSwitch
from simulators.room.truth import Fact
from simulators.room.ups import Ups
from simulators.room.ups_group import UpsGroup
from simulators.room.weather import Weather

SUPPLY_SHARE: Final = 0.5  # of the air at the inlet sensor, what comes straight from the cooling
SLOW: Final = 1.0  # seconds between steps of what changes slowly
UPS_AMPERES, COOLING_AMPERES = 40.0, 20.0
COOLING_POWER_FACTOR: Final = 0.88
CONTACTS: Final = ("water_leak", "smoke", "door_open")  # those that causes set; the others follow from the room


class Room:
    def __init__(self, seed: int = 1, plan: RoomPlan = SMALL) -> None:
        self.plan = plan
        self.seed = seed
        self.ticks = 0
        self.time = 0.0
        self.weather: Weather = Weather()
        self._signals = dict.fromkeys(CONTACTS, False)
        self._slow_for = 0.0
        self._build_power()
        self._build_climate()
        self.energy_cooled = 0.0  # joules carried out by the cooling since the start
        self.energy_heated = 0.0  # joules that servers and UPSs gave to the air since the start

    def _random(self, what: str) -> Random:
        return Random(f"{self.seed} {what}")

    def _build_power(self) -> None:
        plan = self.plan
        self.feeds: dict[str, Feed] = {name: Feed(self._random(f"feed {name}")) for name in ("A", "B")}
        self.surge_protectors = {name: SurgeProtector(feed) for name, feed in self.feeds.items()}
        self.transfer_switch = TransferSwitch(self.feeds, plan=plan.switch)
        self._ups_circuits = [
            Circuit(f"ups-{number}", self.transfer_switch, UPS_AMPERES, ups.phase, power_factor=0.99)
            for number, ups in enumerate(plan.ups, start=1)
        ]
        self.load: Load = Load(self._random("load"), plan.load_watts)
        self.ups_units = tuple(
            Ups(self._random("ups" if number == 0 else f"ups {number + 1}"), self._ups_circuits[number], ups)
            for number, ups in enumerate(plan.ups)
        )
        self.ups = self.ups_units[0]
        self.ups_group = UpsGroup(self.ups_units)
        self._branches = [(branch, Circuit(branch.name, self.ups_group, branch.amperes)) for branch in plan.branches]

    def _build_climate(self) -> None:
        plan = self.plan
        self.zones: dict[str, Air] = {zone.name: Air(zone, outside=self.weather.temperature) for zone in plan.zones}
        self.air = self.zones["equipment"]
        lead = self.load.nominal if not plan.standby else self.load.nominal * 1.1
        self.cooling_units = tuple(
            Cooling(output=lead if number == 0 else 0.0, plan=cooling) for number, cooling in enumerate(plan.cooling)
        )
        self.cooling = self.cooling_units[0]
        for unit in self.cooling_units:
            unit.return_temperature = self.air.temperature
        self.cooling_group = CoolingGroup(self.cooling_units, plan.standby)
        self._cooling_circuits = [
            Circuit(
                f"cooling-{number}", self._supplier(unit.supplier), COOLING_AMPERES, unit.phase, COOLING_POWER_FACTOR
            )
            for number, unit in enumerate(plan.cooling, start=1)
        ]
        self._build_panels()
        self.inlet_temperature = self._inlet_target()
        self.racks = tuple(
            Rack(branch, self.inlet_temperature) for branch, _ in self._branches if "rack" in branch.name
        )
        self.sensors = {
            "inlet": self._sensor("inlet", self.inlet_temperature),
            "return": self._sensor("return", self.air.temperature),
            "hot_spot": self._sensor("hot_spot", self.hot_spot),
        }

    def _build_panels(self) -> None:
        """`mains` is behind the transfer switch, `ups` behind the UPSs, `A` and `B` are what a feed supplies itself."""
        cooling = list(zip(self.plan.cooling, self._cooling_circuits, strict=True))

        def supplied_by(supplier: str) -> list[Circuit]:
            return [circuit for unit, circuit in cooling if unit.supplier == supplier]

        self.panels = {
            "mains": Panel(self.transfer_switch, [*self._ups_circuits, *supplied_by("switch")]),
            "ups": Panel(self.ups_group, [circuit for _, circuit in self._branches]),
            **{name: Panel(feed, supplied_by(name)) for name, feed in self.feeds.items()},
        }
        self.circuits = {circuit.name: circuit for panel in self.panels.values() for circuit in panel}

    def _supplier(self, name: str) -> Source:
        return self.transfer_switch if name == "switch" else self.feeds[name]

    def _sensor(self, position: str, temperature: float) -> ClimateSensor:
        return ClimateSensor(self._random(f"sensor {position}"), temperature, self.air.humidity_at(temperature))

    @property
    def supply_temperature(self) -> float:
        """Of the air that comes out of the cooling, mixed."""
        return self.cooling_group.supply_temperature(self.air.temperature)

    def _inlet_target(self) -> float:
        share = SUPPLY_SHARE * self.cooling_group.airflow_ratio
        return share * self.supply_temperature + (1 - share) * self.air.temperature

    def step(self, dt: float) -> None:
        for feed in self.feeds.values():
            feed.step(dt)
        self.transfer_switch.step(dt)
        self._step_power(dt)
        self._step_cooling(dt)
        self._step_air(dt)
        self.inlet_temperature = approach(self.inlet_temperature, self._inlet_target(), dt, INLET_LAG)
        for position, temperature in (("inlet", self.inlet_temperature), ("return", self.air.temperature)):
            self.sensors[position].step(dt, temperature, self.air.humidity_at(temperature))
        self._slow_for += dt
        if self._slow_for >= SLOW - dt / 2:
            self._step_slowly(self._slow_for)
            self._slow_for = 0.0
        self.ticks += 1
        self.time += dt

    def _step_power(self, dt: float) -> None:
        self.load.step(dt)
        closed = sum(branch.share for branch, circuit in self._branches if not circuit.tripped)
        self.ups_group.step(dt, self.load.wanted * closed)
        for unit, circuit in zip(self.ups_units, self._ups_circuits, strict=True):
            circuit.watts = unit.input_watts
        drawn = self.ups_group.output_watts / closed if closed > 0 else 0.0
        for branch, circuit in self._branches:
            circuit.watts = 0.0 if circuit.tripped else drawn * branch.share

    def _step_cooling(self, dt: float) -> None:
        outdoor = self.weather.temperature
        for unit, circuit in zip(self.cooling_units, self._cooling_circuits, strict=True):
            unit.step(dt, circuit.voltage, self.air.temperature, outdoor)
            circuit.watts = unit.electric_watts
        self.energy_cooled += self.cooling_group.output * dt

    def _step_air(self, dt: float) -> None:
        heating = dict.fromkeys(self.zones, 0.0)
        for unit in self.ups_units:
            heating[unit.plan.zone] += unit.loss_watts
        for branch, circuit in self._branches:
            heating[branch.zone] += circuit.watts
        self.energy_heated += sum(heating.values()) * dt
        for one, other, conductance in self.plan.partitions:
            through = conductance * (self.zones[one].temperature - self.zones[other].temperature)
            heating[one] -= through
            heating[other] += through
        for name, zone in self.zones.items():
            zone.step(dt, heating[name], self.cooling_group.output if zone is self.air else 0.0)

    def _step_slowly(self, dt: float) -> None:
        self.weather.step(dt)
        self.cooling_group.step(dt, self.air.temperature)
        for protector in self.surge_protectors.values():
            protector.step(dt)
        for panel in self.panels.values():
            panel.step(dt)
        for unit in self.ups_units:
            unit.battery.age(dt, self.zones[unit.plan.zone].temperature)
        for zone in self.zones.values():
            zone.outside = self.weather.temperature
            coil = self.cooling_group.coil_temperature() if zone is self.air else zone.temperature
            zone.exchange_water(dt, self.weather.vapour_pressure, coil)
        supply, airflow = self.supply_temperature, self.cooling_group.airflow_ratio
        for rack in self.racks:
            rack.step(dt, supply, self.air.temperature, airflow, self.circuits[rack.name].watts)
        self.sensors["hot_spot"].step(dt, self.hot_spot, self.air.humidity_at(self.hot_spot))

    @property
    def hot_spot(self) -> float:
        """The warmest air in front of any rack."""
        return max(rack.inlet for rack in self.racks)

    @property
    def heat_load(self) -> float:
        """All that the servers draw and all that the UPSs lose becomes heat in the room."""
        return sum(unit.output_watts + unit.loss_watts for unit in self.ups_units)

    @property
    def mains_watts(self) -> float:
        """What the room draws through the transfer switch."""
        return sum(circuit.watts for circuit in self.panels["mains"])

    def feed_watts(self, name: str) -> float:
        through_switch = self.mains_watts if self.transfer_switch.selected == name else 0.0
        return through_switch + sum(circuit.watts for circuit in self.panels[name])

    @property
    def contacts(self) -> dict[str, bool]:
        """Dry contacts, by name; true is the bad state."""
        return {
            "surge_protector_failed": any(protector.failed for protector in self.surge_protectors.values()),
            "breaker_tripped": any(panel.any_tripped for panel in self.panels.values()),
            "filter_clogged": any(unit.filter_clogged for unit in self.cooling_units),
            **self._signals,
        }

    def signal(self, contact: str, active: bool) -> None:
        self._signals[contact] = active
        self.air.door_open = self._signals["door_open"]

    def do(self, cause: str) -> None:
        causes.parse(cause)(self)

    def truth(self) -> dict[str, Fact]:
        """What is so, by path, in SI units and ratios; no instrument in between."""
        return truth.of(self)
