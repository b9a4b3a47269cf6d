// The list of an entity, with search and tags. The address contains all of it, so that it survives a reload.

import { Component, createRef, h } from "../lib/preact.js";
import { get, withQuery } from "../api.js";
import { columnsOf } from "../columns.js";
import { MOST_READ, search } from "../search.js";
import { link, navigate } from "../router.js";
import { Load } from "../ui/load.js";
import { Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Table } from "../ui/table.js";

const SIZE = 100;
const READ = MOST_READ.toLocaleString("en");

/** Props: `entity`, and the `query` of the address: `q` is searched, `tags` filters, `offset` is the page. */
export function ListPage({ entity, query }) {
  const text = query.get("q") || "";
  const tags = query.get("tags") || "";
  const offset = query.get("offset") || "";
  const create = h("a", { class: "button primary", href: link([entity.page, "new"]) }, `New ${entity.one}`);
  const load = text === ""
    ? (signal) => get(withQuery(entity.path, { size: SIZE, tags, offset }), signal)
    : (signal) => search(entity, { text, tags, limit: SIZE }, signal);
  return h(Page, { title: entity.many, actions: create },
    h(Filter, { entity, text, tags, key: `${text} ${tags}` }),
    h(Load, { load, by: `${entity.path} ${query}`, what: entity.many },
      (page) => h(Result, { entity, page, text, tags, offset })));
}

class Filter extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
  }

  submit(event) {
    event.preventDefault();
    const data = new FormData(this.form.current);
    navigate(link([this.props.entity.page], { q: data.get("q").trim(), tags: data.get("tags").trim() }));
  }

  render({ entity, text, tags }) {
    return h("form", { class: "filter", role: "search", ref: this.form, onSubmit: (event) => this.submit(event) },
      h("label", null, h("span", { class: "label" }, "Search"),
        h("input", { type: "search", name: "q", defaultValue: text, placeholder: entity.searched.join(", "), autocomplete: "off" })),
      h("label", null, h("span", { class: "label" }, "Tags"),
        h("input", { type: "text", name: "tags", defaultValue: tags, placeholder: "a,b: both; a/b: any", autocomplete: "off" })),
      h("button", { type: "submit" }, "Search"),
      text || tags ? h("a", { class: "button", href: link([entity.page]) }, "Clear") : null);
  }
}

function Result({ entity, page, text, tags, offset }) {
  if (page.data.length === 0) {
    return text || tags || offset
      ? h(Empty, {
        text: page.isComplete === false
          ? `No ${entity.one} of the first ${READ} matches. Enter the whole name or the id to find another.`
          : `No ${entity.one} matches.`,
      },
        h("a", { class: "button", href: link([entity.page]) }, `Show all ${entity.many}`))
      : h(Empty, { text: entity.purpose },
        h("a", { class: "button primary", href: link([entity.page, "new"]) }, `Create the first ${entity.one}`));
  }
  return h("div", null,
    h("p", { class: "hint", role: "status" }, summary(entity, page, text)),
    h(Table, { caption: entity.many, columns: columnsOf(entity), rows: page.data }),
    h("nav", { class: "pages", "aria-label": "Pages" },
      offset ? h("a", { class: "button", href: link([entity.page], { tags }) }, "First page") : null,
      page.offset ? h("a", { class: "button", href: link([entity.page], { tags, offset: page.offset }) }, "Next page") : null));
}

function summary(entity, page, text) {
  const shown = `${page.data.length} ${page.data.length === 1 ? entity.one : entity.many}`;
  if (text === "") {
    return page.offset ? `${shown}, and more on the next page` : shown;
  }
  if (!page.isComplete && page.data.length < SIZE) {
    return `${shown} found in the first ${READ}. Enter the whole name or the id to find another.`;
  }
  return page.isComplete ? `${shown} found` : `The first ${shown} found. Enter more of the name to find others.`;
}
