// The entities that belong to another one.

import { h } from "../lib/preact.js";
import { get, path, withQuery } from "../api.js";
import { columnsOf } from "../columns.js";
import { byName } from "../entities.js";
import { link } from "../router.js";
import { Load } from "../ui/load.js";
import { Empty } from "../ui/notice.js";
import { Table } from "../ui/table.js";

const SIZE = 100;

/** The schemas of the entities below another, with the field that refers to it. */
const BELOW = {
  services: [
    { schema: "routes", reference: "service", empty: "No Route leads to this Service, so no request reaches it." },
    { schema: "plugins", reference: "service", empty: "No Plugin applies to this Service alone. Without one that authenticates, its API is open." },
  ],
  routes: [{ schema: "plugins", reference: "route", empty: "No Plugin applies to this Route alone." }],
  consumers: [
    {
      schema: "oauth2_credentials",
      reference: "consumer",
      empty: "This list has no Application. Those that have registered themselves are in the list of Applications, "
        + "with the tag dynamic-client-registration.",
    },
    { schema: "plugins", reference: "consumer", empty: "No Plugin applies to this Consumer alone." },
  ],
};

export function Related({ entity, value }) {
  return h("div", null, (BELOW[entity.schema] || []).map((below) => h(Section, { key: below.schema, entity, value, below })));
}

function Section({ entity, value, below }) {
  const other = byName(below.schema);
  const create = h("a", { class: "button", href: link([other.page, "new"], { [below.reference]: value.id }) }, `New ${other.one}`);
  const target = withQuery(path(entity.path, value.id, other.path), { size: SIZE });
  return h("section", null,
    h("div", { class: "heading" }, h("h2", null, other.many), create),
    h(Load, { load: (signal) => get(target, signal), by: target, what: other.many }, (page) => h(List, { other, page, empty: below.empty })));
}

function List({ other, page, empty }) {
  if (page.data.length === 0) {
    return h(Empty, { text: empty });
  }
  return h("div", null,
    h(Table, { caption: other.many, columns: columnsOf(other), rows: page.data }),
    page.offset ? h("p", { class: "hint" }, `These are the first ${page.data.length}.`) : null);
}
