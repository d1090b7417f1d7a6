"""The composition root: builds poller, latest, alarms, board and HTTP from a configuration, runs and stops them.

Polls come in one by one; the board is written at most once per slot, and at least twice a second so that readings age
out and delays run on time when nothing answers.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from agent.alarms.catalogue import ALARMS
from agent.alarms.evaluate import AlarmState, Transition, evaluate
from agent.board import Board, View
from agent.config import Config, DeviceConfig
from agent.drivers.driver import Surroundings
from agent.drivers.registry import connect
from agent.events import Event, Events, agent_started, alarm_changed, device_back, device_lost
from agent.latest import Latest, Watched
from agent.links.lines import line_statistics
from agent.model.measures import Group
from agent.model.readings import Poll, Snapshot
from agent.poll import SLOT, Pace, Poller
from agent.sections import PollSection
from agent.traps.hints import Hints
from agent.traps.settings import TrapSettings
from dashboards.page.routes import routes as page_routes
from exporters.http import make_app, serve

if TYPE_CHECKING:
    from agent.traps.receiver import TrapReceiver

log = logging.getLogger(__name__)

TICK = 0.5  # seconds between looks at ages and delays when no poll comes in


class Service:
    """One agent. `board` always has the newest view."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._latest = Latest(_watched(device, config.poll) for device in config.devices)
        self._alarms = AlarmState()
        self._started_at = time.time()
        self._version = version("roomready")
        self._events = Events()
        self._publishing: asyncio.TimerHandle | None = None
        self._hinted: set[str] = set()  # devices whose next poll is shown at once
        devices = [
            (device.section.name, connect(device.address, self._surroundings(device)), _pace(device, config.poll))
            for device in config.devices
        ]
        self._news = Hints(self._poll_state)
        self.poller = Poller(devices, self._take)
        self.traps = None if config.traps is None else self._receiver(config.traps)
        self.board = Board(self._view(self._latest.snapshot(self._started_at)))

    async def run(self, stop: asyncio.Event, ready: Callable[[str], Awaitable[None] | None]) -> None:
        """Serves and polls until `stop` is set; calls `ready` with the page's URL once it can be opened.

        Raises:
            OSError: the address to listen on is not to be had.
        """
        http = self.config.http
        listening = nullcontext() if self.traps is None else self.traps.listening()
        async with listening, serve(make_app(self.board, page_routes()), http.host, http.port) as (host, port):
            self._record(agent_started(self._started_at, self._version))
            tasks = [
                asyncio.create_task(self.poller.run(), name="poller"),
                asyncio.create_task(self._tick(), name="tick"),
            ]
            stopping = asyncio.create_task(stop.wait(), name="stop")
            ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            try:
                done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await _ended(*tasks, stopping)
                self._news.close()
                if self._publishing is not None:
                    self._publishing.cancel()

    def _receiver(self, settings: TrapSettings) -> "TrapReceiver":
        from agent.traps.receiver import TrapReceiver  # noqa: PLC0415  # pysnmp loads where notifications are received

        snmp = [(d.section.name, d.address.host) for d in self.config.devices if d.address.scheme == "snmp"]
        return TrapReceiver(settings, snmp, self._poll_now, self._record)

    def _surroundings(self, device: DeviceConfig) -> Surroundings:
        return replace(self.config.surroundings, news=lambda: self._news.give(device.section.name))

    def _poll_now(self, device: str) -> None:
        self._hinted.add(device)
        self.poller.poll_now(device)

    def _poll_state(self, device: str) -> None:
        """Devices that speak up by themselves sit on slow lines: only what the news can be about is read at once."""
        self._hinted.add(device)
        self.poller.poll_now(device, frozenset({Group.STATE}))

    def _record(self, event: Event) -> None:
        self._events.record(event)
        self._publish_soon()

    def _take(self, poll: Poll) -> None:
        before = self._latest.snapshot(poll.at).devices[poll.device]
        self._latest.fold(poll)
        if poll.fault is not None and before.up is not False:
            log.warning("%s: %s: %s", poll.device, poll.fault.result, poll.fault)
            self._record(device_lost(poll.at, poll.device, poll.fault.result, str(poll.fault)))
        elif poll.fault is None and before.up is False:
            log.info("%s: answers again", poll.device)
            self._record(device_back(poll.at, poll.device))
        if poll.device in self._hinted:
            self._hinted.discard(poll.device)
            self._publish()
        else:
            self._publish_soon()

    def _publish_soon(self) -> None:
        if self._publishing is None:
            self._publishing = asyncio.get_running_loop().call_later(SLOT / 2, self._publish)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._publish()

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
        self._publishing = None
        snapshot = self._latest.snapshot(time.time())
        self._alarms, transitions = evaluate(ALARMS, snapshot, self._alarms)
        for transition in transitions:
            _log(transition)
            self._events.record(alarm_changed(transition))
        self.board.publish(self._view(snapshot))

    def _view(self, snapshot: Snapshot) -> View:
        traps = None if self.traps is None else self.traps.counts
        return View(
            snapshot,
            self._alarms,
            self._started_at,
            self._version,
            self.config.room.name,
            self._events.tail,
            traps,
            line_statistics(),
        )


def _log(transition: Transition) -> None:
    subject = transition.subject
    labels = "".join(f" {key}={value}" for key, value in subject.labels)
    level = logging.WARNING if transition.raised else logging.INFO
    word = "raised" if transition.raised else "cleared"
    log.log(level, "alarm %s: %s (%s) at %s%s", word, subject.alarm.key, subject.alarm.severity, subject.device, labels)


async def _ended(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _intervals(device: DeviceConfig, poll: PollSection) -> dict[Group, float]:
    own = {Group.STATE: device.section.state, Group.DETAIL: device.section.detail}
    return {group: own.get(group) or interval for group, interval in poll.intervals.items()}


def _pace(device: DeviceConfig, poll: PollSection) -> Pace:
    return Pace(_intervals(device, poll), poll.deadline)


def _watched(device: DeviceConfig, poll: PollSection) -> Watched:
    """A reading counts for `age_factor` intervals, and long enough for one poll to come late."""
    section = device.section
    ages = {g: interval * poll.age_factor + poll.timeout for g, interval in _intervals(device, poll).items()}
    return Watched(
        name=section.name,
        kind=section.kind,
        zone=section.zone,
        address=str(device.address),
        ages=ages,
        labels=tuple(sorted(section.labels.items())),
    )
