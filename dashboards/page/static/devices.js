// The devices, in configured order, each with the alarms that are about it.

import { card } from "./cards.js";
import { keyed } from "./dom.js";

export function devices(section) {
  const grid = section.querySelector(".cards");
  return ({ snapshot, now }) => {
    const items = (snapshot?.devices ?? []).map((device) => ({
      device,
      now,
      alarms: snapshot.alarms.filter((alarm) => alarm.device === device.name),
    }));
    keyed(grid, items, ({ device }) => device.name, card);
  };
}
