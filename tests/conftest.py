"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the program: timings belong to benchmarks.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("suite"), max_examples=20_000)  # make fuzz
settings.load_profile("suite")
