// The page of one entity.

import { h } from "../lib/preact.js";
import { find, path } from "../api.js";
import { nameOf } from "../entities.js";
import { link } from "../router.js";
import { fieldsFor } from "../schemas.js";
import { Load } from "../ui/load.js";
import { Page } from "../ui/page.js";
import { Values } from "../ui/value.js";
import { ApplicationSecret, ApplicationTokens } from "./application.js";
import { DeleteButton } from "./delete.js";
import { MissingEntity } from "./missing.js";
import { Related } from "./related.js";
import { Targets } from "./targets.js";

async function load(entity, id, signal) {
  const value = await find(path(entity.path, id), signal);
  return value === null ? null : { value, fields: await fieldsFor(entity, value.name, signal) };
}

/** Props: `entity` and the `id` of the address. */
export function DetailPage({ entity, id }) {
  return h(Load, { load: (signal) => load(entity, id, signal), by: `${entity.path} ${id}`, what: entity.one, isPage: true },
    (found) => (found === null ? h(MissingEntity, { entity }) : h(Detail, { entity, ...found })));
}

function Detail({ entity, value, fields }) {
  const isApplication = entity.schema === "oauth2_credentials";
  const shown = fields.filter((field) => !(entity.createOnly || []).includes(field.name));
  const tried = { routes: { route: value.id }, oauth2_credentials: { application: value.id } }[entity.schema];
  const actions = [
    tried ? h("a", { class: "button", href: link(["try"], tried) }, "Try it") : null,
    h("a", { class: "button", href: link(["audit"], { entity: value.id }) }, "Changes"),
    h("a", { class: "button", href: link([entity.page, value.id, "edit"]) }, "Edit"),
    h(DeleteButton, { entity, value }),
  ];
  return h(Page, {
    title: `${entity.one} ${nameOf(entity, value)}`,
    parent: { text: entity.many, href: link([entity.page]) },
    actions,
  },
  entity.schema === "upstreams" ? h(Targets, { upstream: value }) : null,
  isApplication ? h(ApplicationTokens, { application: value }) : null,
  isApplication ? h(ApplicationSecret, { application: value }) : null,
  h(Related, { entity, value }),
  h("section", null, h("h2", null, "Fields"), h(Values, { fields: shown, entity: value })));
}
