// Messages: errors, results of writes, and lists without entries.

import { h } from "../lib/preact.js";

/** An error with the id by which the log of the node names the request. */
export function ErrorNotice({ error, onRetry }) {
  return h("div", { class: "notice error", role: "alert" },
    h("p", null, error.message),
    error.requestId ? h("p", { class: "hint" }, "Request ", h("code", null, error.requestId)) : null,
    onRetry ? h("button", { type: "button", onClick: onRetry }, "Retry") : null);
}

/** The result of a write. */
export function Done({ message }) {
  const late = message.lateNodes || [];
  return h("div", { class: "notice done", role: "status" },
    h("p", null, message.text),
    late.length === 0 ? null : h("p", null,
      "These nodes did not confirm the change in time and may not serve it yet: ",
      h("code", null, late.join(", "))));
}

/** States that there is nothing, and the next step. */
export function Empty({ text, children }) {
  return h("div", { class: "empty" }, h("p", { role: "status" }, text), children);
}
