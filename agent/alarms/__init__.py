"""Alarms: one catalogue, and the agent's own evaluator of it."""
