"""Which instruments hang in which room: their names, without loading a protocol library.

Scenario files are checked against it; `devices.py` builds what stands here, and a test compares the two.
"""

from typing import Final

CORE: Final = ("ups-1", "ups-1-card", "ats-1", "climate-1", "climate-2")
LINES: Final = (
    *("ups-1-smart", "ups-2-serial", "ydt-ups", "ydt-mains", "ydt-cooling"),
    *("nut-1", "apcupsd-1"),
)
FIELD: Final = ("climate-4", "cooling-1", "cooling-2", "meter-1", "ats-2", "contacts-1")
ROSTER: Final = {
    "small": CORE,
    "closet": CORE,
    "call-centre": (*CORE, "climate-3", *LINES, *FIELD),
}
NAMES: Final = frozenset(name for names in ROSTER.values() for name in names)
