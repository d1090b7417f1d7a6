// The page: listens to the agent and has every part redraw itself when something new comes, and once a second for the
// ages. A part is a function of the view; a new part (a diagram, a drill) is a section in the HTML and a line in PARTS.

import { alarms } from "./alarms.js";
import { setText } from "./dom.js";
import { devices } from "./devices.js";
import { ago, clock, duration } from "./format.js";
import { Live } from "./live.js";
import { verdict } from "./verdict.js";
import { LANGUAGES, say, speak, spoken } from "./words.js";

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);

const PARTS = [verdict($("verdict")), alarms($("alarms")), devices($("devices")), band, headings];

function band({ snapshot, lost, stuck, silence }) {
  $("band").hidden = !(lost || stuck);
  document.documentElement.classList.toggle("old", lost || stuck);
  if (stuck) setText($("band"), say("stuck", { time: duration(silence) }));
  if (lost) setText($("band"), snapshot ? say("lost", { ago: ago(silence) }) : say("lost_at_once"));
}

function headings({ snapshot, now }) {
  for (const node of document.querySelectorAll("[data-word]")) setText(node, say(node.dataset.word));
  $("language").lang = spoken() === "en" ? "zh-Hans" : "en";
  if (!snapshot) return;
  const { version, started_at, room } = snapshot.agent;
  setText($("room"), room ?? "");
  setText($("time"), say("as_of", { time: clock(snapshot.at) }));
  setText($("agent"), say("agent", { version, time: duration(now - started_at) }));
}

function paint() {
  const { snapshot, lost, stuck, silence } = live;
  const view = { snapshot, lost, stuck, silence, old: lost || stuck, now: snapshot && live.now };
  for (const part of PARTS) part(view);
}

// Asked for in the address, or chosen before, or the browser's own.
function preferred() {
  const wanted = asked.get("lang") ?? remembered() ?? navigator.language;
  return LANGUAGES.find((name) => wanted.toLowerCase().startsWith(name)) ?? LANGUAGES[0];
}

// Browsers may forbid a page to remember.
function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

function switchLanguage() {
  const other = LANGUAGES.find((name) => name !== spoken());
  try {
    localStorage.setItem("language", other);
  } catch {
    // Then the choice lasts as long as the page.
  }
  if (asked.has("lang")) {
    asked.set("lang", other);
    history.replaceState(null, "", `?${asked}`);
  }
  speak(other);
  paint();
}

speak(preferred());
document.documentElement.classList.toggle("wall", asked.has("wall"));
$("language").addEventListener("click", switchLanguage);
const live = new Live("/api/v1/stream", paint);
setInterval(paint, 1000);
paint();
