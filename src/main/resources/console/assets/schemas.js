// The fields of entities, as the Admin API describes them.

import { get, path } from "./api.js";
import { fieldsOf, pluginFields } from "./form/schema.js";

/**
 * Returns the fields of an entity.
 *
 * @param {import("./entities.js").Entity} entity
 * @param {?string} plugin the name of the plugin if the entity is one
 */
export async function fieldsFor(entity, plugin, signal) {
  const common = await get(path("schemas", entity.schema), signal);
  if (entity.schema !== "plugins") {
    return fieldsOf(common);
  }
  return pluginFields(common, await get(path("schemas", "plugins", plugin), signal));
}
