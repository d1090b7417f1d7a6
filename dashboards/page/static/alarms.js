// The active alarms, the gravest first: how grave, since when, what it says, what to do.

import { el, keyed, setClass, setText } from "./dom.js";
import { ago, moment } from "./format.js";
import { shape } from "./shapes.js";
import { pick, say } from "./words.js";

export function alarms(section) {
  const list = section.querySelector("ul");
  return ({ snapshot, now }) => {
    const active = snapshot?.alarms ?? [];
    section.hidden = !active.length;
    keyed(list, active.map((item) => ({ ...item, now })), subject, alarm);
  };
}

const subject = ({ alarm: key, device, labels }) => JSON.stringify([key, device, labels]);

function alarm() {
  const sign = shape();
  const [severity, says, todo, since] = ["severity", "says", "todo", "since"].map((name) => el("span", name));
  const node = el("li", "", sign.node, severity, says, since, todo);
  return {
    node,
    update(item) {
      setClass(node, `alarm ${item.severity}`);
      sign.update(item.severity);
      setText(severity, say(item.severity));
      setText(says, pick(item.says));
      setText(todo, pick(item.do));
      setText(since, say("since", { time: moment(item.raised_at, item.now), age: ago(item.now - item.raised_at) }));
    },
  };
}
