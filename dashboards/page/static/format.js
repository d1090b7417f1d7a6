// Numbers as people read them: 229.8 V, 42 %, 3.21 kW, 2 h 05 min. A value that is not there stays not there.

import { say, tagged } from "./words.js";

// Base unit: decimals, and the larger units it is shown in from a magnitude on.
const UNITS = {
  "V": { digits: 1 },
  "A": { digits: 1 },
  "Hz": { digits: 2 },
  "°C": { digits: 1 },
  "°C/h": { digits: 1 },
  "m³/s": { digits: 2 },
  "m/s": { digits: 1 },
  "W": { digits: 0, larger: [[1e6, "MW"], [1e3, "kW"]] },
  "VA": { digits: 0, larger: [[1e6, "MVA"], [1e3, "kVA"]] },
  "var": { digits: 0, larger: [[1e6, "Mvar"], [1e3, "kvar"]] },
  "VAh": { digits: 0, larger: [[1e6, "MVAh"], [1e3, "kVAh"]] },
  "varh": { digits: 0, larger: [[1e6, "Mvarh"], [1e3, "kvarh"]] },
  "C": { digits: 0, larger: [[3600, "Ah"]] },
  "Pa": { digits: 0, larger: [[1e3, "kPa"]] },
  "lx": { digits: 0 },
  "rpm": { digits: 0 },
  "J": { digits: 0, larger: [[3.6e9, "MWh"], [3.6e6, "kWh"], [3.6e3, "Wh"]] },
  "B": { digits: 0, larger: [[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"]] },
};
const DAY = 86400;
const NEVER_PERCENT = "circuit_power_factor"; // a ratio that everybody reads as 0.98

const fixed = (number, digits) => number.toFixed(digits).replace(/^-/, "−");

export const isShare = (reading) => reading.metric.endsWith("_ratio") && reading.measure !== NEVER_PERCENT;

// A number in its unit: ["229.8", "V"].
export function quantity(reading) {
  const { value, unit } = reading;
  if (isShare(reading)) return [fixed(value * 100, Math.abs(value) < 0.0995 && value ? 1 : 0), "%"];
  if (unit === "s") return [duration(value), ""];
  const { digits, larger = [] } = UNITS[unit] ?? { digits: Number.isInteger(value) ? 0 : 2 };
  const [size, symbol] = larger.find(([from]) => Math.abs(value) >= from) ?? [1, unit];
  return [fixed(value / size, size === 1 ? digits : 2), symbol];
}

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [d, h, m, s] = [whole / DAY, (whole / 3600) % 24, (whole / 60) % 60, whole % 60].map(Math.floor);
  const two = (number) => String(number).padStart(2, "0");
  if (d) return say("days", { d, h });
  if (h) return say("hours", { h, m: two(m) });
  if (m >= 10 || (m && !s)) return say("minutes", { m });
  return m ? say("minutes_seconds", { m, s: two(s) }) : say("seconds", { s });
}

export const ago = (seconds) => say("ago", { time: duration(seconds) });

export const clock = (at) => new Date(at * 1000).toLocaleTimeString("en-GB");

// A time of day, and its date unless that is plain.
export function moment(at, now) {
  if (now - at < DAY / 2) return clock(at);
  const form = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Date(at * 1000).toLocaleString(tagged(), form);
}
