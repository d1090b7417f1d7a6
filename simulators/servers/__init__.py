"""What speaks: each server puts one instrument's view on a real socket or line, and lets mishaps spoil its replies."""
