// The choice of a plugin.

import { h } from "../lib/preact.js";
import { get } from "../api.js";
import { byName } from "../entities.js";
import { link } from "../router.js";
import { Load } from "../ui/load.js";
import { Page } from "../ui/page.js";

/** Props: the `query` of the address, which the page of the form receives with the name. */
export function NewPluginPage({ query }) {
  const plugins = byName("plugins");
  const choose = (name) => link([plugins.page, "new"], { ...Object.fromEntries(query), name });
  return h(Page, { title: "New Plugin", parent: { text: plugins.many, href: link([plugins.page]) } },
    h(Load, { load: (signal) => get("plugins/enabled", signal), by: "plugins", what: "the plugins" },
      (installed) => h("div", null,
        h("p", null, "Choose the plugin. Its form follows."),
        h("ul", { class: "choices-list" }, installed.enabled_plugins.map((name) => h("li", { key: name },
          h("a", { class: "button", href: choose(name) }, name)))))));
}
