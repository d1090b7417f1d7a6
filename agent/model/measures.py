"""The metric catalogue: every measure, once. Metric names, page, alarms, panels and docs derive from it.

`sane` is the range outside of which a value is refused as a fault of the device or of its profile, in the base unit.
A measure's labels beyond `device` and `zone` are those in `labels`; a reading may carry any subset of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from agent.model import units as u
from agent.model.units import Unit

PREFIX = "roomready"


class Group(StrEnum):
    """How often a value is worth asking for; the intervals are settings."""

    STATE = "state"
    DETAIL = "detail"
    INVENTORY = "inventory"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that can be measured. `states` are the words of a state measure; `counter` values only ever grow.

    `pace` overrides the usual group: states and flags are asked often, ratings and settings rarely, the rest between.
    """

    key: str
    unit: Unit
    en: str
    zh: str
    sane: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    counter: bool = False
    pace: Group | None = None

    @property
    def group(self) -> Group:
        return self.pace or (Group.STATE if self.is_state or self.is_flag else Group.DETAIL)

    @property
    def metric(self) -> str:
        """The Prometheus name: prefix, key, unit, and `_total` for counters."""
        parts = [PREFIX, self.key, self.unit.suffix, "total" if self.counter else ""]
        return "_".join(part for part in parts if part)

    @property
    def is_state(self) -> bool:
        return self.unit is u.STATE

    @property
    def is_flag(self) -> bool:
        return self.unit is u.FLAG


UPS_STATES = (
    "online", "on_battery", "bypass", "boost", "trim", "eco", "standby", "off", "self_test", "fault", "other",
)  # fmt: skip
BATTERY_STATES = ("normal", "low", "depleted", "fault", "missing", "charging", "discharging", "unknown")
TEST_STATES = ("passed", "warning", "failed", "aborted", "in_progress", "none")
COOLING_STATES = ("running", "standby", "idle", "off", "fault", "unknown")
COMPONENT_STATES = ("ok", "warning", "critical", "on", "off", "open", "closed", "missing", "unknown")

_LINE_VOLTS = (0, 1000)
_AMPS = (0, 10_000)
_WATTS = (0, 10_000_000)
_HERTZ = (0, 500)
_PHASE = ("phase",)
_CIRCUIT = ("circuit", "phase")
_AIR = ("sensor", "position")
_FEED = ("feed", "phase")
_FAST = Group.STATE
_SLOW = Group.INVENTORY

# fmt: off
_UPS = (
    Measure("ups_state", u.STATE, "What the UPS output runs on", "UPS 输出状态", states=UPS_STATES),
    Measure("ups_battery_state", u.STATE, "State of the UPS battery", "UPS 电池状态", states=BATTERY_STATES),
    Measure("ups_self_test_state", u.STATE, "Result of the last self-test", "UPS 自检结果", states=TEST_STATES),
    Measure("ups_input_voltage", u.VOLT, "UPS input voltage", "UPS 输入电压", _LINE_VOLTS, _PHASE, pace=_FAST),
    Measure("ups_input_current", u.AMPERE, "UPS input current", "UPS 输入电流", _AMPS, _PHASE),
    Measure("ups_input_frequency", u.HERTZ, "UPS input frequency", "UPS 输入频率", _HERTZ, _PHASE),
    Measure("ups_input_power", u.WATT, "UPS input power", "UPS 输入有功功率", _WATTS, _PHASE),
    Measure("ups_bypass_voltage", u.VOLT, "UPS bypass voltage", "UPS 旁路电压", _LINE_VOLTS, _PHASE),
    Measure("ups_bypass_current", u.AMPERE, "UPS bypass current", "UPS 旁路电流", _AMPS, _PHASE),
    Measure("ups_bypass_frequency", u.HERTZ, "UPS bypass frequency", "UPS 旁路频率", _HERTZ, _PHASE),
    Measure("ups_bypass_power", u.WATT, "UPS bypass power", "UPS 旁路功率", _WATTS, _PHASE),
    Measure("ups_output_voltage", u.VOLT, "UPS output voltage", "UPS 输出电压", _LINE_VOLTS, _PHASE, pace=_FAST),
    Measure("ups_output_current", u.AMPERE, "UPS output current", "UPS 输出电流", _AMPS, _PHASE),
    Measure("ups_output_frequency", u.HERTZ, "UPS output frequency", "UPS 输出频率", _HERTZ, _PHASE),
    Measure("ups_output_power", u.WATT, "UPS output power", "UPS 输出有功功率", (-1000, 10_000_000), _PHASE),
    Measure("ups_output_apparent_power", u.VOLTAMPERE, "UPS output apparent power", "UPS 输出视在功率", _WATTS, _PHASE),
    Measure("ups_output_energy", u.JOULE, "Energy delivered by the UPS", "UPS 输出电能", counter=True),
    Measure("ups_load", u.RATIO, "UPS load as a share of its rating", "UPS 负载率", (0, 3), _PHASE, pace=_FAST),
    Measure("ups_efficiency", u.RATIO, "UPS efficiency", "UPS 效率", (0, 1)),
    Measure("ups_battery_charge", u.RATIO, "Charge left in the UPS battery", "UPS 电池剩余电量", (0, 1.1), pace=_FAST),
    Measure("ups_battery_runtime", u.SECOND, "Time the battery lasts at the present load", "UPS 电池可用时间", (0, 864_000), pace=_FAST),
    Measure("ups_battery_voltage", u.VOLT, "UPS battery voltage", "UPS 电池电压", (0, 1000)),
    Measure("ups_battery_nominal_voltage", u.VOLT, "Nominal voltage of the UPS battery", "UPS 电池标称电压", (0, 1000), pace=_SLOW),
    Measure("ups_battery_current", u.AMPERE, "UPS battery current (positive or negative as the device counts)", "UPS 电池电流", (-5000, 5000)),
    Measure("ups_battery_temperature", u.CELSIUS, "UPS battery temperature", "UPS 电池温度", (-40, 100)),
    Measure("ups_battery_replace", u.FLAG, "The UPS asks for a new battery", "UPS 电池需要更换"),
    Measure("ups_on_battery", u.SECOND, "Time on battery since the last change", "UPS 电池供电时长", (0, 8_640_000), pace=_FAST),
    Measure("ups_rated_power", u.WATT, "Rated UPS output power", "UPS 额定有功功率", _WATTS, pace=_SLOW),
    Measure("ups_rated_apparent_power", u.VOLTAMPERE, "Rated UPS output apparent power", "UPS 额定视在功率", _WATTS, pace=_SLOW),
    Measure("ups_rated_input_voltage", u.VOLT, "Rated UPS input voltage", "UPS 额定输入电压", _LINE_VOLTS, pace=_SLOW),
    Measure("ups_rated_output_voltage", u.VOLT, "Rated UPS output voltage", "UPS 额定输出电压", _LINE_VOLTS, pace=_SLOW),
    Measure("ups_rated_input_frequency", u.HERTZ, "Rated UPS input frequency", "UPS 额定输入频率", _HERTZ, pace=_SLOW),
    Measure("ups_rated_output_frequency", u.HERTZ, "Rated UPS output frequency", "UPS 额定输出频率", _HERTZ, pace=_SLOW),
    Measure("ups_transfer_low_voltage", u.VOLT, "Input voltage under which the UPS leaves the mains", "UPS 低压切换点", _LINE_VOLTS, pace=_SLOW),
    Measure("ups_transfer_high_voltage", u.VOLT, "Input voltage over which the UPS leaves the mains", "UPS 高压切换点", _LINE_VOLTS, pace=_SLOW),
    Measure("ups_low_battery_runtime", u.SECOND, "Runtime at which the UPS calls its battery low", "UPS 低电量告警时间", (0, 86_400), pace=_SLOW),
    Measure("ups_alarms", u.COUNT, "Alarms present in the UPS", "UPS 当前告警数", (0, 10_000)),
    Measure("ups_temperature", u.CELSIUS, "Temperature inside the UPS", "UPS 机内温度", (-40, 150), ("sensor",)),
)

_MAINS = (
    Measure("mains_feed_available", u.FLAG, "The mains feed is usable", "市电可用", labels=("feed",)),
    Measure("mains_feed_selected", u.FLAG, "The transfer switch takes this feed", "切换开关当前电源", labels=("feed",)),
    Measure("mains_feed_preferred", u.FLAG, "The transfer switch prefers this feed", "切换开关优先电源", labels=("feed",)),
    Measure("mains_feed_voltage", u.VOLT, "Voltage of the mains feed", "市电电压", _LINE_VOLTS, _FEED, pace=_FAST),
    Measure("mains_feed_current", u.AMPERE, "Current taken from the mains feed", "市电电流", _AMPS, _FEED),
    Measure("mains_feed_power", u.WATT, "Power taken from the mains feed", "市电功率", _WATTS, _FEED),
    Measure("mains_feed_frequency", u.HERTZ, "Frequency of the mains feed", "市电频率", _HERTZ, ("feed",)),
    Measure("mains_redundant", u.FLAG, "The transfer switch has a second feed to go to", "市电冗余"),
    Measure("mains_transfers", u.COUNT, "Transfers the switch has made", "切换次数", counter=True, pace=_FAST),
    Measure("mains_output_voltage", u.VOLT, "Voltage behind the transfer switch", "切换开关输出电压", _LINE_VOLTS, _PHASE, pace=_FAST),
    Measure("mains_output_current", u.AMPERE, "Current behind the transfer switch", "切换开关输出电流", _AMPS, ("phase", "circuit")),
    Measure("mains_output_frequency", u.HERTZ, "Frequency behind the transfer switch", "切换开关输出频率", _HERTZ),
    Measure("mains_output_power", u.WATT, "Power behind the transfer switch", "切换开关输出功率", _WATTS, ("phase", "circuit")),
    Measure("mains_output_apparent_power", u.VOLTAMPERE, "Apparent power behind the transfer switch", "切换开关输出视在功率", _WATTS, ("phase", "circuit")),
    Measure("mains_output_load", u.RATIO, "Load of the transfer switch as a share of its rating", "切换开关负载率", (0, 3), ("phase", "circuit")),
)

_CIRCUITS = (
    Measure("circuit_voltage", u.VOLT, "Voltage of the circuit", "回路电压", _LINE_VOLTS, _CIRCUIT),
    Measure("circuit_current", u.AMPERE, "Current of the circuit", "回路电流", (-10_000, 10_000), _CIRCUIT),
    Measure("circuit_power", u.WATT, "Power of the circuit", "回路有功功率", (-10_000_000, 10_000_000), _CIRCUIT),
    Measure("circuit_apparent_power", u.VOLTAMPERE, "Apparent power of the circuit", "回路视在功率", _WATTS, _CIRCUIT),
    Measure("circuit_reactive_power", u.VAR, "Reactive power of the circuit", "回路无功功率", (-10_000_000, 10_000_000), _CIRCUIT),
    Measure("circuit_power_factor", u.RATIO, "Power factor of the circuit", "回路功率因数", (-1, 1), _CIRCUIT),
    Measure("circuit_frequency", u.HERTZ, "Frequency of the circuit", "回路频率", _HERTZ, _CIRCUIT),
    Measure("circuit_energy", u.JOULE, "Energy of the circuit", "回路电能", labels=_CIRCUIT, counter=True),
    Measure("circuit_load", u.RATIO, "Load of the circuit as a share of its rating", "回路负载率", (0, 10), _CIRCUIT),
)

_AIR_MEASURES = (
    Measure("air_temperature", u.CELSIUS, "Air temperature", "空气温度", (-40, 100), _AIR),
    Measure("air_humidity", u.RATIO, "Relative humidity", "相对湿度", (0, 1), _AIR),
    Measure("air_dew_point", u.CELSIUS, "Dew point of the air", "露点温度", (-60, 60), _AIR),
    Measure("air_flow", u.CUBIC_METER_PER_SECOND, "Air flow", "风量", (0, 1000), _AIR),
)

_COOLING = (
    Measure("cooling_state", u.STATE, "What the cooling unit does", "空调运行状态", states=COOLING_STATES),
    Measure("cooling_supply_temperature", u.CELSIUS, "Supply air temperature", "送风温度", (-40, 100)),
    Measure("cooling_return_temperature", u.CELSIUS, "Return air temperature", "回风温度", (-40, 100)),
    Measure("cooling_setpoint", u.CELSIUS, "Temperature setpoint of the cooling unit", "空调温度设定值", (-40, 100)),
    Measure("cooling_output", u.WATT, "Heat taken out by the cooling unit", "空调制冷量", _WATTS),
    Measure("cooling_demand", u.RATIO, "Cooling demand", "制冷需求", (0, 1)),
    Measure("cooling_fan", u.RATIO, "Fan speed of the cooling unit", "空调风机转速比", (0, 1.2)),
)

_CONTACTS = (
    Measure("contact_active", u.FLAG, "The contact says that its condition is present", "干接点动作", labels=("contact",)),
)

_HOST = (
    Measure("host_cpu_load", u.RATIO, "Share of the server's processor time in use", "服务器处理器使用率", (0, 1)),
    Measure("host_memory_used", u.RATIO, "Share of the server's memory in use", "服务器内存使用率", (0, 1)),
    Measure("host_disk_used", u.RATIO, "Share of the disk in use", "服务器磁盘使用率", (0, 1), ("mount",)),
    Measure("host_temperature", u.CELSIUS, "Temperature inside the server", "服务器温度", (-20, 120), ("sensor",)),
    Measure("host_fan", u.RPM, "Fan speed of the server", "服务器风扇转速", (0, 50_000), ("sensor",)),
    Measure("host_battery_charge", u.RATIO, "Charge of the server's own battery", "服务器电池电量", (0, 1)),
    Measure("host_uptime", u.SECOND, "Time since the server started", "服务器运行时间", (0, 1e10)),
)
# fmt: on

CATALOGUE: tuple[Measure, ...] = (*_UPS, *_MAINS, *_CIRCUITS, *_AIR_MEASURES, *_COOLING, *_CONTACTS, *_HOST)
BY_KEY = MappingProxyType({measure.key: measure for measure in CATALOGUE})
