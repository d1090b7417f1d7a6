// What a card shows of a device, by its kind. A tile is {key, label, readings}; no readings means that it is not known.

import { LABELS, NAMES, SHORT, pick, word } from "./words.js";

// Always shown, also when there is no reading: their absence is news.
export const EXPECTED = {
  ups: ["ups_state", "ups_load", "ups_battery_charge", "ups_battery_runtime", "ups_input_voltage", "ups_output_voltage"],
  ats: ["mains_output_voltage", "mains_redundant"],
  meter: ["circuit_voltage", "circuit_current", "circuit_power"],
  pdu: ["circuit_current", "circuit_power"],
  rectifier: ["dc_voltage", "dc_current", "battery_charge"],
  climate: ["air_temperature", "air_humidity"],
  environment: ["air_temperature"],
  cooling: ["cooling_state", "cooling_supply_temperature", "cooling_return_temperature", "cooling_setpoint"],
  host: ["host_cpu_load", "host_memory_used", "host_disk_used"],
  generator: ["generator_state", "generator_voltage", "generator_fuel"],
};

// Shown by those devices that have them.
export const WELCOME = {
  ups: ["ups_battery_temperature", "air_temperature", "air_humidity"],
  ats: ["mains_output_current", "mains_output_load", "mains_transfers"],
  meter: ["circuit_power_factor", "circuit_energy", "circuit_load"],
  pdu: ["circuit_voltage", "circuit_load", "circuit_energy", "circuit_state", "air_temperature", "air_humidity"],
  rectifier: ["dc_load", "battery_runtime", "rectifier_state"],
  climate: ["air_dew_point"],
  environment: ["air_humidity", "air_dew_point"],
  cooling: ["cooling_output", "cooling_demand", "cooling_fan"],
  host: ["host_temperature", "host_uptime"],
  generator: ["generator_power", "generator_coolant_temperature", "generator_battery_voltage"],
};

const FEEDS = ["A", "B"];
const FIRST = 6; // of a device of which this table knows nothing

// Words and flags that draw the eye. Whether they are alarms is the agent's to say.
const TROUBLE_WORDS = new Set(["on_battery", "bypass", "fault", "critical", "warning", "failed", "depleted", "low"]);
const TROUBLE_FLAGS = { ups_battery_replace: 1, mains_feed_available: 0, mains_redundant: 0, contact_active: 1 };

export function isTrouble({ measure, value }) {
  return typeof value === "string" ? TROUBLE_WORDS.has(value) : TROUBLE_FLAGS[measure] === value;
}

export function tilesOf({ kind, readings }) {
  const byMeasure = grouped(readings.filter(({ value }) => value !== null));
  const special = { ats: feeds, contacts }[kind]?.(byMeasure) ?? [];
  const expected = EXPECTED[kind] ?? [];
  const present = (WELCOME[kind] ?? []).filter((key) => byMeasure.has(key));
  const known = special.length || [...expected, ...present].some((key) => byMeasure.has(key));
  const keys = known || !readings.length ? [...expected, ...present] : [...byMeasure.keys()].slice(0, FIRST);
  return [...special, ...keys.map((key) => plain(key, byMeasure.get(key) ?? []))];
}

function grouped(readings) {
  const groups = new Map();
  for (const reading of readings) {
    if (!groups.has(reading.measure)) groups.set(reading.measure, []);
    groups.get(reading.measure).push(reading);
  }
  return groups;
}

// A total is a reading without labels, or one whose label says so; then the parts are left to the disclosure.
function plain(key, readings) {
  const total = readings.filter(({ labels }) => Object.values(labels).every((of) => of === "total"));
  const label = Object.hasOwn(SHORT, key) || !readings.length ? word(SHORT, key) : pick(readings[0].name);
  return { key, label, readings: total.length ? total : readings };
}

function feeds(byMeasure) {
  const of = (key, feed) => (byMeasure.get(key) ?? []).filter(({ labels }) => labels.feed === feed);
  const named = (byMeasure.get("mains_feed_available") ?? []).map(({ labels }) => labels.feed ?? "");
  return [...new Set([...FEEDS, ...named])].map((feed) => ({
    key: `feed ${feed}`,
    label: `${word(LABELS, "feed")} ${feed}`,
    readings: [
      ...of("mains_feed_available", feed),
      ...of("mains_feed_selected", feed).filter(({ value }) => value),
      ...of("mains_feed_voltage", feed),
    ],
  }));
}

const contacts = (byMeasure) =>
  (byMeasure.get("contact_active") ?? []).map((reading) => ({
    key: `contact ${reading.labels.contact}`,
    label: word(NAMES, reading.labels.contact ?? ""),
    readings: [reading],
  }));
