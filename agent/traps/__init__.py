"""SNMP notifications in. A notification is a hint to poll its sender now, and an event; it is never a value."""
