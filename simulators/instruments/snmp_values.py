"""How an SNMP instrument says a value: its SMI type and its content; and the system group that every card has."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

Oid = tuple[int, ...]


class Kind(Enum):
    INTEGER = "INTEGER"
    GAUGE = "Gauge32"
    COUNTER = "Counter32"
    COUNTER64 = "Counter64"
    TICKS = "TimeTicks"
    TEXT = "OCTET STRING"
    OID = "OBJECT IDENTIFIER"


@dataclass(frozen=True, slots=True)
class Value:
    kind: Kind
    content: int | str | bytes


def integer(number: float) -> Value:
    return Value(Kind.INTEGER, round(number))


def gauge(number: float) -> Value:
    return Value(Kind.GAUGE, max(0, round(number)))


def counter(number: int) -> Value:
    return Value(Kind.COUNTER, number % 2**32)


def ticks(seconds: float) -> Value:
    """Hundredths of a second; the type wraps after 497 days."""
    return Value(Kind.TICKS, round(seconds * 100) % 2**32)


def text(words: str) -> Value:
    return Value(Kind.TEXT, words)


def oid(dotted: str) -> Value:
    return Value(Kind.OID, dotted)


@cache
def parse_oid(dotted: str) -> Oid:
    return tuple(map(int, dotted.split(".")))


def under(base: str, rows: Mapping[str, Value]) -> dict[Oid, Value]:
    """Rows as written in a MIB, below the base they share."""
    return {parse_oid(f"{base}.{row}"): value for row, value in rows.items()}


def system_group(description: str, object_id: str, uptime: float, name: str) -> dict[Oid, Value]:
    """RFC 3418, what an inventory asks first."""
    return under(
        "1.3.6.1.2.1.1",
        {
            "1.0": text(description),
            "2.0": oid(object_id),
            "3.0": ticks(uptime),
            "4.0": text("duty officer"),
            "5.0": text(name),
            "6.0": text("simulated machine room"),
            "7.0": integer(72),  # services: host and application
        },
    )
