"""Bytes to values and back: synchronous, pure, no I/O."""
