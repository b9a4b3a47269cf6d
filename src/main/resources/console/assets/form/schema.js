// Reads what GET /schemas/… describes.

/**
 * The description of a field, with its name.
 *
 * @typedef {object} Field
 * @property {string} name
 * @property {string} type string, integer, number, boolean, array, set, map, record or foreign
 * @property {boolean} [required]
 * @property {*} [default]
 * @property {Array} [one_of] the values it may have
 * @property {object} [elements] the description of the members of an array or a set
 * @property {Array<object>} [fields] the descriptions of the fields of a record
 */

/** Returns the fields of a schema or of a record: each entry of `fields` is an object with one member. */
export function fieldsOf(schema) {
  return (schema.fields || []).map((entry) => {
    const [name, description] = Object.entries(entry)[0];
    return { ...description, name };
  });
}

/** Returns the fields that an operator may set. */
export function editable(fields) {
  return fields.filter((field) => !field.timestamp
    && !(field.auto && field.uuid)
    && !(Object.hasOwn(field, "eq") && field.eq === null));
}

/** Returns the schema of a plugin: the common fields, with the config and the restrictions of this plugin. */
export function pluginFields(common, special) {
  const specials = new Map(fieldsOf(special).map((field) => [field.name, field]));
  return fieldsOf(common).map((field) => specials.get(field.name) || field);
}

const SCALARS = ["string", "integer", "number"];

/**
 * Returns the control that edits a field: `checkbox`, `yes-no` (also unset), `select`, `choices`, `lines`, `record`, `reference`,
 * `number`, `text` or `json`.
 */
export function control(field) {
  switch (field.type) {
    case "boolean":
      return field.required || typeof field.default === "boolean" ? "checkbox" : "yes-no";
    case "integer":
    case "number":
      return field.one_of ? "select" : "number";
    case "string":
      return field.one_of ? "select" : "text";
    case "foreign":
      return "reference";
    case "record":
      return field.fields && field.fields.length > 0 ? "record" : "json";
    case "array":
    case "set":
      return list(field.elements || {});
    default:
      return "json";
  }
}

function list(elements) {
  if (!SCALARS.includes(elements.type)) {
    return "json";
  }
  return elements.one_of ? "choices" : "lines";
}

/** Returns the values of a new entity: the defaults of its fields, and of the fields of its records. */
export function defaults(fields) {
  return Object.fromEntries(fields.map((field) => [field.name, defaultOf(field)]));
}

function defaultOf(field) {
  if (control(field) === "record") {
    return { ...defaults(fieldsOf(field)), ...field.default };
  }
  return field.default === undefined ? null : field.default;
}

/** Returns the constraints of a field in words. */
export function hint(field) {
  const parts = [];
  const shape = control(field);
  if (shape === "lines") {
    parts.push("one value on each line");
  } else if (shape === "json") {
    parts.push("JSON");
  } else if (shape === "reference") {
    parts.push("name or id");
  }
  if (field.between) {
    parts.push(`${field.between[0]} to ${field.between[1]}`);
  }
  if (field.gt !== undefined) {
    parts.push(`greater than ${field.gt}`);
  }
  if (field.starts_with) {
    parts.push(`begins with ${field.starts_with}`);
  }
  if (field.len_max) {
    parts.push(`at most ${field.len_max} ${field.type === "string" ? "characters" : "values"}`);
  }
  if (field.auto) {
    parts.push("generated if empty");
  }
  if (field.referenceable) {
    parts.push("may be a {vault://…} reference");
  }
  if (field.unique) {
    parts.push("unique");
  }
  return parts.join(", ");
}
