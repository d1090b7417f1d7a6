"""A string of sealed lead-acid blocks whose charge, runtime and voltage fall together.

Two quantities are kept apart. `energy` is what is stored, and obeys conservation to the joule. `charge` is how much
of a discharge is left: at a high rate it falls faster than the energy does, because a battery gives less of its
energy the faster it is emptied (Peukert). Emptying from full at a constant power lasts
`LOW_RATE_TIME * (low_rate_power / power) ** EXPONENT`; charging brings both back to full at the same moment.

A worn or cold string is empty sooner (what it cannot give stays in it) and its resistance is higher. It ages by itself:
a fifth of its health in five years at 25 degC, twice as fast for each nine degrees more.
"""

from typing import Final

from simulators.room.noise import approach

BLOCKS: Final = 16
CELLS_PER_BLOCK: Final = 6
NOMINAL_BLOCK_VOLTAGE: Final = 12.0
AMPERE_HOURS: Final = 9.0
LOW_RATE_TIME: Final = 20 * 3600.0  # a block's ampere-hours are rated for 20 h
EXPONENT: Final = 1.3  # of power, for sets made for minutes rather than hours
CHARGER_POWER: Final = 200.0  # about a tenth of the ampere-hours, in amperes
CHARGE_EFFICIENCY: Final = 0.85
TAPER_FROM: Final = 0.8  # above this charge the charger's current falls
FLOAT_CELL_VOLTAGE: Final = 2.27
RESISTANCE: Final = 0.35  # ohms, of the whole string
KNEE: Final = 0.2
WARM: Final = 25.0
PER_KELVIN: Final = 0.01  # of the runtime, below and a little above 25 degC
TEMPERATURE_FACTOR: Final = (0.55, 1.05)
AGEING_PER_SECOND: Final = 0.2 / (5 * 365 * 86400)
KELVIN_FOR_TWICE: Final = 9.0
CABINET_RISE: Final = 2.0  # inside the cabinet, above the room
THERMAL_SECONDS: Final = 4 * 3600.0
LOWEST_HEALTH: Final = 0.05


class Battery:
    def __init__(self, ampere_hours: float = AMPERE_HOURS, room_temperature: float = 23.2) -> None:
        self.ampere_hours = ampere_hours
        self.capacity = BLOCKS * NOMINAL_BLOCK_VOLTAGE * ampere_hours * 3600.0
        self.energy = self.capacity
        self.health = 1.0  # what is left of the runtime that it had when new
        self.temperature = room_temperature + CABINET_RISE
        self.charge = 1.0
        self.current = 0.0  # positive while charging
        self.voltage = self.float_voltage

    @property
    def nominal_voltage(self) -> float:
        return BLOCKS * NOMINAL_BLOCK_VOLTAGE

    @property
    def float_voltage(self) -> float:
        return BLOCKS * CELLS_PER_BLOCK * FLOAT_CELL_VOLTAGE

    def runtime(self, power: float) -> float:
        """Seconds until empty at this power, from the present charge."""
        return self.charge * self._time_from_full(power)

    def _time_from_full(self, power: float) -> float:
        low_rate_power = self.capacity / LOW_RATE_TIME
        if power <= low_rate_power:
            new = self.capacity / max(power, 1e-3)
        else:
            new = LOW_RATE_TIME * float((low_rate_power / power) ** EXPONENT)
        return self.health * self._temperature_factor * new

    @property
    def _temperature_factor(self) -> float:
        low, high = TEMPERATURE_FACTOR
        return min(high, max(low, 1.0 + PER_KELVIN * (self.temperature - WARM)))

    @property
    def resistance(self) -> float:
        return RESISTANCE / self.health

    def wear_to(self, health: float) -> None:
        self.health = max(LOWEST_HEALTH, health)

    def age(self, dt: float, room_temperature: float) -> None:
        self.temperature = approach(self.temperature, room_temperature + CABINET_RISE, dt, THERMAL_SECONDS)
        faster = 2.0 ** ((self.temperature - WARM) / KELVIN_FOR_TWICE)
        self.wear_to(self.health - AGEING_PER_SECOND * faster * dt)

    def discharge(self, power: float, dt: float) -> float:
        """Give this power for as much of dt as it can; returns the joules that came out."""
        seconds = min(dt, self.runtime(power), self.energy / power)
        given = power * seconds
        self.charge = max(0.0, self.charge - seconds / self._time_from_full(power))
        self.energy = max(0.0, self.energy - given)
        if seconds < dt:
            self.charge = 0.0
        self.current = -given / dt / self.voltage
        target = self._rest_voltage() + self.resistance * self.current
        self.voltage = approach(self.voltage, target, dt, time_constant=2.0)
        return given

    def recharge(self, dt: float) -> float:
        """Take from the charger what it offers at this charge; returns the joules that went in."""
        missing = self.capacity - self.energy
        taper = min(1.0, (1.0 - self.charge) / (1.0 - TAPER_FROM))
        taken = min(CHARGER_POWER * max(taper, 0.02) * dt, missing / CHARGE_EFFICIENCY)
        if missing > 0:
            stored = taken * CHARGE_EFFICIENCY
            self.charge = min(1.0, self.charge + (1.0 - self.charge) * stored / missing)
            self.energy = min(self.capacity, self.energy + stored)
        self.current = taken / dt / self.voltage
        self.voltage = approach(self.voltage, self.float_voltage, dt, time_constant=120.0)
        return taken

    def rest(self, dt: float) -> None:
        self.current = 0.0
        self.voltage = approach(self.voltage, self._rest_voltage(), dt, time_constant=60.0)

    def _rest_voltage(self) -> float:
        """Nearly linear down to a fifth of the charge, then a knee."""
        if self.charge >= KNEE:
            block = 11.6 + (12.9 - 11.6) * (self.charge - KNEE) / (1.0 - KNEE)
        else:
            block = 10.4 + (11.6 - 10.4) * self.charge / KNEE
        return BLOCKS * block
