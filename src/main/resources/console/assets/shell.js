// The frame of the console: name, navigation, content.

import { h } from "./lib/preact.js";
import { ENTITIES } from "./entities.js";
import { link } from "./router.js";
import { signOut } from "./session.js";

const SECTIONS = [
  { page: "", text: "Overview" },
  ...ENTITIES.map((entity) => ({ page: entity.page, text: entity.many })),
  { page: "tokens", text: "Tokens" },
  { page: "match", text: "Which Route matches?" },
  { page: "try", text: "Try it" },
  { page: "audit", text: "Audit" },
];

/** Moves the focus behind the navigation. A link to #main would change the address, because the document has a base. */
function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

/** Props: `section`, the first segment of the address; `canSignOut`. */
export function Shell({ section, canSignOut, children }) {
  return h("div", { class: "shell" },
    h("a", { class: "skip", href: "#main", onClick: skip }, "Skip to the content"),
    h("header", null,
      h("a", { class: "brand", href: link([]) }, "Gatehouse"),
      canSignOut ? h("button", { type: "button", class: "quiet", onClick: signOut }, "Sign out") : null),
    h("nav", { "aria-label": "Sections" },
      h("ul", null, SECTIONS.map(({ page, text }) => h("li", { key: page },
        h("a", { href: link(page === "" ? [] : [page]), "aria-current": page === section ? "page" : undefined }, text))))),
    h("main", { id: "main", tabIndex: -1 }, children));
}
