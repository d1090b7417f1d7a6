"""Views made by hand: what the exporters are given to render."""

from agent.alarms.catalogue import BY_NAME
from agent.alarms.evaluate import AlarmState, Standing, Subject
from agent.board import View
from agent.model.measures import BY_KEY
from agent.model.readings import DeviceSnapshot, Identity, Kind, Labels, Reading, Snapshot, Timed

AT = 1_700_000_000.0
ACME = Identity("ups", vendor="Acme", model="3000", serial="S1", firmware="2.4", profile="acme-3000")


def reading(key: str, value: float | str, **labels: str) -> Timed:
    return Timed(Reading(BY_KEY[key], tuple(labels.items()), value, "1.2.3"), AT)


def device(
    name: str,
    *readings: Timed,
    kind: Kind = "ups",
    up: bool | None = True,
    identity: Identity | None = ACME,
    labels: Labels = (),
) -> DeviceSnapshot:
    """A device as it stands after three good polls, or one that was never polled (`up=None`)."""
    polled = up is not None
    return DeviceSnapshot(
        name=name,
        kind=kind,
        zone="auxiliary",
        address=f"snmp://{name}",
        up=up,
        fault="" if up else "timed out",
        identity=identity if polled else None,
        readings=readings,
        last_reading_at=AT if polled else None,
        down_since=None if up else AT,
        poll_duration=0.25 if polled else None,
        polls={"ok": 3} if polled else {},
        labels=labels,
    )


def view(*devices: DeviceSnapshot, alarms: AlarmState | None = None) -> View:
    snapshot = Snapshot(AT, {device.name: device for device in devices})
    return View(snapshot, alarms or AlarmState(), started_at=AT - 60, version="1.2.3", room="Second floor")


def standing(alarm: str, device_name: str, *, active: bool = True, at: float = AT, **labels: str) -> AlarmState:
    """One alarm's standing for one subject, raised once."""
    subject = Subject(BY_NAME[alarm], device_name, "auxiliary", tuple(labels.items()))
    return AlarmState({subject: Standing(active, at, None, at if active else None)}, {alarm: 1}, {})
