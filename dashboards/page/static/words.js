// Every word of the page, in English and in Simplified Chinese, side by side. Words that belong to the room (names of
// measures, alarms, states) come from the agent in both languages; `pick` takes the one.

export const LANGUAGES = ["en", "zh"];
const TAGS = { en: "en", zh: "zh-Hans" };

let language = 0;

export const WORDS = {
  // verdict
  connecting: ["Connecting…", "正在连接…"],
  connecting_do: ["Waiting for the agent's first words.", "正在等待采集程序的首批数据。"],
  normal: ["Room normal", "机房正常"],
  normal_do: ["All {n} devices answer; no alarm.", "{n} 台设备全部在线，无告警。"],
  normal_do_one: ["The one device answers; no alarm.", "唯一一台设备在线，无告警。"],
  alarms_one: ["1 alarm: {says}", "1 条告警：{says}"],
  alarms_many: ["{n} alarms: {says}", "{n} 条告警：{says}"],
  incomplete: ["No alarm, but not all is known", "无告警，但数据不完整"],
  incomplete_do: ["No reading from: {devices}", "以下设备无数据：{devices}"],
  empty: ["Nothing is watched yet", "尚未监测任何设备"],
  empty_do: ["Add a device to the configuration.", "请在配置文件中添加设备。"],
  blind: ["State of the room unknown", "机房状态未知"],
  blind_do: ["Last known: {headline}", "最后已知：{headline}"],
  // the band across the top
  lost: ["Connection lost {ago} – values below are old", "连接中断（{ago}）– 以下为旧数据"],
  lost_at_once: ["No connection to the agent", "无法连接采集程序"],
  stuck: ["The agent has sent nothing new for {time} – values below are old", "采集程序已 {time} 没有新数据 – 以下为旧数据"],
  // headings, controls
  what_to_do: ["What to do:", "处理建议："],
  alarms: ["Alarms", "告警"],
  devices: ["Devices", "设备"],
  as_of: ["Values of {time}", "数据时间 {time}"],
  other_language: ["中文", "English"],
  details: ["All readings ({n})", "全部读数（{n}）"],
  agent: ["Agent {version}, running for {time}", "采集程序 {version}，已运行 {time}"],
  // alarms
  critical: ["Critical", "严重"],
  warning: ["Warning", "警告"],
  info: ["Note", "提示"],
  since: ["since {time} ({age})", "始于 {time}（{age}）"],
  // devices
  up: ["Up", "在线"],
  down: ["Down", "离线"],
  never: ["Not heard yet", "尚未应答"],
  down_for: ["No answer for {time}", "已 {time} 无应答"],
  read: ["Read {ago}", "读取于 {ago}"],
  never_read: ["Never read", "从未读取"],
  no_reading: ["no reading", "无读数"],
  values: ["{n} values", "{n} 个读数"],
  from_to: ["{from} to {to}", "{from} 至 {to}"],
  vendor: ["Vendor", "厂商"],
  model: ["Model", "型号"],
  serial: ["Serial number", "序列号"],
  firmware: ["Firmware", "固件"],
  profile: ["Profile", "协议模板"],
  address: ["Address", "地址"],
  poll_duration: ["Last poll took", "上次采集耗时"],
  milliseconds: ["{n} ms", "{n} 毫秒"],
  // time
  seconds: ["{s} s", "{s} 秒"],
  minutes: ["{m} min", "{m} 分钟"],
  minutes_seconds: ["{m} min {s} s", "{m} 分 {s} 秒"],
  hours: ["{h} h {m} min", "{h} 小时 {m} 分"],
  days: ["{d} d {h} h", "{d} 天 {h} 小时"],
  ago: ["{time} ago", "{time}前"],
};

export const KINDS = {
  ups: ["UPS", "不间断电源"],
  ats: ["Transfer switch", "双电源切换开关"],
  meter: ["Meter", "电表"],
  pdu: ["Power distribution", "配电单元"],
  rectifier: ["Rectifier", "开关电源"],
  climate: ["Climate sensor", "温湿度传感器"],
  environment: ["Environment monitor", "环境监控主机"],
  cooling: ["Cooling unit", "空调"],
  contacts: ["Contacts", "干接点"],
  host: ["Server", "服务器"],
  generator: ["Generator", "发电机组"],
  unknown: ["Device", "设备"],
};

export const ZONES = {
  equipment: ["Equipment area", "设备区"],
  auxiliary: ["Auxiliary area", "辅助区"],
  management: ["Management area", "管理区"],
};

// What a card calls a measure; the long name stands with the reading.
export const SHORT = {
  ups_state: ["Supply", "供电方式"],
  ups_load: ["Load", "负载率"],
  ups_battery_charge: ["Battery", "电池电量"],
  ups_battery_runtime: ["Runtime left", "可用时间"],
  ups_input_voltage: ["Input", "输入电压"],
  ups_output_voltage: ["Output", "输出电压"],
  ups_battery_temperature: ["Battery temp.", "电池温度"],
  ups_battery_replace: ["Battery age", "电池寿命"],
  mains_redundant: ["Second feed", "备用电源"],
  mains_output_voltage: ["Output", "输出电压"],
  mains_output_current: ["Output current", "输出电流"],
  mains_output_load: ["Load", "负载率"],
  mains_transfers: ["Transfers", "切换次数"],
  circuit_voltage: ["Voltage", "电压"],
  circuit_current: ["Current", "电流"],
  circuit_power: ["Power", "功率"],
  circuit_power_factor: ["Power factor", "功率因数"],
  circuit_energy: ["Energy", "电能"],
  circuit_load: ["Load", "负载率"],
  circuit_state: ["State", "状态"],
  dc_voltage: ["Bus voltage", "母线电压"],
  dc_current: ["Load current", "负载电流"],
  dc_load: ["Load", "负载率"],
  battery_charge: ["Battery", "电池电量"],
  battery_runtime: ["Runtime left", "可用时间"],
  rectifier_state: ["State", "状态"],
  air_temperature: ["Temperature", "温度"],
  air_humidity: ["Humidity", "湿度"],
  air_dew_point: ["Dew point", "露点"],
  cooling_state: ["State", "运行状态"],
  cooling_supply_temperature: ["Supply air", "送风温度"],
  cooling_return_temperature: ["Return air", "回风温度"],
  cooling_setpoint: ["Setpoint", "设定值"],
  cooling_output: ["Cooling output", "制冷量"],
  cooling_demand: ["Demand", "需求"],
  cooling_fan: ["Fan", "风机"],
  host_cpu_load: ["Processor", "处理器"],
  host_memory_used: ["Memory", "内存"],
  host_disk_used: ["Disk", "磁盘"],
  host_temperature: ["Temperature", "温度"],
  host_uptime: ["Running for", "运行时间"],
  generator_state: ["State", "状态"],
  generator_voltage: ["Voltage", "电压"],
  generator_power: ["Power", "功率"],
  generator_fuel: ["Fuel", "燃油"],
  generator_coolant_temperature: ["Coolant", "冷却液温度"],
  generator_battery_voltage: ["Starter battery", "启动电池"],
};

// A flag's words for 0 and for 1.
export const FLAGS = {
  ups_battery_replace: [["good", "良好"], ["replace it", "需更换"]],
  mains_feed_available: [["lost", "中断"], ["available", "有电"]],
  mains_feed_selected: [["not in use", "未使用"], ["in use", "使用中"]],
  mains_feed_preferred: [["not preferred", "非优先"], ["preferred", "优先"]],
  mains_redundant: [["none", "无"], ["ready", "可用"]],
  contact_active: [["normal", "正常"], ["active", "动作"]],
};

export const LABELS = {
  phase: ["phase", "相"],
  feed: ["Feed", "市电"],
  sensor: ["sensor", "传感器"],
  position: ["position", "位置"],
  contact: ["contact", "接点"],
  circuit: ["circuit", "回路"],
  module: ["module", "模块"],
  battery: ["battery", "电池组"],
  unit: ["unit", "机组"],
  component: ["part", "部件"],
  source: ["source", "来源"],
  setting: ["setting", "设定"],
  mount: ["disk", "磁盘"],
};

// Values of labels that have words: contacts, and what stands for the whole.
export const NAMES = {
  surge_protector_failed: ["Surge protector", "防雷器失效"],
  breaker_tripped: ["Breaker trip", "断路器跳闸"],
  water_leak: ["Water leak", "漏水"],
  smoke: ["Smoke", "烟雾"],
  door_open: ["Door open", "门打开"],
  total: ["total", "合计"],
};

export function speak(name) {
  language = Math.max(LANGUAGES.indexOf(name), 0);
  document.documentElement.lang = TAGS[spoken()];
}

export const tagged = () => TAGS[spoken()];

export const spoken = () => LANGUAGES[language];

export function say(key, values = {}) {
  return WORDS[key][language].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A word from one of the tables above; what no table knows is said as it came.
export const word = (table, key) => (Object.hasOwn(table, key) ? table[key][language] : key);

export const pick = (text) => text[spoken()] || text.en;
