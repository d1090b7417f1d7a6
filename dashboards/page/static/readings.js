// Everything a device says, each value with its labels, the device's own address for it, and its age.

import { el, keyed, setText } from "./dom.js";
import { ago } from "./format.js";
import { spell, tag } from "./tiles.js";
import { pick, say } from "./words.js";

const FACTS = ["vendor", "model", "serial", "firmware", "profile"];

// Drawn only while it is open: twenty devices have a thousand readings.
export function details() {
  const summary = el("summary");
  const facts = el("dl", "facts");
  const list = el("ul", "readings");
  const scroll = el("div", "scroll", facts, list);
  const node = el("details", "", summary, scroll);
  scroll.tabIndex = 0;
  let newest = null;
  node.addEventListener("toggle", () => newest && draw(newest));
  function draw({ device, now }) {
    keyed(facts, factsOf(device), ([name]) => name, fact);
    keyed(list, device.readings.map((item) => ({ ...item, now })), series, row);
  }
  return {
    node,
    update(item) {
      newest = item;
      setText(summary, say("details", { n: item.device.readings.length }));
      if (node.open) draw(item);
    },
  };
}

const series = ({ measure, labels }) => `${measure} ${JSON.stringify(labels)}`;

function factsOf({ address, identity, poll_duration }) {
  const told = FACTS.map((name) => [name, identity?.[name]]);
  const took = poll_duration === null ? "" : say("milliseconds", { n: Math.ceil(poll_duration * 1000) });
  return [...told, ["address", address], ["poll_duration", took]].filter(([, text]) => text);
}

function fact() {
  const [name, text] = [el("dt"), el("dd")];
  return {
    node: el("div", "", name, text),
    update([key, said]) {
      setText(name, say(key));
      setText(text, said);
    },
  };
}

function row() {
  const [name, value, from, age] = ["name", "value", "from", "age"].map((part) => el("span", part));
  return {
    node: el("li", "", name, value, from, age),
    update(reading) {
      name.title = reading.metric;
      setText(name, pick(reading.name));
      setText(value, spell(reading).filter(Boolean).join(" "));
      setText(from, [tag(reading.labels), reading.address].filter(Boolean).join(" · "));
      setText(age, ago(reading.now - reading.at));
    },
  };
}
