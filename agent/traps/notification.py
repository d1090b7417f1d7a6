"""A notification as it was understood, and the event that it becomes. Nothing of it is ever a reading.

SNMPv1 traps come here in the v2 form (RFC 3584 3.1): trap N of enterprise E is E.0.N, the six generic traps of
RFC 1215 are 1.3.6.1.6.3.1.1.5.1 to .6.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.alarms.catalogue import Text
from agent.events import Details, Event

LONGEST = 200  # characters of one value
MOST = 32  # variables of one notification


@dataclass(frozen=True, slots=True)
class Notification:
    """`oid` names it; `varbinds` are the variables that it carries, as text, by their OIDs."""

    version: str
    oid: str
    varbinds: Mapping[str, str]


def received(at: float, device: str, sender: str, notification: Notification) -> Event:
    oid = notification.oid
    text = Text(f"{device} sent notification {oid}", f"{device} 发来通知 {oid}")
    details: Details = {
        "oid": oid,
        "version": notification.version,
        "sender": sender,
        "varbinds": notification.varbinds,
    }
    return Event(at, "notification", device, text, details)


def unknown_sender(at: float, sender: str) -> Event:
    text = Text(
        f"{sender} sends notifications, and no SNMP device has that address",
        f"{sender} 发来通知，但没有任何 SNMP 设备使用该地址",
    )
    return Event(at, "unknown_sender", "", text, {"sender": sender})
