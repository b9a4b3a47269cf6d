// Finds the errors of an error response at its fields. `fields` of the response has the shape of the entity.

const FOREIGN_KEY = 4;
const UNIQUE = 5;

/** The texts of errors whose fields have the value in place of a reason. */
const REASONS = { [FOREIGN_KEY]: "there is no entity with this id", [UNIQUE]: "this value is used already" };

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
  const rules = error && error.fields ? error.fields["@entity"] : null;
  return Array.isArray(rules) ? rules : [];
}
