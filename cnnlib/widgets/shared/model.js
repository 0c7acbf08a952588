// The traits that a widget shares with Python.

/** The values of the named traits, by name. */
export const read = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

/** Change traits, here and in Python where there is a kernel. */
export function store(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

/** Draw now and after every change of the named traits; returns what stops it. */
export function follow(model, names, draw) {
  const events = names.map((name) => `change:${name}`);
  for (const event of events) model.on(event, draw);
  draw();
  return () => {
    for (const event of events) model.off(event, draw);
  };
}

/** A trait of bytes, whichever view of them this front end hands out. */
export function bytes(model, name) {
  const data = model.get(name);
  return data.buffer ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
