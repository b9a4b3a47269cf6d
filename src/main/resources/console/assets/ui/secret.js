// Values that a passer-by must not read.

import { Component, h } from "../lib/preact.js";

const NAME = /secret|password|private|provision_key|^key$|jwk$|^pem$|_token$/;

/** Returns whether the value of a field is hidden until the operator asks for it. */
export function isSecret(name) {
  return NAME.test(name);
}

/** Returns whether a text, a list or a map of a field can contain a secret. A list of known words contains none. */
export function canContainSecret(field) {
  const isOfWords = Boolean(field.elements && field.elements.one_of);
  return (isSecret(field.name) && !isOfWords) || Boolean(field.values && field.values.referenceable);
}

/** A value behind a button. */
export class Secret extends Component {
  render({ name, value }, { isShown }) {
    return h("span", { class: "secret" },
      h("code", null, isShown ? String(value) : "••••••••"),
      h("button", {
        type: "button",
        "aria-label": `${isShown ? "Hide" : "Show"} ${name}`,
        onClick: () => this.setState({ isShown: !isShown }),
      }, isShown ? "Hide" : "Show"));
  }
}

/** A new secret, which is shown once. */
export class NewSecret extends Component {
  async copy() {
    try {
      await navigator.clipboard.writeText(this.props.value);
      this.setState({ copied: "Copied" });
    } catch {
      // Without TLS, browsers permit this on loopback only.
      this.setState({ copied: "The browser does not permit it: select the text and copy it" });
    }
  }

  render({ label, value }, { copied }) {
    return h("div", { class: "new-secret" },
      h("span", { class: "label" }, label),
      h("code", { tabIndex: 0 }, value),
      h("button", { type: "button", "aria-label": `Copy ${label}`, onClick: () => this.copy() }, "Copy"),
      h("span", { role: "status" }, copied || ""));
  }
}
