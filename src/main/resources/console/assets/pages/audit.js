// Audit: who changed what, the newest first.

import { h } from "../lib/preact.js";
import { get, withQuery } from "../api.js";
import { byName } from "../entities.js";
import { link } from "../router.js";
import { Load } from "../ui/load.js";
import { Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Table } from "../ui/table.js";
import { Time } from "../ui/value.js";

const SIZE = 50;
/** Changes of a request that are shown without a click on their number. */
const FEW = 3;

const VERBS = { create: "created", update: "changed", delete: "deleted" };

const WITHHELD = {
  secret: "not recorded: the field can contain a secret",
  size: "not recorded: too long",
};

/** Props: the `query` of the address: `entity`, the id of the entity whose changes are shown; `offset`. */
export function AuditPage({ query }) {
  const entity = query.get("entity") || "";
  const offset = query.get("offset") || "";
  const target = withQuery("audit/requests", { size: SIZE, entity_id: entity, offset });
  return h(Page, { title: "Audit" },
    entity === "" ? null : h(Filter, { entity }),
    h(Load, { load: (signal) => get(target, signal), by: target, what: "the changes" },
      (page) => h(Requests, { page, entity, offset })));
}

function Filter({ entity }) {
  return h("div", { class: "heading" },
    h("p", null, "Changes of ", h("code", null, entity)),
    h("a", { class: "button", href: link(["audit"]) }, "Show all changes"));
}

function Requests({ page, entity, offset }) {
  if (page.data.length === 0) {
    return h(Empty, {
      text: entity === "" && offset === ""
        ? "No change is recorded. A change that you make appears here, unless admin.audit-days is 0."
        : "No change is recorded, or its days have passed.",
    }, entity === "" && offset === "" ? null : h("a", { class: "button", href: link(["audit"]) }, "Show all changes"));
  }
  return h("div", null,
    h("ol", { class: "entries" }, page.data.map((request) => h(Request, { key: request.request_id, request }))),
    h("nav", { class: "pages", "aria-label": "Pages" },
      offset ? h("a", { class: "button", href: link(["audit"], { entity }) }, "First page") : null,
      page.offset ? h("a", { class: "button", href: link(["audit"], { entity, offset: page.offset }) }, "Next page") : null));
}

function Request({ request }) {
  const { changes } = request;
  const list = h("div", { class: "changes" }, changes.map((change, index) => h(Change, { key: index, change })));
  return h("li", null,
    h("h2", null, h(Time, { seconds: request.request_timestamp })),
    h("p", { class: "hint" },
      h("code", null, `${request.method} ${request.path}`), " by ",
      request.rbac_user_name ? `${request.rbac_user_name} at ` : "", h("code", null, request.client_ip),
      ", request ", h("code", null, request.request_id)),
    changes.length <= FEW ? list : h("details", null, h("summary", null, `${changes.length} changes`), list));
}

function Change({ change }) {
  return h("section", null,
    h("h3", null, h(Subject, { change }), ` ${VERBS[change.operation] || change.operation}`),
    change.withheld ? h("p", { class: "hint" }, "The fields are not recorded: the request changed too many.") : null,
    change.fields && change.fields.length > 0 ? h(Fields, { change }) : null);
}

/** What was changed: a link if the console has a page of it. */
function Subject({ change }) {
  const entity = byName(change.entity);
  const kind = entity ? entity.one : change.entity;
  if (change.count !== undefined) {
    return h("span", null, `${change.count} tokens `,
      change.authenticated_userid ? ["of the user ", h("code", null, change.authenticated_userid), " "] : null,
      change.credential ? ["of the Application ", h("code", null, change.credential.id)] : null);
  }
  const name = change.name || change.id;
  const isLinked = entity && change.operation !== "delete";
  return h("span", null, `${kind} `,
    isLinked ? h("a", { href: link([entity.page, change.id]) }, name) : h("code", null, name));
}

function Fields({ change }) {
  const columns = [
    { title: "Field", cell: (field) => h("code", null, field.field) },
    ...(change.operation === "create" ? [] : [{ title: "Before", cell: (field) => h(Recorded, { field, value: field.before }) }]),
    ...(change.operation === "delete" ? [] : [{ title: "After", cell: (field) => h(Recorded, { field, value: field.after }) }]),
  ];
  return h(Table, {
    caption: `Fields of ${change.entity} ${change.name || change.id}`, columns, rows: change.fields, rowKey: (field) => field.field,
  });
}

function Recorded({ field, value }) {
  if (field.withheld) {
    return h("span", { class: "none" }, WITHHELD[field.withheld] || "not recorded");
  }
  if (value === null || value === undefined) {
    return h("span", { class: "none" }, "–");
  }
  return h("code", null, typeof value === "string" ? value : JSON.stringify(value));
}
