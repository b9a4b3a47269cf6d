// Tables of entities.

import { h } from "../lib/preact.js";
import { link } from "../router.js";

/**
 * Columns are `{title, cell(row), isWide}`; those that are wide are omitted on a narrow screen, so another page has to show their values.
 */
export function Table({ caption, columns, rows, rowKey = (row) => row.id }) {
  const style = (column) => (column.isWide ? "wide" : "");
  return h("div", { class: "table", role: "region", "aria-label": caption, tabIndex: 0 },
    h("table", null,
      h("caption", { class: "hidden" }, caption),
      h("thead", null, h("tr", null,
        columns.map((column) => h("th", { scope: "col", class: style(column) }, column.title)))),
      h("tbody", null, rows.map((row) => h("tr", { key: rowKey(row) },
        columns.map((column, index) => (index === 0
          ? h("th", { scope: "row" }, column.cell(row))
          : h("td", { class: style(column) }, column.cell(row)))))))));
}

/** The tags of an entity, each a link to the list of those that have it. */
export function Tags({ page, tags }) {
  if (!tags || tags.length === 0) {
    return h("span", { class: "none" }, "–");
  }
  return h("span", { class: "tags" },
    tags.map((tag) => h("a", { class: "tag", href: link([page], { tags: tag }) }, tag)));
}
