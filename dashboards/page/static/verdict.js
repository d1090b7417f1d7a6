// The one sentence on top, to be understood from five metres in two seconds: colour, shape and words say the same.

import { setText } from "./dom.js";
import { shape } from "./shapes.js";
import { pick, say } from "./words.js";

// {state, headline, todo, advice}: `advice` says whether `todo` is something to do.
export function judge({ snapshot, old }) {
  if (!snapshot) return { state: "unknown", headline: say("connecting"), todo: say("connecting_do") };
  if (!old) return current(snapshot);
  return { state: "unknown", headline: say("blind"), todo: say("blind_do", current(snapshot)) };
}

function current({ alarms, devices }) {
  const silent = devices.filter(({ up }) => !up).map(({ name }) => name);
  if (alarms.length) return alarmed(alarms);
  if (!devices.length) return { state: "unknown", headline: say("empty"), todo: say("empty_do"), advice: true };
  if (silent.length) {
    return { state: "unknown", headline: say("incomplete"), todo: say("incomplete_do", { devices: silent.join(", ") }) };
  }
  const todo = say(devices.length === 1 ? "normal_do_one" : "normal_do", { n: devices.length });
  return { state: "normal", headline: say("normal"), todo };
}

function alarmed(alarms) {
  const [gravest] = alarms; // the agent sends them in this order
  const key = alarms.length === 1 ? "alarms_one" : "alarms_many";
  const headline = say(key, { n: alarms.length, says: pick(gravest.says) });
  return { state: gravest.severity, headline, todo: pick(gravest.do), advice: true };
}

export function verdict(section) {
  const [headline, label, todo] = ["h1", ".label", ".todo"].map((part) => section.querySelector(part));
  const sign = shape();
  section.prepend(sign.node);
  return (view) => {
    const { state, advice = false, ...words } = judge(view);
    section.dataset.state = state;
    sign.update(state);
    setText(headline, words.headline);
    setText(label, advice ? say("what_to_do") : "");
    setText(todo, words.todo);
    document.title = `${words.headline} · roomready`;
  };
}
