// The deletion of an entity.

import { h } from "../lib/preact.js";
import { path, request } from "../api.js";
import { nameOf } from "../entities.js";
import { leave } from "../flash.js";
import { link, navigate } from "../router.js";
import { ConfirmButton } from "../ui/dialog.js";
import { evictName } from "../ui/names.js";

/** What the Admin API deletes with an entity, or why it refuses to. */
const CONSEQUENCES = {
  services: "Its Plugins and its tokens are deleted too. A Service with Routes cannot be deleted: delete these first.",
  routes: "Its Plugins are deleted too. Requests that it selected match another Route or get 404.",
  plugins: "It stops to act on requests at once. If it authenticates, the API may be open without it.",
  consumers: "Its credentials, applications, tokens and Plugins are deleted too.",
  oauth2_credentials: "Its tokens are revoked on every node, and it gets no new ones.",
  upstreams: "Its targets are deleted too. Services with its name as their host look it up in DNS.",
};

export function DeleteButton({ entity, value }) {
  const name = nameOf(entity, value);
  return h(ConfirmButton, {
    label: "Delete",
    question: `Delete the ${entity.one} ${name}?`,
    details: CONSEQUENCES[entity.schema],
    confirm: "Delete",
    onConfirm: async (left) => {
      const { lateNodes } = await request("DELETE", path(entity.path, value.id));
      evictName(entity, value.id);
      leave({ text: `The ${entity.one} ${name} is deleted.`, lateNodes });
      if (!left.aborted) {
        navigate(link([entity.page]), { replace: true });
      }
    },
  });
}
