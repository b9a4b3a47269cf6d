// "Which Route matches?": the Route of a request, its plugins and its upstream URL.

import { Component, createRef, h } from "../lib/preact.js";
import { request } from "../api.js";
import { link, navigate } from "../router.js";
import { Load } from "../ui/load.js";
import { Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Reference } from "../ui/reference.js";
import { Table } from "../ui/table.js";

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** Reads lines such as `X-Canary: yes`. A repeated name has several values. */
export function parseHeaders(text) {
  // A plain object would have a value for names such as constructor.
  const headers = Object.create(null);
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const colon = line.indexOf(":");
    if (colon < 1) {
      throw new Error(`"${line}" is no header: write "Name: value".`);
    }
    const name = line.slice(0, colon).trim();
    headers[name] = [...(headers[name] || []), line.slice(colon + 1).trim()];
  }
  return headers;
}

/** Returns the URL with the characters encoded as a browser does. */
export function encoded(url) {
  try {
    return new URL(url).href;
  } catch {
    throw new Error("Enter a whole URL, such as http://api.example/orders.");
  }
}

/** Returns the URL of a request to match. A path is one of http://localhost. */
function requested(url) {
  return encoded(url.startsWith("/") ? `http://localhost${url}` : url);
}

/** Returns the message of the error that a check throws, or null. */
function messageOf(check) {
  try {
    check();
    return null;
  } catch (error) {
    return error.message;
  }
}

async function find({ method, url, headers }, signal) {
  const body = { method, url: requested(url), headers: parseHeaders(headers) };
  return (await request("POST", "gatehouse/route-match", { body, signal })).data;
}

/** Props: the `query` of the address: `method`, `url`, `headers` in lines. */
export function MatchPage({ query }) {
  const asked = { method: query.get("method") || "GET", url: query.get("url") || "", headers: query.get("headers") || "" };
  return h(Page, { title: "Which Route matches?" },
    h("p", null, "Enter a request. The gateway does not send it; it finds the Route, its Plugins and the upstream URL."),
    h(Form, { ...asked, key: query.toString() }),
    asked.url === ""
      ? null
      : h(Load, { load: (signal) => find(asked, signal), by: query.toString(), what: "the match" },
        (match) => h(Match, { match })));
}

class Form extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
  }

  submit(event) {
    event.preventDefault();
    const data = new FormData(this.form.current);
    const [method, url, headers] = ["method", "url", "headers"].map((name) => data.get(name).trim());
    const errors = {
      url: messageOf(() => requested(url)),
      headers: messageOf(() => parseHeaders(headers)),
    };
    if (errors.url || errors.headers) {
      this.setState({ errors }, () => this.form.current.querySelector("[aria-invalid]").focus());
    } else {
      navigate(link(["match"], { method, url: requested(url), headers }));
    }
  }

  render({ method, url, headers }, { errors = {} }) {
    return h("form", { class: "entity", ref: this.form, noValidate: true, onSubmit: (event) => this.submit(event) },
      h("div", null,
        h("label", { class: "label", for: "match-method" }, "Method"),
        h("select", { id: "match-method", name: "method" },
          METHODS.map((one) => h("option", { value: one, selected: one === method }, one)))),
      h("div", null,
        h("label", { class: "label", for: "match-url" }, "URL"),
        h("input", {
          id: "match-url", name: "url", type: "text", inputMode: "url", defaultValue: url, placeholder: "http://api.example/orders",
          spellcheck: false, autocomplete: "off",
          "aria-invalid": errors.url ? "true" : undefined, "aria-describedby": "match-url-hint match-url-problem",
        }),
        h("p", { class: "hint", id: "match-url-hint" }, "A path such as /orders is one of http://localhost."),
        h("p", { class: "problem", id: "match-url-problem", role: "alert" }, errors.url)),
      h("div", null,
        h("label", { class: "label", for: "match-headers" }, "Headers"),
        h("textarea", {
          id: "match-headers", name: "headers", rows: 2, defaultValue: headers, placeholder: "X-Canary: yes", spellcheck: false,
          "aria-invalid": errors.headers ? "true" : undefined, "aria-describedby": "match-headers-hint match-headers-problem",
        }),
        h("p", { class: "hint", id: "match-headers-hint" },
          "One on each line. The address of this page contains them, so enter no token."),
        h("p", { class: "problem", id: "match-headers-problem", role: "alert" }, errors.headers)),
      h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Find the Route")));
  }
}

function Match({ match }) {
  if (match.route === null) {
    return h("div", null,
      h(Empty, { text: `No Route matches the path ${match.path}, so the proxy responds 404. Create a Route with this path, or a shorter one.` },
        h("a", { class: "button", href: link(["routes", "new"]) }, "New Route")),
      h(Plugins, { plugins: match.plugins }));
  }
  return h("div", null,
    h("section", null,
      h("h2", null, "Match"),
      h("dl", { class: "values" },
        row("Route", h("a", { href: link(["routes", match.route.id]) }, match.route.name || match.route.id)),
        row("Matched", h("code", null, match.matched_path || "every path")),
        row("Service", match.service
          ? h(Reference, { to: "services", id: match.service.id })
          : "none: a Plugin has to respond, or the proxy responds 503"),
        row("Upstream URL", match.upstream_url ? h("code", null, match.upstream_url) : "–"),
        match.rejected_with
          ? row("Rejected", `The Route is for https alone, so the proxy responds ${match.rejected_with} to this request.`)
          : null,
        row("Configuration", `version ${match.catalog_version}`))),
    h(Plugins, { plugins: match.plugins }));
}

function row(name, value) {
  return h("div", { key: name }, h("dt", null, name), h("dd", null, value));
}

function Plugins({ plugins }) {
  const columns = [
    {
      title: "Plugin",
      cell: (plugin) => (plugin.id ? h("a", { href: link(["plugins", plugin.id]) }, plugin.name) : plugin.name),
    },
    {
      title: "Runs for",
      cell: (plugin) => [
        plugin.id ? "every Consumer" : "",
        plugin.consumers > 0 ? `${plugin.consumers} with a configuration of their own` : "",
      ].filter((part) => part !== "").join(", "),
    },
  ];
  return h("section", null,
    h("h2", null, "Plugins in the order in which they run"),
    plugins.length === 0
      ? h(Empty, { text: "No Plugin runs: the API is open to every client." })
      : h(Table, { caption: "Plugins", columns, rows: plugins, rowKey: (plugin) => plugin.name }));
}
