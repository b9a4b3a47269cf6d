// The references of a new entity that its address sets.

const REFERENCES = ["service", "route", "consumer"];

/** @param {URLSearchParams} query */
export function preset(query) {
  return Object.fromEntries(REFERENCES.filter((name) => query.has(name)).map((name) => [name, { id: query.get(name) }]));
}
