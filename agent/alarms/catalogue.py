"""Every alarm, once: condition, delay, severity, words in two languages, what to do.

The agent's evaluator, the Prometheus rules, the page and the runbook all read this table.
Their order is their urgency: of two that are equally severe the earlier one is told first.
`says` may use {device} and the labels of the alarm's measure; delays are seconds.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from agent.alarms import limits
from agent.alarms.conditions import Above, Condition, Flag, InState, Silent
from agent.model.measures import BY_KEY

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English and in Simplified Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition that lasts `after` seconds raises it; its absence for `clear_after` seconds clears it."""

    key: str
    severity: Severity
    condition: Condition
    after: float
    clear_after: float
    title: Text
    says: Text
    do: Text


ALARMS: tuple[Alarm, ...] = (
    Alarm(
        key="output_off",
        severity="critical",
        condition=InState(BY_KEY["ups_state"], ("off",)),
        after=2,
        clear_after=10,
        title=Text("UPS output off", "UPS 输出中断"),
        says=Text("{device} feeds its load no longer", "{device} 已停止向负载供电"),
        do=Text(
            "What hangs on this UPS is dark. Bring a feed back, then the UPS, then the servers in their order.",
            "该 UPS 所带负载已断电。先恢复市电，再恢复 UPS，然后按顺序启动服务器。",
        ),
    ),
    Alarm(
        key="on_battery",
        severity="critical",
        condition=InState(BY_KEY["ups_state"], ("on_battery",)),
        after=5,
        clear_after=10,
        title=Text("UPS on battery", "UPS 由电池供电"),
        says=Text("{device} runs on its battery", "{device} 正由电池供电"),
        do=Text(
            "Check both feeds and the transfer switch. Watch the minutes left; prepare an orderly shutdown.",
            "检查两路市电和切换开关，关注电池剩余时间，准备有序关机。",
        ),
    ),
    Alarm(
        key="feed_lost",
        severity="critical",
        condition=Flag(BY_KEY["mains_feed_available"], value=False),
        after=2,
        clear_after=10,
        title=Text("Mains feed lost", "市电中断"),
        says=Text("Mains feed {feed} at {device} is lost", "{device} 的市电 {feed} 路已中断"),
        do=Text(
            "Check the feed's incoming breaker, then ask the utility. Make sure that the other feed carries the room.",
            "检查该路进线断路器，再联系供电部门；确认机房已由另一路供电。",
        ),
    ),
    Alarm(
        key="temperature_high",
        severity="warning",
        condition=Above(BY_KEY["air_temperature"], limits.AIR_TEMPERATURE_HIGH),
        after=60,
        clear_after=60,
        title=Text("Temperature high", "温度过高"),
        says=Text("The air at {device} is warmer than the limit", "{device} 处空气温度超过上限"),
        do=Text(
            "Check that the cooling units run and that their air is not blocked; open the aisle, reduce load.",
            "检查空调是否运行、气流是否受阻；必要时打开通道、降低负载。",
        ),
    ),
    Alarm(
        key="device_silent",
        severity="warning",
        condition=Silent(),
        after=30,
        clear_after=0,
        title=Text("Device silent", "设备无响应"),
        says=Text("{device} does not answer", "{device} 无响应"),
        do=Text(
            "Check the device's power, its cable and its address; `roomready probe` shows what it says.",
            "检查设备电源、线缆和地址；可用 `roomready probe` 查看其应答。",
        ),
    ),
)
BY_NAME = MappingProxyType({alarm.key: alarm for alarm in ALARMS})
