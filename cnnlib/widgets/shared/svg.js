// Elements of a drawing.

const NAMESPACE = "http://www.w3.org/2000/svg";

/** An element of a drawing with attributes and children, which may be text. */
export function makeSvg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
