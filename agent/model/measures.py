"""The metric catalogue: every measure, once. Metric names, page, alarms, panels and docs derive from it.

`sane` is the range outside of which a value is refused as a fault of the device or of its profile, in the base unit.
A measure's labels beyond `device` and `zone` are those in `labels`; a reading may carry any subset of them.
"""

from dataclasses import dataclass, field
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

    `pace` overrides the usual `group`: states and flags are asked often, ratings and settings rarely, the rest between.
    `metric` is the Prometheus name: prefix, key, unit, and `_total` for counters.
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

    group: Group = field(init=False)
    metric: str = field(init=False)

    def __post_init__(self) -> None:
        often = Group.STATE if self.is_state or self.is_flag else Group.DETAIL
        parts = [PREFIX, self.key, self.unit.suffix, "total" if self.counter else ""]
        object.__setattr__(self, "group", self.pace or often)
        object.__setattr__(self, "metric", "_".join(part for part in parts if part))

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
UPS_KINDS = ("double_conversion", "line_interactive", "offline", "single_conversion")
TEST_STATES = ("passed", "warning", "failed", "aborted", "in_progress", "none")
COOLING_STATES = ("running", "standby", "idle", "off", "fault", "unknown")
COMPONENT_STATES = (
    "ok", "warning", "critical", "on", "off", "open", "closed", "active", "inactive", "charging", "missing", "unknown",
)  # fmt: skip
GENERATOR_STATES = ("running", "stopped", "starting", "cooling_down", "fault", "unknown")

_LINE_VOLTS = (0, 1000)
_AMPS = (0, 10_000)
_WATTS = (0, 10_000_000)
_HERTZ = (0, 500)
_PHASE = ("phase", "module")
_BATTERY = ("battery", "module")
_MODULE = ("module", "phase")
_UNIT = ("unit", "phase")
_SENSOR = ("sensor",)
_CIRCUIT = ("circuit", "phase")
_AIR = ("sensor", "position")
_FEED = ("feed", "phase")
_FAST = Group.STATE
_SLOW = Group.INVENTORY

# fmt: off
_UPS = (
    Measure("ups_state", u.STATE, "What the UPS output runs on", "UPS 输出状态", states=UPS_STATES),
    Measure("ups_kind", u.STATE, "How the UPS works", "UPS 工作原理", states=UPS_KINDS, pace=_SLOW),
    Measure("ups_battery_state", u.STATE, "State of the UPS battery", "UPS 电池状态", labels=_BATTERY, states=BATTERY_STATES),
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
    Measure("ups_efficiency", u.RATIO, "UPS efficiency", "UPS 效率", (0, 1), _PHASE),
    Measure("ups_battery_charge", u.RATIO, "Charge left in the UPS battery", "UPS 电池剩余电量", (0, 1.1), labels=_BATTERY, pace=_FAST),
    Measure("ups_battery_runtime", u.SECOND, "Time the battery lasts at the present load", "UPS 电池可用时间", (0, 864_000), labels=_BATTERY, pace=_FAST),
    Measure("ups_battery_charge_estimated", u.RATIO, "Charge left in the UPS battery, reckoned from its voltage", "UPS 电池剩余电量（按电压估算）", (0, 1), labels=_BATTERY, pace=_FAST),
    Measure("ups_battery_runtime_estimated", u.SECOND, "Time the battery lasts, reckoned from its voltage, its data and the load", "UPS 电池可用时间（估算）", (0, 864_000), labels=_BATTERY, pace=_FAST),
    Measure("ups_battery_voltage", u.VOLT, "UPS battery voltage", "UPS 电池电压", (0, 1000), labels=_BATTERY),
    Measure("ups_battery_nominal_voltage", u.VOLT, "Nominal voltage of the UPS battery", "UPS 电池标称电压", (0, 1000), labels=_BATTERY, pace=_SLOW),
    Measure("ups_battery_current", u.AMPERE, "UPS battery current (positive or negative as the device counts)", "UPS 电池电流", (-5000, 5000), labels=_BATTERY),
    Measure("ups_battery_temperature", u.CELSIUS, "UPS battery temperature", "UPS 电池温度", (-40, 100), labels=_BATTERY),
    Measure("ups_battery_replace", u.FLAG, "The UPS asks for a new battery", "UPS 电池需要更换", labels=_BATTERY),
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
    Measure("ups_temperature", u.CELSIUS, "Temperature inside the UPS", "UPS 机内温度", (-40, 150), ("sensor", "module")),
    Measure("ups_input_apparent_power", u.VOLTAMPERE, "UPS input apparent power", "UPS 输入视在功率", _WATTS, _PHASE),
    Measure("ups_input_power_factor", u.RATIO, "UPS input power factor", "UPS 输入功率因数", (-1, 1), _PHASE),
    Measure("ups_input_voltage_lowest", u.VOLT, "Lowest input voltage the UPS has seen of late", "UPS 近期最低输入电压", _LINE_VOLTS, _PHASE),
    Measure("ups_input_voltage_highest", u.VOLT, "Highest input voltage the UPS has seen of late", "UPS 近期最高输入电压", _LINE_VOLTS, _PHASE),
    Measure("ups_input_energy", u.JOULE, "Energy taken by the UPS", "UPS 输入电能", labels=_PHASE, counter=True),
    Measure("ups_output_power_factor", u.RATIO, "UPS output power factor", "UPS 输出功率因数", (-1, 1), _PHASE),
    Measure("ups_output_reactive_power", u.VAR, "UPS output reactive power", "UPS 输出无功功率", (-10_000_000, 10_000_000), _PHASE),
    Measure("ups_inverter_voltage", u.VOLT, "Voltage of the UPS inverter", "UPS 逆变器电压", _LINE_VOLTS, _PHASE),
    Measure("ups_inverter_current", u.AMPERE, "Current of the UPS inverter", "UPS 逆变器电流", _AMPS, _PHASE),
    Measure("ups_inverter_frequency", u.HERTZ, "Frequency of the UPS inverter", "UPS 逆变器频率", _HERTZ, _PHASE),
    Measure("ups_dc_bus_voltage", u.VOLT, "Voltage of the UPS direct-current bus", "UPS 直流母线电压", (-1500, 1500), ("sensor", "module")),
    Measure("ups_battery_capacity", u.COULOMB, "Capacity of the UPS battery", "UPS 电池容量", (0, 1e8), _BATTERY, pace=_SLOW),
    Measure("ups_battery_power", u.WATT, "Power into or out of the UPS battery", "UPS 电池功率", (-10_000_000, 10_000_000), _BATTERY),
    Measure("ups_transfers", u.COUNT, "Times the UPS has gone to its battery", "UPS 转电池次数", counter=True),
    Measure("ups_running", u.SECOND, "Time the UPS has been running", "UPS 运行时间", (0, 1e10), counter=True),
)

_DIRECT_CURRENT = (
    Measure("dc_voltage", u.VOLT, "Voltage of the direct-current bus", "直流母线电压", (-1000, 1000), ("circuit",)),
    Measure("dc_current", u.AMPERE, "Current taken by the direct-current loads", "直流负载电流", (-10_000, 10_000), ("circuit",)),
    Measure("dc_power", u.WATT, "Power taken by the direct-current loads", "直流负载功率", (-10_000_000, 10_000_000), ("circuit",)),
    Measure("dc_load", u.RATIO, "Load of the direct-current plant as a share of its rating", "直流系统负载率", (0, 3), ("circuit",)),
    Measure("dc_energy", u.JOULE, "Energy taken by the direct-current loads", "直流负载电能", labels=("circuit",), counter=True),
    Measure("dc_capacity", u.WATT, "Power the installed modules can give", "直流系统装机功率", _WATTS, ("circuit",), pace=_SLOW),
    Measure("battery_voltage", u.VOLT, "Voltage of the battery", "蓄电池电压", (-1000, 1000), ("battery",)),
    Measure("battery_current", u.AMPERE, "Current of the battery", "蓄电池电流", (-10_000, 10_000), ("battery",)),
    Measure("battery_temperature", u.CELSIUS, "Temperature of the battery", "蓄电池温度", (-40, 100), ("battery",)),
    Measure("battery_charge", u.RATIO, "Charge left in the battery", "蓄电池剩余电量", (0, 1.1), ("battery",), pace=_FAST),
    Measure("battery_health", u.RATIO, "Capacity the battery still has, as a share of the new one's", "蓄电池健康度", (0, 2), ("battery",)),
    Measure("battery_runtime", u.SECOND, "Time the battery lasts at the present load", "蓄电池可用时间", (0, 8_640_000), ("battery",), pace=_FAST),
    Measure("battery_capacity", u.COULOMB, "Capacity of the battery", "蓄电池容量", (0, 1e8), ("battery",), pace=_SLOW),
    Measure("battery_resistance", u.OHM, "Internal resistance of the battery", "蓄电池内阻", (0, 1000), ("battery",)),
    Measure("battery_state", u.STATE, "State of the battery", "蓄电池状态", labels=("battery",), states=BATTERY_STATES),
    Measure("rectifier_input_voltage", u.VOLT, "Input voltage of the rectifier", "整流器输入电压", _LINE_VOLTS, _MODULE),
    Measure("rectifier_input_current", u.AMPERE, "Input current of the rectifier", "整流器输入电流", _AMPS, _MODULE),
    Measure("rectifier_input_frequency", u.HERTZ, "Input frequency of the rectifier", "整流器输入频率", _HERTZ, _MODULE),
    Measure("rectifier_input_power", u.WATT, "Input power of the rectifier", "整流器输入功率", _WATTS, _MODULE),
    Measure("rectifier_output_voltage", u.VOLT, "Output voltage of the rectifier", "整流器输出电压", (-1000, 1000), _MODULE),
    Measure("rectifier_output_current", u.AMPERE, "Output current of the rectifier", "整流器输出电流", (-10_000, 10_000), _MODULE),
    Measure("rectifier_output_power", u.WATT, "Output power of the rectifier", "整流器输出功率", _WATTS, _MODULE),
    Measure("rectifier_load", u.RATIO, "Load of the rectifier as a share of its rating", "整流器负载率", (0, 3), _MODULE),
    Measure("rectifier_temperature", u.CELSIUS, "Temperature of the rectifier", "整流器温度", (-40, 150), _MODULE),
    Measure("rectifier_state", u.STATE, "State of the rectifier", "整流器状态", labels=_MODULE, states=COMPONENT_STATES),
    Measure("inverter_input_voltage", u.VOLT, "Input voltage of the inverter", "逆变器输入电压", _LINE_VOLTS, ("module", "phase", "source")),
    Measure("inverter_input_current", u.AMPERE, "Input current of the inverter", "逆变器输入电流", _AMPS, ("module", "phase", "source")),
    Measure("inverter_input_frequency", u.HERTZ, "Input frequency of the inverter", "逆变器输入频率", _HERTZ, ("module", "phase", "source")),
    Measure("inverter_input_power", u.WATT, "Input power of the inverter", "逆变器输入功率", _WATTS, ("module", "phase", "source")),
    Measure("inverter_output_voltage", u.VOLT, "Output voltage of the inverter", "逆变器输出电压", _LINE_VOLTS, _MODULE),
    Measure("inverter_output_current", u.AMPERE, "Output current of the inverter", "逆变器输出电流", _AMPS, _MODULE),
    Measure("inverter_output_frequency", u.HERTZ, "Output frequency of the inverter", "逆变器输出频率", _HERTZ, _MODULE),
    Measure("inverter_output_power", u.WATT, "Output power of the inverter", "逆变器输出功率", _WATTS, _MODULE),
    Measure("inverter_output_apparent_power", u.VOLTAMPERE, "Output apparent power of the inverter", "逆变器输出视在功率", _WATTS, _MODULE),
    Measure("inverter_load", u.RATIO, "Load of the inverter as a share of its rating", "逆变器负载率", (0, 3), _MODULE),
    Measure("inverter_temperature", u.CELSIUS, "Temperature of the inverter", "逆变器温度", (-40, 150), _MODULE),
    Measure("inverter_state", u.STATE, "State of the inverter", "逆变器状态", labels=_MODULE, states=COMPONENT_STATES),
)

_MAINS = (
    Measure("mains_state", u.STATE, "State of the transfer switch", "切换开关状态", states=COMPONENT_STATES),
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
    Measure("circuit_apparent_energy", u.JOULE, "Apparent energy of the circuit", "回路视在电能", labels=_CIRCUIT, counter=True),
    Measure("circuit_reactive_energy", u.JOULE, "Reactive energy of the circuit", "回路无功电能", labels=_CIRCUIT, counter=True),
    Measure("circuit_voltage_distortion", u.RATIO, "Total harmonic distortion of the circuit's voltage", "回路电压谐波畸变率", (0, 10), _CIRCUIT),
    Measure("circuit_current_distortion", u.RATIO, "Total harmonic distortion of the circuit's current", "回路电流谐波畸变率", (0, 100), _CIRCUIT),
    Measure("circuit_current_unbalance", u.RATIO, "Unbalance of the circuit's currents between its phases", "回路三相电流不平衡度", (0, 10), ("circuit",)),
    Measure("circuit_current_headroom", u.AMPERE, "Current the circuit can take on before it alarms", "回路告警前可增加的电流", (0, 10_000), _CIRCUIT),
    Measure("circuit_state", u.STATE, "State of the circuit, its breaker or its outlet", "回路状态", labels=_CIRCUIT, states=COMPONENT_STATES),
    Measure("circuit_load", u.RATIO, "Load of the circuit as a share of its rating", "回路负载率", (0, 10), _CIRCUIT),
)

_AIR_MEASURES = (
    Measure("air_temperature", u.CELSIUS, "Air temperature", "空气温度", (-40, 100), _AIR),
    Measure("air_humidity", u.RATIO, "Relative humidity", "相对湿度", (0, 1), _AIR),
    Measure("air_dew_point", u.CELSIUS, "Dew point of the air", "露点温度", (-60, 60), _AIR),
    Measure("air_dew_point_distance", u.CELSIUS, "How far the air is above its dew point", "空气温度与露点之差", (-10, 100), _AIR),
    Measure("air_flow", u.CUBIC_METER_PER_SECOND, "Air flow", "风量", (0, 1000), _AIR),
    Measure("air_speed", u.METER_PER_SECOND, "Air speed", "风速", (0, 100), _AIR),
    Measure("air_pressure", u.PASCAL, "Pressure of the air, absolute or against another room", "空气压力（绝对或压差）", (-10_000, 200_000), _AIR),
    Measure("light", u.LUX, "Light", "照度", (0, 1_000_000), _SENSOR),
    Measure("sensor_state", u.STATE, "What a sensor says of itself or of its limits", "传感器状态", labels=_SENSOR, states=COMPONENT_STATES),
    Measure("sensor_temperature", u.CELSIUS, "Temperature at a sensor of which nothing else is known", "传感器温度", (-273.15, 1000), _SENSOR),
    Measure("sensor_voltage", u.VOLT, "Voltage at an analogue input", "模拟输入电压", (-100_000, 100_000), _SENSOR),
    Measure("sensor_current", u.AMPERE, "Current at an analogue input", "模拟输入电流", (-100_000, 100_000), _SENSOR),
    Measure("sensor_power", u.WATT, "Power at a sensor", "传感器功率", (-1e9, 1e9), _SENSOR),
    Measure("sensor_frequency", u.HERTZ, "Frequency at a sensor", "传感器频率", (0, 1e6), _SENSOR),
    Measure("sensor_flow", u.CUBIC_METER_PER_SECOND, "Flow at a sensor", "传感器流量", (0, 1000), _SENSOR),
    Measure("sensor_level", u.RATIO, "Level or share at a sensor", "传感器比例值", (-10, 10), _SENSOR),
)

_COOLING = (
    Measure("cooling_state", u.STATE, "What the cooling unit does", "空调运行状态", labels=_UNIT, states=COOLING_STATES),
    Measure("cooling_supply_temperature", u.CELSIUS, "Supply air temperature", "送风温度", (-40, 100), _UNIT),
    Measure("cooling_return_temperature", u.CELSIUS, "Return air temperature", "回风温度", (-40, 100), _UNIT),
    Measure("cooling_setpoint", u.CELSIUS, "Temperature setpoint of the cooling unit", "空调温度设定值", (-40, 100), _UNIT),
    Measure("cooling_output", u.WATT, "Heat taken out by the cooling unit", "空调制冷量", _WATTS, _UNIT),
    Measure("cooling_demand", u.RATIO, "Cooling demand", "制冷需求", (0, 1), _UNIT),
    Measure("cooling_fan", u.RATIO, "Fan speed of the cooling unit", "空调风机转速比", (0, 1.2), ("unit", "sensor")),
)

_COOLING_DETAIL = (
    Measure("cooling_inlet_temperature", u.CELSIUS, "Rack inlet temperature seen by the cooling unit", "空调测得的机柜进风温度", (-40, 100), ("unit", "position")),
    Measure("cooling_outlet_temperature", u.CELSIUS, "Rack outlet temperature seen by the cooling unit", "空调测得的机柜出风温度", (-40, 100), ("unit", "position")),
    Measure("cooling_room_temperature", u.CELSIUS, "Room temperature seen by the cooling unit", "空调测得的室内温度", (-40, 100), ("unit", "position")),
    Measure("cooling_outdoor_temperature", u.CELSIUS, "Outdoor temperature seen by the cooling unit", "空调测得的室外温度", (-60, 100), _UNIT),
    Measure("cooling_coil_temperature", u.CELSIUS, "Temperature of a coil or of the refrigerant", "盘管或冷媒温度", (-60, 150), ("unit", "position")),
    Measure("cooling_supply_humidity", u.RATIO, "Supply air humidity", "送风湿度", (0, 1), _UNIT),
    Measure("cooling_return_humidity", u.RATIO, "Return air humidity", "回风湿度", (0, 1), _UNIT),
    Measure("cooling_humidity_setpoint", u.RATIO, "Humidity setpoint of the cooling unit", "空调湿度设定值", (0, 1), _UNIT, pace=_SLOW),
    Measure("cooling_air_flow", u.CUBIC_METER_PER_SECOND, "Air flow of the cooling unit", "空调风量", (0, 1000), _UNIT),
    Measure("cooling_fan_speed", u.RPM, "Fan speed of the cooling unit", "空调风机转速", (0, 50_000), ("unit", "sensor")),
    Measure("cooling_compressor", u.RATIO, "Load of the compressor", "压缩机负载率", (0, 1.5), ("unit", "sensor")),
    Measure("cooling_valve", u.RATIO, "Opening of a valve", "阀门开度", (0, 1), ("unit", "sensor")),
    Measure("cooling_filter_pressure", u.PASCAL, "Pressure drop over the filter", "过滤器压差", (0, 10_000), _UNIT),
    Measure("cooling_refrigerant_pressure", u.PASCAL, "Pressure of the refrigerant", "冷媒压力", (-200_000, 1e7), ("unit", "position")),
    Measure("cooling_power", u.WATT, "Electrical power of the cooling unit", "空调电功率", _WATTS, _UNIT),
    Measure("cooling_current", u.AMPERE, "Current of the cooling unit", "空调电流", _AMPS, _UNIT),
    Measure("cooling_voltage", u.VOLT, "Supply voltage of the cooling unit", "空调电源电压", _LINE_VOLTS, _UNIT),
    Measure("cooling_running", u.SECOND, "Running time of a part of the cooling unit", "空调部件运行时间", (0, 1e10), ("unit", "component"), counter=True),
    Measure("water_temperature", u.CELSIUS, "Temperature of the cooling water", "冷却水温度", (-40, 150), ("unit", "position")),
    Measure("water_flow", u.CUBIC_METER_PER_SECOND, "Flow of the cooling water", "冷却水流量", (0, 10), ("unit", "position")),
    Measure("water_pressure", u.PASCAL, "Pressure of the cooling water", "冷却水压力", (-100_000, 1e7), ("unit", "position")),
)

_GENERATOR = (
    Measure("generator_state", u.STATE, "What the generator set does", "发电机组状态", states=GENERATOR_STATES),
    Measure("generator_voltage", u.VOLT, "Voltage of the generator", "发电机电压", _LINE_VOLTS, _PHASE),
    Measure("generator_current", u.AMPERE, "Current of the generator", "发电机电流", _AMPS, _PHASE),
    Measure("generator_power", u.WATT, "Power of the generator", "发电机功率", _WATTS, _PHASE),
    Measure("generator_frequency", u.HERTZ, "Frequency of the generator", "发电机频率", _HERTZ),
    Measure("generator_fuel", u.RATIO, "Fuel left", "剩余燃油", (0, 1.1)),
    Measure("generator_engine_speed", u.RPM, "Engine speed", "发动机转速", (0, 10_000)),
    Measure("generator_coolant_temperature", u.CELSIUS, "Coolant temperature of the engine", "发动机冷却液温度", (-40, 200)),
    Measure("generator_oil_pressure", u.PASCAL, "Oil pressure of the engine", "发动机机油压力", (0, 2_000_000)),
    Measure("generator_battery_voltage", u.VOLT, "Voltage of the starter battery", "启动电池电压", (0, 100)),
    Measure("generator_running", u.SECOND, "Running time of the generator", "发电机运行时间", (0, 1e10), counter=True),
)

_DEVICE = (
    Measure("component_state", u.STATE, "State of a part of the device", "部件状态", labels=("component",), states=COMPONENT_STATES),
    Measure("component_temperature", u.CELSIUS, "Temperature of a part of the device", "部件温度", (-60, 200), ("component",)),
    Measure("component_voltage", u.VOLT, "Voltage of an internal supply of the device", "内部电源电压", (-1000, 1000), ("component",)),
    Measure("component_current", u.AMPERE, "Current of an internal supply of the device", "内部电源电流", (-1000, 1000), ("component",)),
    Measure("component_fan_speed", u.RPM, "Speed of a fan of the device", "风扇转速", (0, 50_000), ("component",)),
    Measure("component_fan", u.RATIO, "Speed of a fan of the device as a share of its fastest", "风扇转速比", (0, 1.2), ("component",)),
)

_SETTINGS = (
    Measure("setting_temperature", u.CELSIUS, "A temperature that is set in the device as a limit or target", "设备内设定的温度", (-273.15, 1000), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_humidity", u.RATIO, "A humidity that is set in the device as a limit or target", "设备内设定的湿度", (0, 1), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_voltage", u.VOLT, "A voltage that is set in the device as a limit or target", "设备内设定的电压", (-1000, 1000), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_current", u.AMPERE, "A current that is set in the device as a limit or target", "设备内设定的电流", (-10_000, 10_000), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_frequency", u.HERTZ, "A frequency that is set in the device as a limit or target", "设备内设定的频率", _HERTZ, ("setting", "sensor"), pace=_SLOW),
    Measure("setting_power", u.WATT, "A power that is set in the device as a limit or target", "设备内设定的功率", (0, 1e9), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_load", u.RATIO, "A share that is set in the device as a limit or target", "设备内设定的比例", (0, 10), ("setting", "sensor"), pace=_SLOW),
    Measure("setting_duration", u.SECOND, "A time that is set in the device as a limit or delay", "设备内设定的时间", (0, 1e10), ("setting", "sensor"), pace=_SLOW),
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

CATALOGUE: tuple[Measure, ...] = (
    *_UPS,
    *_MAINS,
    *_DIRECT_CURRENT,
    *_CIRCUITS,
    *_AIR_MEASURES,
    *_COOLING,
    *_COOLING_DETAIL,
    *_GENERATOR,
    *_CONTACTS,
    *_DEVICE,
    *_SETTINGS,
    *_HOST,
)
BY_KEY = MappingProxyType({measure.key: measure for measure in CATALOGUE})
