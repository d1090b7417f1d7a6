"""The physics of the room: SI units, stepped by dt, deterministic from a seed, no clock and no I/O."""
