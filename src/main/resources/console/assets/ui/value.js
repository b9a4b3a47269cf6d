// The values of an entity.

import { h } from "../lib/preact.js";
import { control, fieldsOf } from "../form/schema.js";
import { Reference } from "./reference.js";
import { canContainSecret, Secret } from "./secret.js";

const SECOND = 1000;

/** Names the time zone, because operators in several zones read and copy the time. */
const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

const textOf = (parts) => parts.map((part) => part.value).join("");

/** A time of the Admin API: seconds since 1970. A narrow column breaks it before the hour. */
export function Time({ seconds }) {
  const date = new Date(seconds * SECOND);
  // A client may set created_at, and to a number that is no date.
  if (Number.isNaN(date.getTime())) {
    return h("code", null, String(seconds));
  }
  const parts = FORMAT.formatToParts(date);
  const clock = parts.findIndex((part) => part.type === "hour");
  return h("time", { dateTime: date.toISOString() },
    textOf(parts.slice(0, clock)), h("span", { class: "clock" }, textOf(parts.slice(clock))));
}

function Plain({ value }) {
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  if (typeof value === "object") {
    return h("pre", null, JSON.stringify(value, null, 2));
  }
  return h("code", null, String(value));
}

/** Props: `field` is its description in the schema, `value` may be null. */
export function Value({ field, value }) {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) {
    return h("span", { class: "none" }, "–");
  }
  if (field.timestamp) {
    return h(Time, { seconds: value });
  }
  if (field.type === "foreign") {
    return h(Reference, { to: field.reference, id: value.id });
  }
  if (control(field) === "record") {
    return h(Values, { fields: fieldsOf(field), entity: value });
  }
  if ((typeof value === "string" || typeof value === "object") && canContainSecret(field)) {
    return h(Secret, { name: field.name, value: typeof value === "object" ? JSON.stringify(value) : value });
  }
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return h("ul", { class: "plain" }, value.map((item) => h("li", null, h("code", null, String(item)))));
  }
  return h(Plain, { value });
}

/** The fields of an entity, or of a record in it, with their values. */
export function Values({ fields, entity }) {
  return h("dl", { class: "values" }, fields.map((field) => h("div", { key: field.name },
    h("dt", null, field.name),
    h("dd", null, h(Value, { field, value: entity[field.name] })))));
}
