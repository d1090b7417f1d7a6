"""Renders a view as the JSON of `/api/v1/snapshot` and of the stream: what the page and users' scripts read.

Devices stand in configured order, active alarms with the gravest first. Values are in base units, times in Unix
seconds, texts in English and in Simplified Chinese; what is not known is null or absent.
"""

from typing import Any

import msgspec

from agent.alarms.catalogue import Text
from agent.alarms.evaluate import Standing, Subject
from agent.alarms.sentence import said
from agent.board import View
from agent.model.readings import DeviceSnapshot, Identity, Timed, Withheld
from agent.model.words import Word, say

Json = dict[str, Any]


def snapshot_view(view: View) -> Json:
    return {
        "at": view.snapshot.at,
        "agent": {"version": view.version, "started_at": view.started_at, "room": view.room},
        "devices": [_device(device) for device in view.snapshot.devices.values()],
        "alarms": [_alarm(subject, standing) for subject, standing in view.alarms.active()],
    }


def snapshot_json(view: View) -> bytes:
    """The same in bytes; a number that JSON cannot say becomes null."""
    return msgspec.json.encode(snapshot_view(view))


def _device(device: DeviceSnapshot) -> Json:
    return {
        "name": device.name,
        "kind": device.kind,
        "zone": device.zone,
        "address": device.address,
        "up": device.up,
        "fault": device.fault,
        "down_since": device.down_since,
        "last_reading_at": device.last_reading_at,
        "poll_duration": device.poll_duration,
        "identity": None if device.identity is None else _identity(device.identity),
        "readings": [_reading(timed) for timed in device.readings],
        "withheld": [_withheld(refused) for refused in device.withheld],
    }


def _identity(identity: Identity) -> Json:
    return {
        "vendor": identity.vendor,
        "model": identity.model,
        "serial": identity.serial,
        "firmware": identity.firmware,
        "profile": identity.profile,
    }


def _reading(timed: Timed) -> Json:
    reading = timed.reading
    measure = reading.measure
    return {
        "measure": measure.key,
        "metric": measure.metric,
        "name": {"en": measure.en, "zh": measure.zh},
        "unit": measure.unit.symbol,
        "value": reading.value,
        "word": _both(say(measure, reading.value)) if isinstance(reading.value, str) else None,
        "labels": dict(reading.labels),
        "address": reading.address,
        "at": timed.at,
    }


def _withheld(refused: Withheld) -> Json:
    return {
        "measure": refused.measure.key,
        "labels": dict(refused.labels),
        "address": refused.address,
        "raw": refused.raw,
        "reason": refused.reason,
    }


def _alarm(subject: Subject, standing: Standing) -> Json:
    alarm = subject.alarm
    return {
        "alarm": alarm.key,
        "severity": alarm.severity,
        "device": subject.device,
        "zone": subject.zone,
        "labels": dict(subject.labels),
        "raised_at": standing.raised_at,
        "title": _both(alarm.title),
        "says": _both(said(subject)),
        "do": _both(alarm.do),
    }


def _both(text: Text | Word) -> Json:
    return {"en": text.en, "zh": text.zh}
