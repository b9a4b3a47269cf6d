// The page of an address that names nothing.

import { h } from "../lib/preact.js";
import { link } from "../router.js";
import { Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";

export function MissingPage() {
  return h(Page, { title: "Page not found" },
    h(Empty, { text: "The console has no page at this address." }, h("a", { class: "button", href: link([]) }, "Go to the start page")));
}

/** An entity that was deleted, or never existed. */
export function MissingEntity({ entity }) {
  return h(Page, { title: `${entity.one} not found`, parent: { text: entity.many, href: link([entity.page]) } },
    h(Empty, { text: `There is no ${entity.one} with this id. It may have been deleted.` },
      h("a", { class: "button", href: link([entity.page]) }, `Show all ${entity.many}`)));
}
