// One card per device: whether it answers, its key values with their ages, and behind a disclosure everything it says.

import { el, keyed, setClass, setText } from "./dom.js";
import { ago, duration } from "./format.js";
import { tilesOf } from "./kinds.js";
import { details } from "./readings.js";
import { shape } from "./shapes.js";
import { tag, tile } from "./tiles.js";
import { KINDS, ZONES, pick, say, word } from "./words.js";

const STATUS = new Map([[true, ["normal", "up"]], [false, ["warning", "down"]], [null, ["unknown", "never"]]]);

export function card() {
  const parts = {
    sign: shape(),
    status: el("span"),
    name: el("h3"),
    what: el("p", "what"),
    trouble: el("p", "trouble"),
    alarms: el("ul", "chips"),
    tiles: el("dl", "tiles"),
    age: el("span", "age"),
    details: details(),
  };
  const status = el("span", "status", parts.sign.node, parts.status);
  const head = el("header", "", el("div", "", parts.name, parts.what), status);
  const foot = el("footer", "", parts.age, parts.details.node);
  const node = el("article", "card", head, parts.trouble, parts.alarms, parts.tiles, foot);
  return { node, update: (item) => update(node, parts, item) };
}

function update(node, parts, { device, alarms, now }) {
  const [sign, key] = STATUS.get(device.up);
  node.dataset.state = alarms[0]?.severity ?? sign;
  parts.sign.update(sign);
  setText(parts.status, say(key));
  setText(parts.name, device.name);
  setText(parts.what, [word(KINDS, device.kind), word(ZONES, device.zone)].filter(Boolean).join(" · "));
  setText(parts.trouble, device.up === false ? outage(device, now) : "");
  keyed(parts.alarms, alarms, ({ alarm, labels }) => `${alarm} ${JSON.stringify(labels)}`, chip);
  keyed(parts.tiles, tilesOf(device).map((item) => ({ ...item, now })), (item) => item.key, tile);
  setText(parts.age, device.last_reading_at === null ? say("never_read") : readAt(device.last_reading_at, now));
  parts.details.update({ device, now });
}

const outage = ({ down_since, fault }, now) =>
  [say("down_for", { time: duration(now - (down_since ?? now)) }), fault].filter(Boolean).join(" – ");

const readAt = (at, now) => say("read", { ago: ago(now - at) });

function chip() {
  const sign = shape();
  const title = el("span");
  const node = el("li", "", sign.node, title);
  return {
    node,
    update(alarm) {
      setClass(node, `chip ${alarm.severity}`);
      sign.update(alarm.severity);
      setText(title, [pick(alarm.title), tag(alarm.labels)].filter(Boolean).join(" · "));
    },
  };
}
