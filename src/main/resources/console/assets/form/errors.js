// Finds the errors of an error response at its fields. `fields` of the response has the shape of the entity.

import { control, fieldsOf } from "./schema.js";

const FOREIGN_KEY = 4;
const UNIQUE = 5;

/** The texts of errors whose fields have the value in place of a reason. */
const REASONS = { [FOREIGN_KEY]: "there is no entity with this id", [UNIQUE]: "this value is used already" };

/** The member of the errors about several fields together. */
const ENTITY = "@entity";

/** Returns the text of the error at a field, or null. */
export function errorAt(error, path) {
  if (!error) {
    return null;
  }
  if (error.path) {
    return error.path.join(".") === path.join(".") ? error.message : null;
  }
  let node = error.fields;
  for (const step of path) {
    if (node === null || typeof node !== "object") {
      return null;
    }
    node = node[step];
  }
  if (node === undefined || node === null) {
    return null;
  }
  return REASONS[error.code] || text(node);
}

/** Returns the text of the error about a whole record, or null. The errors of its fields stand in its place in the response. */
export function recordErrorAt(error, path) {
  const node = error && error.fields ? path.reduce((at, step) => (isRecord(at) ? at[step] : null), error.fields) : null;
  return node === undefined || node === null || isRecord(node) ? null : errorAt(error, path);
}

function isRecord(node) {
  return node !== null && typeof node === "object" && !Array.isArray(node);
}

/** Returns whether the form shows each error of a response at a field, those about several fields together excepted. */
export function placesOf(error, fields) {
  return Object.entries(error.fields || {}).filter(([name]) => name !== ENTITY).flatMap((entry) => shownIn(fields, entry));
}

function shownIn(fields, [name, node]) {
  if (node === null) {
    return [];
  }
  const field = fields.find((one) => one.name === name);
  return field !== undefined && control(field) === "record" && isRecord(node)
    ? Object.entries(node).flatMap((entry) => shownIn(fieldsOf(field), entry))
    : [field !== undefined];
}

function text(node) {
  if (typeof node !== "object" || node === null) {
    return String(node);
  }
  const isList = Array.isArray(node);
  return Object.entries(node)
    .filter(([, nested]) => nested !== null)
    .map(([key, nested]) => (isList && node.length > 1 ? `${Number(key) + 1}: ${text(nested)}` : text(nested)))
    .join("; ");
}

/** Returns the errors about several fields together. */
export function entityErrors(error) {
  const rules = error && error.fields ? error.fields[ENTITY] : null;
  return Array.isArray(rules) ? rules : [];
}
