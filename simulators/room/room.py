"""The machine room put together: feeds -> transfer switch -> UPS -> load, with air and cooling around them.

    feed A --\
              transfer switch --+-- UPS (battery) -- load ---> heat --\
    feed B --/                  +-- cooling unit <------------------- air <-> walls <-> outside

Everything that happens follows from the seed, the steps and the causes.
"""

from random import Random
from typing import Final

from simulators.room import causes
from simulators.room.air import Air
from simulators.room.climate_sensor import ClimateSensor
from simulators.room.cooling import Cooling
from simulators.room.feed import Feed
from simulators.room.load import Load
from simulators.room.noise import approach
from simulators.room.transfer_switch import TransferSwitch
from simulators.room.ups import Ups

Fact = float | int | str | bool
SUPPLY_SHARE: Final = 0.5  # of the air in front of the racks, what comes straight from the cooling unit
INLET_LAG: Final = 45.0


class Room:
    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.ticks = 0
        self.time = 0.0
        self.feeds: dict[str, Feed] = {name: Feed(Random(f"{seed} feed {name}")) for name in ("A", "B")}
        self.transfer_switch = TransferSwitch(self.feeds)
        self.load: Load = Load(Random(f"{seed} load"))
        self.ups = Ups(Random(f"{seed} ups"), self.transfer_switch)
        self.air: Air = Air()
        self.cooling: Cooling = Cooling(output=self.load.nominal)
        self.cooling.return_temperature = self.air.temperature
        self.inlet_temperature = self._inlet_target()
        self.sensors = {
            "inlet": self._sensor("inlet", self.inlet_temperature),
            "return": self._sensor("return", self.air.temperature),
        }
        self.energy_cooled = 0.0  # joules carried out by the cooling unit since the start

    def _sensor(self, position: str, temperature: float) -> ClimateSensor:
        random = Random(f"{self.seed} sensor {position}")
        return ClimateSensor(random, temperature, self.air.humidity_at(temperature))

    def _inlet_target(self) -> float:
        return SUPPLY_SHARE * self.cooling.supply_temperature + (1 - SUPPLY_SHARE) * self.air.temperature

    def step(self, dt: float) -> None:
        for feed in self.feeds.values():
            feed.step(dt)
        self.transfer_switch.step(dt)
        self.load.step(dt)
        self.ups.step(dt, self.load.wanted)
        self.cooling.step(dt, self.transfer_switch.voltage, self.air.temperature)
        self.air.step(dt, self.heat_load, self.cooling.output)
        self.energy_cooled += self.cooling.output * dt
        self.inlet_temperature = approach(self.inlet_temperature, self._inlet_target(), dt, INLET_LAG)
        self._step_sensors(dt)
        self.ticks += 1
        self.time += dt

    def _step_sensors(self, dt: float) -> None:
        for position, temperature in (("inlet", self.inlet_temperature), ("return", self.air.temperature)):
            self.sensors[position].step(dt, temperature, self.air.humidity_at(temperature))

    @property
    def heat_load(self) -> float:
        """All that the servers draw and all that the UPS loses becomes heat in the room."""
        return self.ups.output_watts + self.ups.loss_watts

    @property
    def mains_watts(self) -> float:
        """What the room draws through the transfer switch."""
        return self.ups.input_watts + self.cooling.electric_watts

    def do(self, cause: str) -> None:
        causes.parse(cause)(self)

    def truth(self) -> dict[str, Fact]:
        """What is so, by path, in SI units and ratios; no instrument in between."""
        return {"time": self.time, "seed": self.seed, **self._power_truth(), **self._climate_truth()}

    def _power_truth(self) -> dict[str, Fact]:
        switch, ups, battery = self.transfer_switch, self.ups, self.ups.battery
        return {
            **{f"feeds.{name}.voltage": feed.voltage for name, feed in self.feeds.items()},
            **{f"feeds.{name}.frequency": feed.frequency for name, feed in self.feeds.items()},
            **{f"feeds.{name}.good": switch.good(name) for name in self.feeds},
            "transfer_switch.selected": switch.selected,
            "transfer_switch.preferred": switch.preferred,
            "transfer_switch.redundant": switch.redundant,
            "transfer_switch.transfers": switch.transfers,
            "transfer_switch.voltage": switch.voltage,
            "transfer_switch.watts": self.mains_watts,
            "ups.mode": ups.mode,
            "ups.input_voltage": ups.input_voltage,
            "ups.input_watts": ups.input_watts,
            "ups.output_voltage": ups.output_voltage,
            "ups.output_watts": ups.output_watts,
            "ups.load_ratio": ups.load_ratio,
            "ups.seconds_on_battery": ups.seconds_on_battery,
            "ups.battery_low": ups.battery_low,
            "ups.battery.charge": battery.charge,
            "ups.battery.energy": battery.energy,
            "ups.battery.runtime": ups.runtime,
            "ups.battery.voltage": battery.voltage,
            "ups.battery.current": battery.current,
            "load.watts": ups.output_watts,
        }

    def _climate_truth(self) -> dict[str, Fact]:
        return {
            "air.temperature": self.air.temperature,
            "air.inlet_temperature": self.inlet_temperature,
            "air.wall_temperature": self.air.wall_temperature,
            "air.outside": self.air.outside,
            "air.humidity": self.air.humidity,
            "air.dew_point": self.air.dew_point,
            "air.heat_load": self.heat_load,
            "cooling.1.state": self.cooling.state,
            "cooling.1.output": self.cooling.output,
            "cooling.1.demand": self.cooling.demand,
            "cooling.1.setpoint": self.cooling.setpoint,
            "cooling.1.supply_temperature": self.cooling.supply_temperature,
            "cooling.1.electric_watts": self.cooling.electric_watts,
        }
