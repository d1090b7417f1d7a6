// Building and updating elements. Text from devices reaches the page through textContent only.

export function el(tag, name = "", ...children) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...children);
  return node;
}

// Writing an unchanged text would make screen readers say it again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

const kept = new WeakMap();

// Shows one part per item, in order. A part is {node, update(item)}: made once per key, so that an open disclosure,
// a selection and the keyboard's focus survive every update.
export function keyed(parent, items, keyOf, make) {
  const before = kept.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.firstChild;
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, index);
    const part = before.get(key) ?? make(item);
    before.delete(key);
    after.set(key, part);
    part.update(item);
    if (part.node === place) place = place.nextSibling;
    else parent.insertBefore(part.node, place);
  }
  for (const part of before.values()) part.node.remove();
  kept.set(parent, after);
}
