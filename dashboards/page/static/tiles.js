// One key value on a card: a label and what is known of it. One value, a few with their phases or sensors, or, where
// they are many, their range.

import { el, keyed, setClass, setText } from "./dom.js";
import { ago, isShare, quantity } from "./format.js";
import { isTrouble } from "./kinds.js";
import { bar } from "./shapes.js";
import { FLAGS, LABELS, NAMES, pick, say, word } from "./words.js";

const OLD = 10; // seconds from which a value shows its own age; the card's foot shows the newest one's
const MANY = 4; // values of one measure beyond which a range says more than a row of numbers

export function tile() {
  const label = el("dt");
  const values = el("dd");
  const gauge = bar();
  const node = el("div", "tile", label, values);
  node.append(gauge.node);
  return {
    node,
    update({ label: text, readings, now }) {
      const alone = readings.length === 1 && isShare(readings[0]);
      if (alone) gauge.update(readings[0].value);
      setClass(node, classes({ tile: true, wide: isRow(readings), share: alone, troubled: readings.some(isTrouble) }));
      setText(label, text);
      keyed(values, shown(readings, now), (_, index) => index, value);
    },
  };
}

// A reading in words: [text, unit].
export function spell(reading) {
  const { measure, value: raw } = reading;
  if (raw === null) return ["–", ""];
  if (typeof raw === "string") return [reading.word ? pick(reading.word) : raw, ""];
  if (Object.hasOwn(FLAGS, measure)) return [word(FLAGS[measure], raw ? 1 : 0), ""];
  return quantity(reading);
}

// What tells a reading from its siblings: "L1", "module 2", "rack 7".
export const tag = (labels) =>
  Object.entries(labels)
    .map(([name, of]) => (/^\d+$/.test(of) || name === "feed" ? `${word(LABELS, name)} ${of}` : word(NAMES, of)))
    .join(" · ");

const classes = (names) => Object.keys(names).filter((name) => names[name]).join(" ");

const isRow = (readings) => readings.length > 1 && readings.every(({ measure }) => measure === readings[0].measure);

function shown(readings, now) {
  if (!readings.length) return [{ text: "–", unit: "", after: say("no_reading"), absent: true }];
  if (!isRow(readings)) return readings.map((reading, index) => single(reading, now, { aside: index > 0 }));
  if (readings.length <= MANY) return readings.map((reading) => single(reading, now, { before: tag(reading.labels) }));
  return typeof readings[0].value === "number" ? [range(readings, now)] : counts(readings);
}

function single(reading, now, more) {
  const [text, unit] = spell(reading);
  return { text, unit, after: oldest([reading], now), ...more };
}

function range(readings, now) {
  const sorted = [...readings].sort((one, other) => one.value - other.value);
  const [from, to] = [sorted[0], sorted.at(-1)].map(spell);
  const low = from[1] === to[1] ? from[0] : from.join(" ");
  const after = [say("values", { n: sorted.length }), oldest(readings, now)].filter(Boolean).join(" · ");
  return { text: say("from_to", { from: low, to: to[0] }), unit: to[1], after };
}

function counts(readings) {
  const found = new Map();
  for (const reading of readings) {
    const [text] = spell(reading);
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return [...found].map(([text, count]) => ({ before: `${count} ×`, text, unit: "", after: "" }));
}

function oldest(readings, now) {
  const age = now - Math.min(...readings.map(({ at }) => at));
  return age > OLD ? ago(age) : "";
}

function value() {
  const [before, text, unit, after] = ["before", "text", "unit", "after"].map((name) => el("span", name));
  const node = el("span", "value", before, text, unit, after);
  return {
    node,
    update(item) {
      setClass(node, classes({ value: true, aside: item.aside, absent: item.absent }));
      setText(before, item.before ?? "");
      setText(text, item.text);
      setText(unit, item.unit);
      setText(after, item.after);
    },
  };
}
