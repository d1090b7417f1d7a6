"""Water in air: saturation (Magnus form) and the dew point, over water."""

import math


def saturation_pressure(temperature: float) -> float:
    """Pascal."""
    return 611.2 * math.exp(17.62 * temperature / (243.12 + temperature))


def dew_point(vapour_pressure: float) -> float:
    logarithm = math.log(vapour_pressure / 611.2)
    return 243.12 * logarithm / (17.62 - logarithm)
