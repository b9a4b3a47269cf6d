// The columns of the lists of entities.

import { h } from "./lib/preact.js";
import { nameOf } from "./entities.js";
import { link } from "./router.js";
import { Reference } from "./ui/reference.js";
import { Tags } from "./ui/table.js";

const NONE = "–";

function codes(values) {
  return values && values.length > 0 ? h("span", { class: "codes" }, values.map((value) => h("code", null, value))) : NONE;
}

/** What a Route requires of a request. */
function requirements(route) {
  const headers = Object.keys(route.headers || {}).map((name) => `${name}: …`);
  return codes([
    ...(route.methods || []), ...(route.hosts || []), ...(route.paths || []), ...headers, ...(route.snis || []),
  ]);
}

/** Where a Plugin applies. */
export function Place({ plugin }) {
  const places = ["service", "route", "consumer"].filter((name) => plugin[name]);
  if (places.length === 0) {
    return "every request";
  }
  return h("span", { class: "codes" }, places.map((name) => h("span", { key: name },
    `${name} `, h(Reference, { to: `${name}s`, id: plugin[name].id }))));
}

const COLUMNS = {
  services: [
    { title: "Upstream", cell: (one) => h("code", null, `${one.protocol}://${one.host}:${one.port}${one.path || ""}`) },
    { title: "Enabled", cell: (one) => (one.enabled ? "yes" : "no"), isWide: true },
  ],
  routes: [
    { title: "Selects", cell: requirements },
    { title: "Service", cell: (one) => (one.service ? h(Reference, { to: "services", id: one.service.id }) : NONE) },
  ],
  plugins: [
    { title: "Applies to", cell: (one) => h(Place, { plugin: one }) },
    { title: "Enabled", cell: (one) => (one.enabled ? "yes" : "no") },
  ],
  consumers: [
    { title: "Custom id", cell: (one) => one.custom_id || NONE },
  ],
  oauth2_credentials: [
    { title: "Client id", cell: (one) => h("code", null, one.client_id) },
    { title: "Consumer", cell: (one) => h(Reference, { to: "consumers", id: one.consumer.id }) },
    { title: "Type", cell: (one) => one.client_type, isWide: true },
  ],
  upstreams: [
    { title: "Algorithm", cell: (one) => one.algorithm },
  ],
};

/** Returns the columns of an entity. The first is its name, a link to its page. */
export function columnsOf(entity) {
  const name = {
    title: entity.schema === "plugins" ? "Plugin" : "Name",
    cell: (one) => h("a", { href: link([entity.page, one.id]) }, label(entity, one)),
  };
  return [
    name,
    ...COLUMNS[entity.schema],
    { title: "Tags", cell: (one) => h(Tags, { page: entity.page, tags: one.tags }), isWide: true },
  ];
}

function label(entity, one) {
  return entity.schema === "plugins" && one.instance_name ? `${one.name} (${one.instance_name})` : nameOf(entity, one);
}
