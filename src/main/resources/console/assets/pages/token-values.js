// What the Admin API states about a token.

import { h } from "../lib/preact.js";
import { Reference } from "../ui/reference.js";
import { Time } from "../ui/value.js";

/** When a token ends; `expires_in` counts from its creation, and 0 does not end. */
export function Expiry({ token }) {
  return token.expires_in === 0 ? "never" : h(Time, { seconds: token.created_at + token.expires_in });
}

function Scopes({ token }) {
  const scopes = (token.scope || "").split(" ").filter((scope) => scope !== "");
  return scopes.length === 0 ? "–" : h("span", { class: "codes" }, scopes.map((scope) => h("code", null, scope)));
}

export function tokenColumns() {
  return [
    { title: "Application", cell: (token) => h(Reference, { to: "oauth2_credentials", id: token.credential.id }) },
    { title: "User", cell: (token) => token.authenticated_userid || "–" },
    { title: "Scope", cell: (token) => h(Scopes, { token }) },
    {
      title: "Service",
      cell: (token) => (token.service ? h(Reference, { to: "services", id: token.service.id }) : "any with global_credentials"),
    },
    { title: "Created", cell: (token) => h(Time, { seconds: token.created_at }) },
    { title: "Expires", cell: (token) => h(Expiry, { token }) },
  ];
}
