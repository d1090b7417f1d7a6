"""An on-line double-conversion UPS, 6 kVA single phase: the load never sees the mains, so a transfer costs it nothing.

online   mains -> rectifier -> inverter -> load, the charger beside it
battery  battery -> inverter -> load, at once when the input is bad for longer than the DC link can bridge
bypass   overloaded while the mains is good: the load is on the mains itself
off      battery empty, or overloaded without mains; starts again when the mains has been good for a while
"""

from random import Random
from typing import Final

from simulators.room.battery import Battery
from simulators.room.load import POWER_FACTOR
from simulators.room.noise import SlowNoise
from simulators.room.transfer_switch import TransferSwitch

RATED_WATTS: Final = 6000.0
RATED_VOLTAMPERES: Final = 6000.0
OUTPUT_VOLTAGE: Final = 230.0
OUTPUT_FREQUENCY: Final = 50.0
RECTIFIER_EFFICIENCY: Final = 0.97
INVERTER_EFFICIENCY: Final = 0.96
OWN_WATTS: Final = 60.0  # fans, electronics, the network card
INPUT_LOW: Final = 176.0
INPUT_HIGH: Final = 276.0
HOLD_UP: Final = 0.020  # seconds that the DC link bridges
REQUALIFY: Final = 4.0  # seconds of good input before the rectifier takes the load back
RESTART: Final = 10.0  # seconds of good input before the output comes back from off
OVERLOAD: Final = 1.05
LOW_RUNTIME: Final = 120.0
LOW_CHARGE: Final = 0.2


class Ups:
    def __init__(self, random: Random, supply: TransferSwitch) -> None:
        self._supply = supply
        self._output_noise = SlowNoise(random, deviation=0.3, time_constant=10.0)
        self.battery = Battery()
        self.mode = "online"
        self._runs = {
            "online": self._run_online,
            "battery": self._run_battery,
            "bypass": self._run_bypass,
            "off": self._run_off,
        }
        self.seconds_on_battery = 0.0
        self.times_on_battery = 0
        self.input_bads = 0
        self._input_good_for = REQUALIFY
        self.demand = 0.0  # what the load would draw
        self.output_watts = 0.0
        self.input_watts = 0.0
        self.loss_watts = 0.0
        self.standing: dict[str, float] = {}  # conditions, and since when
        self.time = 0.0
        self.energy_in = 0.0  # joules since the start, for the books
        self.energy_out = 0.0
        self.energy_lost = 0.0

    def step(self, dt: float, demand: float) -> None:
        self._output_noise.step(dt)
        self.demand = demand
        self._watch_input(dt)
        self._choose_mode()
        before = self.battery.energy
        self._runs[self.mode](dt)
        self.loss_watts = self.input_watts - self.output_watts - (self.battery.energy - before) / dt
        self.energy_in += self.input_watts * dt
        self.energy_out += self.output_watts * dt
        self.energy_lost += self.loss_watts * dt
        self.time += dt
        self.standing = {name: self.standing.get(name, self.time) for name, stands in self._conditions() if stands}

    def _conditions(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("on_battery", self.mode == "battery"),
            ("battery_low", self.mode == "battery" and self.battery_low),
            ("battery_depleted", self.battery.charge <= 0),
            ("input_bad", self._input_good_for <= 0),
            ("overload", self.demand > RATED_WATTS and self.mode != "off"),
            ("on_bypass", self.mode == "bypass"),
            ("output_off", self.mode == "off"),
            ("awaiting_power", self.mode == "off" and self._input_good_for <= 0),
        )

    def _watch_input(self, dt: float) -> None:
        good = INPUT_LOW <= self._supply.voltage <= INPUT_HIGH and self._supply.gap <= HOLD_UP
        if not good and self._input_good_for > 0:
            self.input_bads += 1
        self._input_good_for = self._input_good_for + dt if good else 0.0

    def _choose_mode(self) -> None:
        before, mains = self.mode, self._input_good_for > 0
        overloaded = self.demand > OVERLOAD * RATED_WATTS
        if before == "off":
            if self._input_good_for >= RESTART:
                self.mode = "bypass" if overloaded else "online"
        elif overloaded:
            self.mode = "bypass" if mains else "off"
        elif not mains or (before == "battery" and self._input_good_for < REQUALIFY):
            self.mode = "battery" if self.battery.charge > 0 else "off"
        else:
            self.mode = "online"
        self.times_on_battery += self.mode == "battery" != before

    def _run_online(self, dt: float) -> None:
        self.seconds_on_battery = 0.0
        self.output_watts = self.demand
        charging = self.battery.recharge(dt) / dt
        through = (self.output_watts / INVERTER_EFFICIENCY + OWN_WATTS) / RECTIFIER_EFFICIENCY
        self.input_watts = through + charging

    def _run_battery(self, dt: float) -> None:
        self.seconds_on_battery += dt
        wanted = self.battery_watts
        share = self.battery.discharge(wanted, dt) / (wanted * dt)
        self.output_watts = self.demand * share
        self.input_watts = 0.0

    def _run_bypass(self, dt: float) -> None:
        self.seconds_on_battery = 0.0
        self.battery.rest(dt)
        self.output_watts = self.demand
        self.input_watts = self.demand + OWN_WATTS

    def _run_off(self, dt: float) -> None:
        self.seconds_on_battery = 0.0
        self.battery.rest(dt)
        self.output_watts = self.input_watts = 0.0

    @property
    def battery_watts(self) -> float:
        """What the battery must give for the present load."""
        return self.demand / INVERTER_EFFICIENCY + OWN_WATTS

    @property
    def runtime(self) -> float:
        return self.battery.runtime(self.battery_watts)

    @property
    def battery_low(self) -> bool:
        return self.runtime <= LOW_RUNTIME or self.battery.charge <= LOW_CHARGE

    @property
    def input_voltage(self) -> float:
        return self._supply.voltage

    @property
    def input_frequency(self) -> float:
        return self._supply.frequency

    @property
    def input_current(self) -> float:
        return self.input_watts / self.input_voltage if self.input_voltage > 0 else 0.0

    @property
    def output_voltage(self) -> float:
        if self.mode == "off":
            return 0.0
        return self.input_voltage if self.mode == "bypass" else OUTPUT_VOLTAGE + self._output_noise.value

    @property
    def output_frequency(self) -> float:
        if self.mode == "off":
            return 0.0
        return OUTPUT_FREQUENCY if self.mode == "battery" else self.input_frequency

    @property
    def output_voltamperes(self) -> float:
        return self.output_watts / POWER_FACTOR

    @property
    def output_current(self) -> float:
        return self.output_voltamperes / self.output_voltage if self.output_voltage > 0 else 0.0

    @property
    def load_ratio(self) -> float:
        return self.output_voltamperes / RATED_VOLTAMPERES
