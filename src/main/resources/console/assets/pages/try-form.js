// The forms of "Try it".

import { Component, createRef, h } from "../lib/preact.js";
import { find, path } from "../api.js";
import { ReferenceInput } from "../form/reference-input.js";
import { link, navigate } from "../router.js";
import { ErrorNotice } from "../ui/notice.js";
import { encoded, METHODS, parseHeaders } from "./match.js";

async function idOf(collection, text, what, signal) {
  if (text === "") {
    return "";
  }
  const found = await find(path(collection, text), signal);
  if (found === null) {
    throw new Error(`There is no ${what} ${text}.`);
  }
  return found.id;
}

/** Chooses the Route and the Application. Props: `route` and `application`, their ids or empty. */
export class Choice extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
    this.controller = new AbortController();
  }

  componentWillUnmount() {
    this.controller.abort();
  }

  /** A later choice and another page end the look-up of an earlier choice. */
  async submit(event) {
    event.preventDefault();
    this.controller.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    const data = new FormData(this.form.current);
    const [route, application] = ["route", "application"].map((name) => data.get(name).trim());
    try {
      if (route === "") {
        throw new Error("Choose a Route.");
      }
      const query = {
        route: await idOf("routes", route, "Route", signal),
        application: await idOf("oauth2", application, "Application", signal),
      };
      if (!signal.aborted) {
        navigate(link(["try"], query));
      }
    } catch (error) {
      if (!signal.aborted) {
        this.setState({ error });
      }
    }
  }

  render({ route, application }, { error }) {
    return h("form", { class: "filter", ref: this.form, onSubmit: (event) => this.submit(event) },
      h("div", null,
        h("label", { class: "label", for: "try-route" }, "Route"),
        h(ReferenceInput, { common: { id: "try-route", name: "route" }, to: "routes", id: route })),
      h("div", null,
        h("label", { class: "label", for: "try-application" }, "Application"),
        h(ReferenceInput, { common: { id: "try-application", name: "application" }, to: "oauth2_credentials", id: application })),
      h("button", { type: "submit" }, "Choose"),
      error ? h(ErrorNotice, { error }) : null);
  }
}

/**
 * The request. Props: `initial`; `application` or null; `isBusy`; `onSend({method, url, headers, body, scope, secret})`. The browser keeps
 * what the operator enters, and no address contains it.
 */
export class RequestForm extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
  }

  submit(event) {
    event.preventDefault();
    if (this.props.isBusy) {
      return;
    }
    const data = new FormData(this.form.current);
    const text = (name) => String(data.get(name) || "");
    try {
      const request = {
        method: text("method"),
        url: encoded(text("url").trim()),
        headers: parseHeaders(text("headers")),
        body: text("body"),
        scope: text("scope").trim(),
        secret: text("secret"),
      };
      this.setState({ error: null });
      this.props.onSend(request);
    } catch (error) {
      this.setState({ error });
    }
  }

  render({ initial, application, isBusy }, { error }) {
    return h("form", { class: "entity", ref: this.form, noValidate: true, onSubmit: (event) => this.submit(event) },
      h("div", null,
        h("label", { class: "label", for: "try-method" }, "Method"),
        h("select", { id: "try-method", name: "method" },
          METHODS.map((one) => h("option", { value: one, selected: one === initial.method }, one)))),
      h("div", null,
        h("label", { class: "label", for: "try-url" }, "URL"),
        h("input", { id: "try-url", name: "url", type: "url", defaultValue: initial.url, spellcheck: false, "aria-describedby": "try-url-hint" }),
        h("p", { class: "hint", id: "try-url-hint" }, "Its host and path select the Route. The node connects to its own proxy, whatever the host is.")),
      h("div", null,
        h("label", { class: "label", for: "try-headers" }, "Headers"),
        h("textarea", { id: "try-headers", name: "headers", rows: 2, defaultValue: initial.headers, spellcheck: false, "aria-describedby": "try-headers-hint" }),
        h("p", { class: "hint", id: "try-headers-hint" }, "One on each line, such as Accept: application/json.")),
      h("div", null,
        h("label", { class: "label", for: "try-body" }, "Body"),
        h("textarea", { id: "try-body", name: "body", rows: 3, class: "code", defaultValue: initial.body, spellcheck: false })),
      application ? h(TokenFields, { application }) : null,
      error ? h(ErrorNotice, { error }) : null,
      h("div", { class: "buttons" },
        // A disabled button would lose the focus.
        h("button", { type: "submit", class: "primary", "aria-disabled": isBusy ? "true" : undefined },
          application ? "Get a token and call" : "Call")));
  }
}

/** A hash cannot be read, so the operator enters the secret. */
function TokenFields({ application }) {
  return h("fieldset", null,
    h("legend", null, `Token for ${application.name}`),
    application.hash_secret
      ? h("div", null,
        h("label", { class: "label", for: "try-secret" }, "client_secret"),
        h("input", { id: "try-secret", name: "secret", type: "password", autocomplete: "off", spellcheck: false, "aria-describedby": "try-secret-hint" }),
        h("p", { class: "hint", id: "try-secret-hint" }, "It is stored as a hash. The console sends it to the token endpoint and does not keep it."))
      : h("p", { class: "hint" }, "The console uses the secret of the Application."),
    h("div", null,
      h("label", { class: "label", for: "try-scope" }, "scope"),
      h("input", { id: "try-scope", name: "scope", type: "text", autocomplete: "off", spellcheck: false, placeholder: "email profile" })));
}
