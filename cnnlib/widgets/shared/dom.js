// Elements of the page.

/** An element with attributes (onclick and the like are listeners) and children. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Write text only where it differs, so that screen readers announce changes alone. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A name that nothing else on the page has; every widget is a module of its own, so the page does the counting. */
export function uniqueName() {
  window.cnnNames = (window.cnnNames ?? 0) + 1;
  return `cnn-${window.cnnNames}`;
}
