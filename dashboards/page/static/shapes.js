// Shapes that tell the states apart without colour: circle and tick, octagon and cross, triangle, square,
// diamond and dash.

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  normal: { body: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", sign: "M7.2 12.4l3.3 3.3 6.4-7" },
  critical: { body: "M8 2h8l6 6v8l-6 6H8l-6-6V8z", sign: "M8 8l8 8M16 8l-8 8" },
  warning: { body: "M12 2L23 21.5H1z", sign: "M12 9v5.6M12 17.6v.6" },
  info: { body: "M3 3h18v18H3z", sign: "M12 11v6.5M12 6.6v.6" },
  unknown: { body: "M12 1l11 11-11 11L1 12z", sign: "M8 12h8" },
};

export function shape() {
  const node = document.createElementNS(SVG, "svg");
  const [body, sign] = ["body", "sign"].map((part) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", part);
    node.append(path);
    return path;
  });
  node.setAttribute("viewBox", "0 0 24 24");
  node.setAttribute("aria-hidden", "true");
  return {
    node,
    update(state) {
      if (node.dataset.state === state) return;
      node.dataset.state = state;
      node.setAttribute("class", `shape ${state}`);
      body.setAttribute("d", SHAPES[state].body);
      sign.setAttribute("d", SHAPES[state].sign);
    },
  };
}

// A share as a thin bar: what is over 1 fills it.
export function bar() {
  const node = document.createElementNS(SVG, "svg");
  const fill = document.createElementNS(SVG, "rect");
  node.setAttribute("class", "bar");
  node.setAttribute("aria-hidden", "true");
  fill.setAttribute("height", "100%");
  node.append(fill);
  return {
    node,
    update(share) {
      fill.setAttribute("width", `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%`);
    },
  };
}
