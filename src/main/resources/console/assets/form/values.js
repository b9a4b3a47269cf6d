// Converts between the values of an entity and the text of its form.

import { control, fieldsOf } from "./schema.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns the name of a form control: the path of its field. */
export function controlName(path) {
  return path.join(".");
}

/** Text that a control contains and no value of its field can be read from. */
export class FieldError extends Error {
  constructor(path, message) {
    super(message);
    this.path = path;
  }
}

/** Returns the text that a control shows for a value. */
export function textOf(field, value) {
  if (value === null || value === undefined) {
    return "";
  }
  switch (control(field)) {
    case "lines":
      return value.join("\n");
    case "json":
      return JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

/**
 * Reads the values of all fields from a form. A control without text is null.
 *
 * @param {function(string): string[]} read returns the texts of the controls of a name
 * @param {function(string): string} keyOf the field that names an entity of a schema in a reference
 * @throws {FieldError}
 */
export function readFields(fields, read, keyOf, path = []) {
  return Object.fromEntries(fields.map((field) => [field.name, readField(field, read, keyOf, [...path, field.name])]));
}

function readField(field, read, keyOf, path) {
  if (control(field) === "record") {
    return readFields(fieldsOf(field), read, keyOf, path);
  }
  const texts = read(controlName(path));
  const text = texts.length === 0 ? "" : texts[0];
  switch (control(field)) {
    case "checkbox":
      return texts.length > 0;
    case "yes-no":
      return text === "" ? null : text === "true";
    case "choices":
      return texts.length === 0 && !field.required ? null : texts.map((item) => scalar(field.elements, item));
    case "lines":
      return lines(field, text);
    case "number":
    case "select":
      return text === "" ? null : scalar(field, text);
    case "reference":
      return reference(field, text.trim(), keyOf);
    case "json":
      return json(text, path);
    default:
      return text === "" ? null : text;
  }
}

function lines(field, text) {
  const items = text.split("\n").map((item) => item.trim()).filter((item) => item !== "");
  return items.length === 0 && !field.required ? null : items.map((item) => scalar(field.elements, item));
}

/** Text that is no number stays text, so that the Admin API reports it at the field. */
function scalar(field, text) {
  if (field.type === "string") {
    return text;
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function reference(field, text, keyOf) {
  if (text === "") {
    return null;
  }
  return UUID.test(text) ? { id: text } : { [keyOf(field.reference)]: text };
}

function json(text, path) {
  if (text.trim() === "") {
    return null;
  }
  try {
    return JSON.parse(text);
  } catch (failure) {
    throw new FieldError(path, `expected JSON: ${failure.message}`);
  }
}

/**
 * Returns the fields that differ, with their new values. In a record only those of its fields that differ, because the Admin API merges
 * records.
 */
export function changes(fields, before, after) {
  const changed = {};
  for (const field of fields) {
    const old = before[field.name] === undefined ? null : before[field.name];
    const now = after[field.name];
    if (control(field) === "record") {
      const nested = changes(fieldsOf(field), old || {}, now);
      if (Object.keys(nested).length > 0) {
        changed[field.name] = nested;
      }
    } else if (!isEqual(field, old, now)) {
      changed[field.name] = now;
    }
  }
  return changed;
}

/**
 * A set has no order. A list without values and no list are the same to the Admin API. A list that is edited as lines is compared as the
 * form reads it: a value with a space at its end, or with several lines, has not changed because the form cannot show it.
 */
function isEqual(field, stored, now) {
  const old = control(field) === "lines" && stored !== null ? lines(field, textOf(field, stored)) : stored;
  const isNothing = (value) => value === null || (Array.isArray(value) && value.length === 0);
  const text = (value) => JSON.stringify(field.type === "set" && Array.isArray(value) ? [...value].sort() : value);
  return (isNothing(old) && isNothing(now)) || text(old) === text(now);
}
