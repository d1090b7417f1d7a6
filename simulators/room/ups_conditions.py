"""What a UPS complains of, by the names that its instruments translate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulators.room.ups import Ups


def conditions(ups: Ups) -> tuple[tuple[str, bool], ...]:
    """Each condition, and whether it stands."""
    on_battery, off = ups.mode == "battery", ups.mode == "off"
    return (
        ("on_battery", on_battery),
        ("battery_low", on_battery and ups.battery_low),
        ("battery_depleted", ups.battery.charge <= 0),
        ("input_bad", not ups.input_good),
        ("overload", ups.demand > ups.plan.watts and not off),
        ("on_bypass", ups.mode == "bypass"),
        ("output_off", off),
        ("awaiting_power", off and not ups.input_good),
        ("charger_failed", ups.rectifier_failed),
        ("general_fault", ups.inverter_failed),
        ("test_failed", ups.self_test == "failed"),
        ("test_in_progress", ups.testing),
    )
