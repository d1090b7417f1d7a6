"""A UPS, 6 kVA single phase unless its plan says otherwise.

online   on-line: mains -> rectifier -> inverter -> load, the charger beside it; a transfer costs the load nothing
         line-interactive: mains -> voltage regulator -> load, the charger beside it; a few milliseconds to the battery
battery  battery -> inverter -> load, at once when the input is bad for longer than the DC link can bridge
bypass   overloaded, broken or told to while the mains is good: the load is on the mains itself
off      battery empty, or overloaded without mains; starts again when the mains has been good for a while

A self-test (self_test.py) is the mode `battery` while the mains is good; it counts as no transfer.
"""

from random import Random
from typing import Final

from simulators.room.battery import Battery
from simulators.room.circuit import Source
from simulators.room.load import POWER_FACTOR
from simulators.room.noise import SlowNoise
from simulators.room.plan import UpsPlan
from simulators.room.self_test import SelfTest
from simulators.room.ups_conditions import conditions
from simulators.room.ups_input import UpsInput

RATED_WATTS: Final = UpsPlan().watts
RATED_VOLTAMPERES: Final = UpsPlan().voltamperes
OUTPUT_VOLTAGE: Final = 230.0
OUTPUT_FREQUENCY: Final = 50.0
RECTIFIER_EFFICIENCY: Final = 0.97
INVERTER_EFFICIENCY: Final = 0.96
REGULATOR_EFFICIENCY: Final = 0.985  # of a line-interactive UPS on the mains
INPUT_LOW: Final = 176.0
INPUT_HIGH: Final = 276.0
OWN_WATTS: Final = 60.0  # fans, electronics, the network card
OVERLOAD: Final = 1.05
LOW_RUNTIME: Final = 120.0
LOW_CHARGE: Final = 0.2
BOOST_BELOW, TRIM_ABOVE = 0.9 * OUTPUT_VOLTAGE, 1.1 * OUTPUT_VOLTAGE
BOOST, TRIM = 1.12, 0.89  # what the regulator's taps make of the input voltage


class Ups:
    def __init__(self, random: Random, supply: Source, plan: UpsPlan | None = None) -> None:
        self.plan = plan or UpsPlan()
        self._input = UpsInput(supply, self.plan.phase, INPUT_LOW, INPUT_HIGH)
        self._output_noise = SlowNoise(random, deviation=0.3, time_constant=10.0)
        self.battery = Battery(self.plan.ampere_hours)
        self.mode = "online"
        self._runs = {
            "online": self._run_online if self.plan.kind == "online" else self._run_regulated,
            "battery": self._run_battery,
            "bypass": self._run_bypass,
            "off": self._run_off,
        }
        self.rectifier_failed = False
        self.inverter_failed = False
        self.bypass_wanted = False
        self._test = SelfTest(self.battery)
        self.seconds_on_battery = 0.0
        self.times_on_battery = 0
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
        self._input.step(dt)
        self._choose_mode()
        before = self.battery.energy
        self._runs[self.mode](dt)
        self.loss_watts = self.input_watts - self.output_watts - (self.battery.energy - before) / dt
        self.energy_in += self.input_watts * dt
        self.energy_out += self.output_watts * dt
        self.energy_lost += self.loss_watts * dt
        self.time += dt
        if self.testing:
            self._watch_test(dt)
        self.standing = {name: self.standing.get(name, self.time) for name, stands in conditions(self) if stands}

    def _choose_mode(self) -> None:
        before = self.mode
        self.mode = self._restarted() if before == "off" else self._next_mode(before, self._input.good)
        self.times_on_battery += self.mode == "battery" != before and not self.testing

    def _restarted(self) -> str:
        if not self._input.may_restart:
            return "off"
        return "bypass" if self.overloaded or self.inverter_failed or self.rectifier_failed else "online"

    def _next_mode(self, before: str, mains: bool) -> str:
        if self.overloaded or self.inverter_failed:
            return "bypass" if mains else "off"
        if self.bypass_wanted and mains:
            return "bypass"
        requalifying = before == "battery" and not self._input.requalified
        if not mains or requalifying or self.rectifier_failed or self.testing:
            if self.battery.charge > 0:
                return "battery"
            return "bypass" if mains and self.rectifier_failed else "online" if mains and self.testing else "off"
        return "online"

    @property
    def overloaded(self) -> bool:
        return self.demand > OVERLOAD * self.plan.watts

    def _run_online(self, dt: float) -> None:
        self.seconds_on_battery = 0.0
        self.output_watts = self.demand
        charging = self.battery.recharge(dt) / dt
        through = (self.output_watts / INVERTER_EFFICIENCY + OWN_WATTS) / RECTIFIER_EFFICIENCY
        self.input_watts = through + charging

    def _run_regulated(self, dt: float) -> None:
        self.seconds_on_battery = 0.0
        self.output_watts = self.demand
        self.input_watts = self.demand / REGULATOR_EFFICIENCY + OWN_WATTS + self.battery.recharge(dt) / dt

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
    def testing(self) -> bool:
        return self._test.running

    @property
    def self_test(self) -> str:
        """none, running, passed, failed, aborted, refused"""
        return self._test.result

    def start_test(self) -> None:
        """Refused unless the mains carries the load and the battery is nearly full."""
        self._test.start(possible=self.mode == "online")

    def _watch_test(self, dt: float) -> None:
        if self.mode == "battery" and self._input.good:
            self._test.step(dt)
            return
        self._test.abort()
        self.times_on_battery += self.mode == "battery"

    def want_bypass(self, wanted: bool) -> None:
        self.bypass_wanted = wanted

    def fail(self) -> None:
        self.inverter_failed = True

    def fail_rectifier(self) -> None:
        self.rectifier_failed = True

    def restore(self) -> None:
        """Repaired, back to normal operation; the battery stays what it is."""
        self.inverter_failed = self.rectifier_failed = self.bypass_wanted = False

    @property
    def carries(self) -> bool:
        """Whether there is voltage at its output."""
        return self.mode != "off"

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
        return self._input.voltage

    @property
    def input_frequency(self) -> float:
        return self._input.frequency

    @property
    def input_good(self) -> bool:
        return self._input.good

    @property
    def input_bads(self) -> int:
        return self._input.bads

    @property
    def input_current(self) -> float:
        return self.input_watts / self.input_voltage if self.input_voltage > 0 else 0.0

    @property
    def regulation(self) -> float:
        """What a line-interactive UPS makes of its input: 1, or one of its taps."""
        if self.plan.kind == "online" or self.mode != "online":
            return 1.0
        return BOOST if self.input_voltage < BOOST_BELOW else TRIM if self.input_voltage > TRIM_ABOVE else 1.0

    @property
    def output_voltage(self) -> float:
        if self.mode == "off":
            return 0.0
        if self.mode == "bypass" or (self.mode == "online" and self.plan.kind != "online"):
            return self.input_voltage * self.regulation
        return OUTPUT_VOLTAGE + self._output_noise.value

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
        return self.output_voltamperes / self.plan.voltamperes

    @property
    def efficiency(self) -> float:
        """Output over input; 0 while nothing comes in. It falls with the load, which the fixed losses do not."""
        return self.output_watts / self.input_watts if self.input_watts > 0 else 0.0
