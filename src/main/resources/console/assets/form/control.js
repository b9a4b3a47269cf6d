// One field of a form: label, control, constraints and error.

import { h } from "../lib/preact.js";
import { ReferenceInput } from "./reference-input.js";
import { control, fieldsOf, hint } from "./schema.js";
import { errorAt, recordErrorAt } from "./errors.js";
import { canContainSecret, isSecret } from "../ui/secret.js";
import { controlName, textOf } from "./values.js";

/**
 * Props: `field`, its `path` in the entity, its `value` at the beginning, and the `error` of the last response. The browser keeps what
 * the operator enters, so a new error does not reset it.
 */
export function FieldControl({ field, path, value, error }) {
  if (control(field) === "record") {
    const id = `field-${controlName(path)}`;
    const problem = recordErrorAt(error, path);
    return h("fieldset", problem ? { class: "invalid", "aria-describedby": `${id}-error` } : null,
      h("legend", null, field.name),
      problem ? h("p", { class: "problem", id: `${id}-error` }, problem) : null,
      fieldsOf(field).map((nested) => h(FieldControl, {
        key: nested.name,
        field: nested,
        path: [...path, nested.name],
        value: value ? value[nested.name] : null,
        error,
      })));
  }
  const id = `field-${controlName(path)}`;
  const problem = errorAt(error, path);
  const help = hint(field);
  const described = [help ? `${id}-hint` : "", problem ? `${id}-error` : ""].filter((one) => one !== "").join(" ");
  const common = {
    id,
    name: controlName(path),
    "aria-describedby": described || undefined,
    "aria-invalid": problem ? "true" : undefined,
  };
  const isChoices = control(field) === "choices";
  return h("div", { class: problem ? "field invalid" : "field" },
    isChoices
      ? h("span", { class: "label", id: `${id}-label` }, label(field))
      : h("label", { class: "label", for: id }, label(field)),
    h(Input, { field, value, common, labelledBy: `${id}-label` }),
    help ? h("p", { class: "hint", id: `${id}-hint` }, help) : null,
    problem ? h("p", { class: "problem", id: `${id}-error` }, problem) : null);
}

/** A boolean that is required has always a value, so it needs no mark. */
function label(field) {
  const isMarked = field.required && field.default === undefined && !field.auto && field.type !== "boolean";
  return [field.name, isMarked ? h("span", { class: "required" }, " (required)") : null];
}

/** A control with lines cannot be of the type password. The style sheet hides its text until it has the focus. */
function mask(field) {
  return canContainSecret(field) ? "masked" : "";
}

function Input({ field, value, common, labelledBy }) {
  switch (control(field)) {
    case "checkbox":
      return h("input", { ...common, type: "checkbox", value: "true", defaultChecked: value === true });
    case "yes-no":
      return h(Select, { common, value, options: [["", "not set"], ["true", "yes"], ["false", "no"]] });
    case "select":
      return h(Select, {
        common,
        value,
        options: [...(field.required ? [] : [["", "not set"]]), ...field.one_of.map((one) => [String(one), String(one)])],
      });
    case "choices":
      return h(Choices, { field, value, common, labelledBy });
    case "lines":
      return h("textarea", { ...common, rows: 3, class: mask(field), defaultValue: textOf(field, value), spellcheck: false });
    case "json":
      return h("textarea", { ...common, rows: 5, class: `code ${mask(field)}`, defaultValue: textOf(field, value), spellcheck: false });
    case "reference":
      return h(ReferenceInput, { common, to: field.reference, id: value ? value.id : "" });
    case "number":
      return h("input", { ...common, type: "text", inputMode: "decimal", defaultValue: textOf(field, value), autocomplete: "off" });
    default:
      return text(field, value, common);
  }
}

/** A text with lines, such as a certificate, needs a control with lines. */
function text(field, value, common) {
  const shown = textOf(field, value);
  if (shown.includes("\n")) {
    return h("textarea", { ...common, rows: 6, class: "code", defaultValue: shown, spellcheck: false });
  }
  return isSecret(field.name)
    ? h("input", { ...common, type: "password", defaultValue: shown, autocomplete: "new-password" })
    : h("input", { ...common, type: "text", defaultValue: shown, autocomplete: "off", spellcheck: false });
}

function Select({ common, value, options }) {
  const selected = value === null || value === undefined ? "" : String(value);
  return h("select", common,
    options.map(([option, shown]) => h("option", { value: option, selected: option === selected }, shown)));
}

function Choices({ field, value, common, labelledBy }) {
  const chosen = value || [];
  return h("div", { class: "choices", role: "group", "aria-labelledby": labelledBy, "aria-describedby": common["aria-describedby"] },
    field.elements.one_of.map((one) => h("label", null,
      h("input", { type: "checkbox", name: common.name, value: String(one), defaultChecked: chosen.includes(one) }),
      ` ${one}`)));
}
