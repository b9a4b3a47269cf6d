// Tokens: found by the token itself, by user or by application, and revoked.

import { Component, h } from "../lib/preact.js";
import { get, path, withQuery } from "../api.js";
import { link } from "../router.js";
import { Load } from "../ui/load.js";
import { Done, Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Table } from "../ui/table.js";
import { FindToken, Owners } from "./token-search.js";
import { RevokeAll, RevokeOne } from "./token-revoke.js";
import { tokenColumns } from "./token-values.js";

const SIZE = 100;

/** Props: the `query` of the address: `application` (its id or client_id), `user`, `offset`. */
export function TokensPage({ query }) {
  const owner = { application: query.get("application") || "", user: query.get("user") || "" };
  const isFiltered = owner.application !== "" || owner.user !== "";
  return h(Page, { title: "Tokens" },
    h("p", null, "Paste a token to see who it belongs to, or show the tokens of a user or an Application."),
    h(FindToken, null),
    h(Owners, { ...owner, key: `${owner.application} ${owner.user}` }),
    isFiltered
      ? h(List, { owner, offset: query.get("offset") || "", key: query.toString() })
      : null);
}

/** The tokens of an owner, below the result of the last revocation: the nodes that may still accept a token. */
class List extends Component {
  revoked(text, { lateNodes }, reload) {
    this.setState({ done: { text, lateNodes } });
    return reload();
  }

  render({ owner, offset }, { done }) {
    // Load shows the error of a name that no path can contain. Here it would end the page.
    const load = async (signal) => {
      const collection = owner.application === "" ? "oauth2_tokens" : path("oauth2", owner.application, "oauth2_tokens");
      return get(withQuery(collection, { authenticated_userid: owner.user, size: SIZE, offset }), signal);
    };
    return [
      done ? h(Done, { key: "done", message: done }) : null,
      h(Load, { key: "list", load, by: "tokens", what: "the tokens" }, (page, reload) => h(Tokens, {
        owner, page, offset, onRevoked: (text) => (result) => this.revoked(text, result, reload),
      })),
    ];
  }
}

function Tokens({ owner, page, offset, onRevoked }) {
  if (page.data.length === 0) {
    return h(Empty, { text: offset === "" ? "There are no valid tokens." : "There are no more tokens." },
      offset === "" ? null : h("a", { class: "button", href: link(["tokens"], owner) }, "First page"));
  }
  const columns = [
    ...tokenColumns(),
    { title: "Actions", cell: (token) => h(RevokeOne, { token, onRevoked: onRevoked(`The token ${token.id} is revoked.`) }) },
  ];
  return h("section", null,
    h("div", { class: "heading" },
      h("h2", null, page.offset ? `${page.data.length} tokens, and more on the next page` : `Tokens: ${page.data.length}`),
      h(RevokeAll, { ...owner, onRevoked: onRevoked("The tokens are revoked.") })),
    h(Table, { caption: "Tokens", columns, rows: page.data }),
    h("nav", { class: "pages", "aria-label": "Pages" },
      offset ? h("a", { class: "button", href: link(["tokens"], owner) }, "First page") : null,
      page.offset ? h("a", { class: "button", href: link(["tokens"], { ...owner, offset: page.offset }) }, "Next page") : null));
}
