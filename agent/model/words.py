"""How staff say the words of the state measures, in English and in Simplified Chinese.

A word means the same wherever it stands, except for the few in `_SPECIAL`, which depend on the measure.
"""

from typing import NamedTuple

from agent.model.measures import Measure


class Word(NamedTuple):
    """One state, in two languages."""

    en: str
    zh: str


# fmt: off
_COMMON = {
    "aborted":     Word("aborted", "已中止"),
    "active":      Word("active", "动作"),
    "boost":       Word("boosting a low input voltage", "升压供电"),
    "bypass":      Word("on bypass", "旁路供电"),
    "charging":    Word("charging", "充电中"),
    "closed":      Word("closed", "闭合"),
    "cooling_down": Word("cooling down", "冷却停机中"),
    "critical":    Word("critical", "严重告警"),
    "depleted":    Word("depleted", "电量耗尽"),
    "discharging": Word("discharging", "放电中"),
    "double_conversion": Word("double conversion", "在线双变换"),
    "eco":         Word("economy mode", "经济模式"),
    "failed":      Word("failed", "未通过"),
    "fault":       Word("fault", "故障"),
    "idle":        Word("idle", "空闲"),
    "in_progress": Word("in progress", "进行中"),
    "inactive":    Word("inactive", "未动作"),
    "line_interactive": Word("line-interactive", "在线互动"),
    "low":         Word("low", "电量低"),
    "missing":     Word("missing", "缺失"),
    "none":        Word("none", "无"),
    "normal":      Word("normal", "正常"),
    "off":         Word("off", "关闭"),
    "ok":          Word("ok", "正常"),
    "offline":     Word("stand-by (offline)", "后备"),
    "on":          Word("on", "开启"),
    "on_battery":  Word("on battery", "电池供电"),
    "online":      Word("on mains", "市电供电"),
    "open":        Word("open", "断开"),
    "other":       Word("other", "其他"),
    "passed":      Word("passed", "通过"),
    "running":     Word("running", "运行"),
    "self_test":   Word("self-test", "自检中"),
    "single_conversion": Word("stand-by or line-interactive", "后备或在线互动"),
    "standby":     Word("standby", "待机"),
    "starting":    Word("starting", "启动中"),
    "stopped":     Word("stopped", "已停机"),
    "trim":        Word("lowering a high input voltage", "降压供电"),
    "unknown":     Word("unknown", "未知"),
    "warning":     Word("warning", "警告"),
}

_SPECIAL = {
    ("ups_battery_state", "missing"):  Word("no battery", "未接电池"),
    ("ups_self_test_state", "none"):   Word("never tested", "未做自检"),
    ("ups_self_test_state", "warning"): Word("passed with a warning", "通过但有警告"),
    ("cooling_state", "standby"):      Word("standby", "备用"),
    ("cooling_state", "off"):          Word("off", "停机"),
}
# fmt: on


def say(measure: Measure, word: str) -> Word:
    """The words for a state; one that no table knows is said as the device says it."""
    return _SPECIAL.get((measure.key, word)) or _COMMON.get(word) or Word(word, word)


def is_known(measure: Measure, word: str) -> bool:
    return (measure.key, word) in _SPECIAL or word in _COMMON
