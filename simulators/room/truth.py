"""What is so in the room, by path, in SI units and ratios; no instrument in between.

`ups.` and `air.` without a number are the first UPS and the equipment zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.room.plan import PHASES

if TYPE_CHECKING:
    from simulators.room.air import Air
    from simulators.room.cooling import Cooling
    from simulators.room.panel import Panel
    from simulators.room.room import Room
    from simulators.room.ups import Ups

Fact = float | int | str | bool


def of(room: Room) -> dict[str, Fact]:
    return {
        "time": room.time,
        "seed": room.seed,
        "plan": room.plan.name,
        **_mains(room),
        **_under("ups", _ups(room.ups)),
        **_power(room),
        **_climate(room),
        **_under("contacts", dict(room.contacts)),
    }


def _under(path: str, facts: dict[str, Fact]) -> dict[str, Fact]:
    return {f"{path}.{key}": fact for key, fact in facts.items()}


def _mains(room: Room) -> dict[str, Fact]:
    switch = room.transfer_switch
    facts: dict[str, Fact] = {}
    for name, feed in room.feeds.items():
        facts |= {
            f"feeds.{name}.voltage": feed.voltage,
            f"feeds.{name}.frequency": feed.frequency,
            f"feeds.{name}.good": switch.good(name),
            f"feeds.{name}.watts": room.feed_watts(name),
            **{f"feeds.{name}.{phase}.voltage": feed.volts[phase] for phase in PHASES},
            f"surge_protectors.{name}.failed": room.surge_protectors[name].failed,
            f"surge_protectors.{name}.wear": room.surge_protectors[name].wear,
        }
    return facts | {
        "transfer_switch.selected": switch.selected,
        "transfer_switch.preferred": switch.preferred,
        "transfer_switch.redundant": switch.redundant,
        "transfer_switch.transfers": switch.transfers,
        "transfer_switch.voltage": switch.voltage,
        "transfer_switch.watts": room.mains_watts,
        "transfer_switch.manual": switch.manual,
        "transfer_switch.stuck": switch.stuck,
    }


def _ups(ups: Ups) -> dict[str, Fact]:
    battery = ups.battery
    return {
        "mode": ups.mode,
        "input_voltage": ups.input_voltage,
        "input_watts": ups.input_watts,
        "output_voltage": ups.output_voltage,
        "output_watts": ups.output_watts,
        "load_ratio": ups.load_ratio,
        "efficiency": ups.efficiency,
        "seconds_on_battery": ups.seconds_on_battery,
        "times_on_battery": ups.times_on_battery,
        "battery_low": ups.battery_low,
        "self_test": ups.self_test,
        "battery.charge": battery.charge,
        "battery.energy": battery.energy,
        "battery.runtime": ups.runtime,
        "battery.voltage": battery.voltage,
        "battery.current": battery.current,
        "battery.temperature": battery.temperature,
        "battery.health": battery.health,
    }


def _power(room: Room) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"load.watts": room.ups_group.output_watts, "ups.redundant": room.ups_group.redundant}
    for number, ups in enumerate(room.ups_units, start=1):
        facts |= _under(f"ups.{number}", _ups(ups))
    for branch in room.plan.branches:
        key = f"load.{branch.zone}.watts"
        facts[key] = float(facts.get(key, 0.0)) + room.circuits[branch.name].watts
    for name in ("mains", "ups"):
        facts |= _under(f"panels.{name}", _panel(room.panels[name]))
    for name, circuit in room.circuits.items():
        facts |= {
            f"circuits.{name}.tripped": circuit.tripped,
            f"circuits.{name}.voltage": circuit.voltage,
            f"circuits.{name}.current": circuit.current,
            f"circuits.{name}.watts": circuit.watts,
            f"circuits.{name}.energy": circuit.energy,
        }
    return facts


def _panel(panel: Panel) -> dict[str, Fact]:
    currents: dict[str, Fact] = {f"{phase}.current": panel.current(phase) for phase in PHASES}
    return currents | {"imbalance": panel.imbalance, "energy": panel.energy}


def _climate(room: Room) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        **_under("air", _zone(room.air)),
        "air.inlet_temperature": room.inlet_temperature,
        "air.hot_spot": room.hot_spot,
        "air.supply_temperature": room.supply_temperature,
        "air.wall_temperature": room.air.wall_temperature,
        "air.outside": room.weather.temperature,
        "air.heat_load": room.heat_load,
    }
    for name, zone in room.zones.items():
        facts |= _under(f"zones.{name}", _zone(zone))
    for number, rack in enumerate(room.racks, start=1):
        facts |= {f"racks.{number}.inlet": rack.inlet, f"racks.{number}.outlet": rack.outlet}
    for number, unit in enumerate(room.cooling_units, start=1):
        facts |= _under(f"cooling.{number}", _cooling(unit))
    return facts


def _zone(zone: Air) -> dict[str, Fact]:
    return {"temperature": zone.temperature, "humidity": zone.humidity, "dew_point": zone.dew_point}


def _cooling(unit: Cooling) -> dict[str, Fact]:
    return {
        "state": unit.state,
        "fault": unit.fault,
        "output": unit.output,
        "capacity": unit.capacity,
        "demand": unit.demand,
        "setpoint": unit.setpoint,
        "supply_temperature": unit.supply_temperature,
        "electric_watts": unit.electric_watts,
        "airflow": unit.airflow_ratio,
        "clogging": unit.clogging,
        "filter_clogged": unit.filter_clogged,
    }
