"""Renders a view as Prometheus metrics: text format or OpenMetrics, as the scraper asks.

    GET /metrics                          # HELP roomready_ups_load_ratio UPS load as a share of its rating
    Accept: text/plain             ->     # TYPE roomready_ups_load_ratio gauge
                                          roomready_ups_load_ratio{device="ups-1",zone="auxiliary"} 0.42

Families are built fresh from the view and its catalogue, so a reading that is gone is gone from the next scrape.
State measures become one 0/1 sample for each word they may show (a gauge with the label `state`).
"""

import platform
from collections.abc import Iterator
from enum import Enum

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.exposition import generate_latest as text_format
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics_format
from prometheus_client.registry import Collector

from agent.alarms.catalogue import ALARMS
from agent.alarms.evaluate import AlarmState
from agent.board import View
from agent.model.measures import CATALOGUE, PREFIX, Measure
from agent.model.readings import DeviceSnapshot, Reading, Snapshot

_IDENTITY = ("kind", "vendor", "model", "serial", "firmware", "profile")


class Form(Enum):
    """The two text forms of the exposition; the value is the content type."""

    TEXT = CONTENT_TYPE_PLAIN_0_0_4
    OPENMETRICS = CONTENT_TYPE_LATEST


def negotiate(accept: str) -> Form:
    """OpenMetrics for those who name it, the plain text format for everybody else."""
    return Form.OPENMETRICS if "application/openmetrics-text" in accept else Form.TEXT


def render(view: View, accept: str = "") -> tuple[bytes, str]:
    """The exposition of the view, and its content type."""
    form = negotiate(accept)
    return encode(view, form), form.value


def encode(view: View, form: Form) -> bytes:
    registry = CollectorRegistry()
    registry.register(_RoomCollector(view))
    ProcessCollector(registry=registry)
    if form is Form.TEXT:
        return text_format(registry)
    return bytes(openmetrics_format(registry))  # type: ignore[no-untyped-call] # prometheus-client leaves it untyped


class _RoomCollector(Collector):
    def __init__(self, view: View) -> None:
        self._view = view

    def collect(self) -> Iterator[Metric]:
        return families(self._view)


def families(view: View) -> Iterator[Metric]:
    """Every family that has samples now, the room before the program."""
    yield from _filled(_measures(view.snapshot))
    yield from _filled(_devices(view.snapshot))
    yield from _filled(_alarms(view))
    yield from _filled(_traps(view))
    yield from _filled(_lines(view))
    yield _build_info(view.version)


def _filled(found: Iterator[Metric]) -> Iterator[Metric]:
    return (family for family in found if family.samples)


def _gauge(name: str, help_text: str, unit: str = "") -> Metric:
    return Metric(f"{PREFIX}_{name}", help_text, "gauge", unit)


def _counter(name: str, help_text: str) -> Metric:
    return Metric(f"{PREFIX}_{name}", help_text, "counter")


def _labels(device: DeviceSnapshot, **own: str) -> dict[str, str]:
    """The user's labels give way to those of the program."""
    return {**dict(device.labels), "device": device.name, "zone": device.zone, **own}


def _measures(snapshot: Snapshot) -> Iterator[Metric]:
    found = {measure.key: _family(measure) for measure in CATALOGUE}
    for device in snapshot.devices.values():
        base = _labels(device)
        for timed in device.readings:
            reading = timed.reading
            family = found.get(reading.measure.key)
            if family is not None:
                _add_reading(family, base, reading)
    yield from found.values()


def _family(measure: Measure) -> Metric:
    """A counter's family goes without `_total`, which belongs to its samples."""
    kind = "counter" if measure.counter else "gauge"
    return Metric(measure.metric.removesuffix("_total"), measure.en, kind, measure.unit.suffix)


def _add_reading(family: Metric, base: dict[str, str], reading: Reading) -> None:
    measure, value = reading.measure, reading.value
    labels = {**base, **dict(reading.labels)}
    if isinstance(value, str):
        for word in dict.fromkeys((*measure.states, value)):
            family.add_sample(measure.metric, {**labels, "state": word}, float(word == value))
    else:
        family.add_sample(measure.metric, labels, value)


def _devices(snapshot: Snapshot) -> Iterator[Metric]:
    up = _gauge("device_up", "Whether the device answered its last poll")
    info = Metric(f"{PREFIX}_device", "Who the device says it is", "info")
    duration = _gauge("device_poll_duration_seconds", "How long the last poll of the device took", "seconds")
    newest = _gauge("device_last_reading_timestamp_seconds", "When the device was last read", "seconds")
    polls = _counter("device_polls", "Polls of the device, by their result")
    withheld = _gauge("device_readings_withheld", "Values that the device says and that are not believed")
    for device in snapshot.devices.values():
        if device.up is not None:
            up.add_sample(up.name, _labels(device, kind=device.kind), float(device.up))
        if device.up:
            withheld.add_sample(withheld.name, _labels(device), len(device.withheld))
        if device.identity is not None:
            who = {name: getattr(device.identity, name) for name in _IDENTITY}
            info.add_sample(f"{info.name}_info", _labels(device, **who), 1.0)
        if device.poll_duration is not None:
            duration.add_sample(duration.name, _labels(device), device.poll_duration)
        if device.last_reading_at is not None:
            newest.add_sample(newest.name, _labels(device), device.last_reading_at)
        for result, count in device.polls.items():
            polls.add_sample(f"{polls.name}_total", _labels(device, result=result), count)
    yield from (up, info, duration, newest, polls, withheld)


def _alarms(view: View) -> Iterator[Metric]:
    active = _gauge("alarm_active", "Whether the alarm stands for its subject")
    for subject, standing in view.alarms.standings.items():
        device = view.snapshot.devices.get(subject.device)
        labels = {
            **(dict(device.labels) if device else {}),
            **dict(subject.labels),
            "alarm": subject.alarm.key,
            "severity": subject.alarm.severity,
            "device": subject.device,
            "zone": subject.zone,
        }
        active.add_sample(active.name, labels, float(standing.active))
    yield active
    yield _transitions(view.alarms)


def _transitions(alarms: AlarmState) -> Metric:
    """Counts from 0 on for every alarm, so that the first one already shows as an increase."""
    family = _counter("alarm_transitions", "Alarms raised and cleared")
    keys = dict.fromkeys((*(alarm.key for alarm in ALARMS), *alarms.raised, *alarms.cleared))
    for key in keys:
        for direction, counts in (("raised", alarms.raised), ("cleared", alarms.cleared)):
            family.add_sample(f"{family.name}_total", {"alarm": key, "direction": direction}, counts.get(key, 0))
    return family


def _traps(view: View) -> Iterator[Metric]:
    """Nothing where no notifications are received; else every result from 0 on."""
    if view.traps is None:
        return
    received = _counter("traps_received", "SNMP notifications received, by what became of them")
    devices = _counter("device_traps", "SNMP notifications accepted from the device")
    for result, count in view.traps.received.items():
        received.add_sample(f"{received.name}_total", {"result": result}, count)
    for name, count in view.traps.devices.items():
        device = view.snapshot.devices.get(name)
        if device is not None:
            devices.add_sample(f"{devices.name}_total", _labels(device), count)
    yield from (received, devices)


_LINES = (
    ("requests", "Questions asked on the serial line or field bus"),
    ("timeouts", "Questions on the line that got no answer in time"),
    ("resynchronisations", "Times the line had to fall silent before it could be believed again"),
    ("busy_seconds", "Time in which the line was taken"),
)


def _lines(view: View) -> Iterator[Metric]:
    for what, help_text in _LINES:
        family = Metric(f"{PREFIX}_line_{what}", help_text, "counter", "seconds" if what.endswith("seconds") else "")
        for line, statistics in view.lines.items():
            family.add_sample(f"{family.name}_total", {"line": line}, getattr(statistics, what))
        yield family


def _build_info(version: str) -> Metric:
    family = Metric(f"{PREFIX}_build", "The running program", "info")
    family.add_sample(f"{family.name}_info", {"version": version, "python": platform.python_version()}, 1.0)
    return family
