// The members of the cluster.

import { h } from "../lib/preact.js";
import { Table } from "../ui/table.js";

/** Seconds without the changes of the database, from which a node has no contact. A node reads them every second. */
const NO_CONTACT = 5;

/** A name is host/roles, such as `gatehouse-0/proxy+admin`. */
function parts(node) {
  const [host, roles] = (node.name || node.id).split("/");
  return { host, roles: roles ? roles.split("+").join(", ") : "–" };
}

function Catalog({ node, newest }) {
  const behind = newest - node.catalog_version;
  return behind > 0 ? `${node.catalog_version} (${behind} behind)` : node.catalog_version;
}

function Contact({ node }) {
  const isLost = node.database_age > NO_CONTACT;
  return h("span", { class: `health ${isLost ? "unhealthy" : "healthy"}` },
    isLost ? `none for ${Math.round(node.database_age)} s` : "yes");
}

/** Props: `nodes`, as the event stream describes them. */
export function Nodes({ nodes }) {
  const newest = Math.max(...nodes.map((node) => node.catalog_version || 0));
  const unlessLate = (cell) => (node) => (node.late ? "–" : cell(node));
  const columns = [
    { title: "Node", cell: (node) => h("span", null, h("code", null, parts(node).host)) },
    { title: "Roles", cell: (node) => parts(node).roles },
    {
      title: "State",
      cell: (node) => h("span", { class: `health ${node.late ? "unhealthy" : "healthy"}` }, node.late ? "does not respond" : "responds"),
    },
    { title: "Database", cell: unlessLate((node) => h(Contact, { node })) },
    { title: "Catalog", cell: unlessLate((node) => h(Catalog, { node, newest })) },
    { title: "Connections", cell: unlessLate((node) => node.connections) },
    { title: "Requests in flight", cell: unlessLate((node) => node.requests_in_flight) },
    { title: "Version", cell: unlessLate((node) => node.version) },
  ];
  return h("section", null,
    h("h2", null, nodes.length === 1 ? "One node" : `${nodes.length} nodes`),
    h(Table, { caption: "Nodes", columns, rows: nodes }));
}
