// The ways to a token.

import { Component, createRef, h } from "../lib/preact.js";
import { find, path } from "../api.js";
import { link, navigate } from "../router.js";
import { Done, Empty, ErrorNotice } from "../ui/notice.js";
import { Table } from "../ui/table.js";
import { RevokeOne, RevokeRefreshToken } from "./token-revoke.js";
import { tokenColumns } from "./token-values.js";

/** Finds a token by its text, which no address of the console contains: the history of the browser would keep it. */
export class FindToken extends Component {
  constructor(props) {
    super(props);
    this.input = createRef();
    this.controller = new AbortController();
  }

  componentWillUnmount() {
    this.controller.abort();
  }

  /** A later search ends an earlier one, whose late response would be shown as that of the later text. */
  async submit(event) {
    event.preventDefault();
    this.controller.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    const text = this.input.current.value.trim();
    if (text === "") {
      this.setState({ error: new Error("Paste a token."), token: undefined, revoked: null, isSearching: false });
      return;
    }
    this.setState({ error: null, token: undefined, revoked: null, isSearching: true });
    let result;
    try {
      result = { text, token: await find(path("oauth2_tokens", text), signal) };
    } catch (error) {
      result = { error };
    }
    if (!signal.aborted) {
      this.setState({ ...result, isSearching: false });
    }
  }

  revoked(result, { lateNodes }) {
    this.input.current.value = "";
    this.setState({ text: "", token: undefined, revoked: { text: result, lateNodes } });
  }

  render(props, { error, text, token, revoked, isSearching }) {
    const columns = [
      ...tokenColumns(),
      {
        title: "Actions",
        cell: (found) => h(RevokeOne, { token: found, onRevoked: (response) => this.revoked(`The token ${found.id} is revoked.`, response) }),
      },
    ];
    return h("section", null,
      h("form", { class: "filter", onSubmit: (event) => this.submit(event) },
        h("label", null, h("span", { class: "label" }, "Access token"),
          h("input", { type: "password", ref: this.input, autocomplete: "off", spellcheck: false })),
        h("button", { type: "submit", class: "primary" }, "Find the token")),
      isSearching ? h("p", { class: "loading", role: "status" }, "Searching for the token") : null,
      error ? h(ErrorNotice, { error }) : null,
      revoked ? h(Done, { message: revoked }) : null,
      token === null
        ? h(Empty, { text: "No valid access token has this text: it has expired, was revoked or replaced, or another gateway issued it. "
          + "A refresh token is not found here, but its grant can be revoked." },
          h(RevokeRefreshToken, {
            text, onRevoked: (response) => this.revoked("No grant has this refresh token any more.", response),
          }))
        : null,
      token ? h("p", { class: "hint", role: "status" }, "One token found.") : null,
      token ? h(Table, { caption: "The token", columns, rows: [token] }) : null);
  }
}

/** Props: `application` and `user` of the address. */
export class Owners extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
  }

  submit(event) {
    event.preventDefault();
    const data = new FormData(this.form.current);
    navigate(link(["tokens"], { user: data.get("user").trim(), application: data.get("application").trim() }));
  }

  render({ application, user }) {
    return h("form", { class: "filter", ref: this.form, onSubmit: (event) => this.submit(event) },
      h("label", null, h("span", { class: "label" }, "User"),
        h("input", { type: "text", name: "user", defaultValue: user, placeholder: "authenticated_userid", autocomplete: "off" })),
      h("label", null, h("span", { class: "label" }, "Application"),
        h("input", { type: "text", name: "application", defaultValue: application, placeholder: "client_id or id", autocomplete: "off" })),
      h("button", { type: "submit" }, "Show tokens"),
      user || application ? h("a", { class: "button", href: link(["tokens"]) }, "Clear") : null);
  }
}
