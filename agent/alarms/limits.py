"""Every threshold that an alarm uses, by name, with its source."""

from agent.alarms.conditions import Limit

AIR_TEMPERATURE_HIGH = Limit(
    "air_temperature_high",
    27.0,
    "GB 50174-2017 appendix A, inlet air 18 to 27 °C (secondary copy); ASHRAE TC 9.9 (2021) recommended range",
)
