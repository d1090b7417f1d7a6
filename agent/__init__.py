"""Reads the gear, knows the state, raises alarms, keeps the journal, judges the room; runs as a service."""
