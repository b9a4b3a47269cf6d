// The page that creates or changes an entity.

import { h } from "../lib/preact.js";
import { find, path, request } from "../api.js";
import { nameOf } from "../entities.js";
import { leave } from "../flash.js";
import { EntityForm } from "../form/form.js";
import { defaults, editable } from "../form/schema.js";
import { link, navigate } from "../router.js";
import { preset } from "../preset.js";
import { fieldsFor } from "../schemas.js";
import { Load } from "../ui/load.js";
import { Page } from "../ui/page.js";
import { evictName } from "../ui/names.js";
import { MissingEntity } from "./missing.js";

/** Props: `entity`; `id`, null for a new one; the `query` of the address, which presets `name` of a Plugin and references. */
export function EditPage({ entity, id, query }) {
  const load = async (signal) => {
    const stored = id === null ? null : await find(path(entity.path, id), signal);
    if (id !== null && stored === null) {
      return null;
    }
    const plugin = stored === null ? query.get("name") : stored.name;
    const fields = editable(await fieldsFor(entity, plugin, signal));
    const omitted = stored === null ? [] : entity.createOnly || [];
    return { stored, plugin, fields: fields.filter((field) => !omitted.includes(field.name)) };
  };
  return h(Load, { load, by: `${entity.path} ${id} ${query}`, what: "the form", isPage: true },
    (found) => (found === null ? h(MissingEntity, { entity }) : h(Edit, { entity, query, ...found })));
}

function Edit({ entity, query, stored, plugin, fields }) {
  const isPlugin = entity.schema === "plugins";
  // The name decides which config a Plugin has, so it is chosen before.
  const shown = isPlugin ? fields.filter((field) => field.name !== "name") : fields;
  const back = stored === null ? link([entity.page]) : link([entity.page, stored.id]);
  const title = stored === null
    ? `New ${entity.one}${isPlugin ? ` ${plugin}` : ""}`
    : `Edit the ${entity.one} ${nameOf(entity, stored)}`;
  const save = async (changed, left) => {
    const body = stored === null && isPlugin ? { name: plugin, ...changed } : changed;
    const { data, lateNodes } = stored === null
      ? await request("POST", entity.path, { body })
      : await request("PATCH", path(entity.path, stored.id), { body });
    evictName(entity, data.id);
    leave({ text: `The ${entity.one} ${nameOf(entity, data)} is ${stored === null ? "created" : "saved"}.`, lateNodes });
    if (!left.aborted) {
      navigate(link([entity.page, data.id]), { replace: true });
    }
  };
  return h(Page, { title, parent: { text: entity.many, href: link([entity.page]) } },
    h(EntityForm, {
      fields: shown,
      initial: stored === null ? defaults(shown) : stored,
      preset: stored === null ? preset(query) : {},
      submitLabel: stored === null ? `Create the ${entity.one}` : "Save",
      cancel: back,
      onSubmit: save,
    }));
}

