// The targets of an Upstream and their health.

import { Component, h } from "../lib/preact.js";
import { ApiError, find, get, path, request, withQuery } from "../api.js";
import { byName, nameOf } from "../entities.js";
import { leave } from "../flash.js";
import { EntityForm } from "../form/form.js";
import { defaults, editable, fieldsOf } from "../form/schema.js";
import { link, navigate } from "../router.js";
import { ConfirmButton } from "../ui/dialog.js";
import { Load } from "../ui/load.js";
import { Done, Empty } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Table } from "../ui/table.js";
import { MissingEntity } from "./missing.js";

const SIZE = 1000;
const NO_PROXY = 503;

const WORDS = {
  HEALTHY: "healthy",
  UNHEALTHY: "unhealthy",
  HEALTHCHECKS_OFF: "not checked",
  DNS_ERROR: "name not found in DNS",
};

/** Without a proxy that reports health, the targets are shown alone. */
async function load(id, signal) {
  try {
    return await get(withQuery(path("upstreams", id, "health"), { size: SIZE }), signal);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === NO_PROXY) {
      return get(withQuery(path("upstreams", id, "targets"), { size: SIZE }), signal);
    }
    throw failure;
  }
}

/** The targets, below the result of the last change. Props: `upstream`. */
export class Targets extends Component {
  changed(text, { lateNodes }, reload) {
    this.setState({ done: { text, lateNodes } });
    return reload();
  }

  render({ upstream }, { done }) {
    const create = h("a", { class: "button", href: link(["upstreams", upstream.id, "new-target"]) }, "New target");
    return h("section", null,
      h("div", { class: "heading" }, h("h2", null, "Targets"), create),
      done ? h(Done, { message: done }) : null,
      h(Load, { load: (signal) => load(upstream.id, signal), by: upstream.id, what: "the targets" },
        (page, reload) => h(List, {
          upstream, page, reload, onChanged: (text) => (result) => this.changed(text, result, reload),
        })));
  }
}

function List({ upstream, page, reload, onChanged }) {
  if (page.data.length === 0) {
    return h(Empty, { text: "No targets yet, so requests get 503. Create one: a host and a port." });
  }
  const columns = [
    { title: "Target", cell: (one) => h("code", null, one.target) },
    { title: "Health", cell: (one) => h(Health, { health: one.health }) },
    { title: "Weight", cell: (one) => one.weight },
    { title: "Addresses", cell: (one) => h(Addresses, { target: one }) },
    { title: "Actions", cell: (one) => h(Actions, { upstream, target: one, onChanged }) },
  ];
  return h("div", null,
    h(Table, { caption: "Targets", columns, rows: page.data }),
    page.offset ? h("p", { class: "hint" }, `These are the first ${page.data.length}.`) : null,
    h("div", { class: "buttons" }, h("button", { type: "button", onClick: reload }, "Read the health again")),
    page.node_id
      ? h("p", { class: "hint" }, "As the proxy ", h("code", null, page.node_id), " sees them.")
      : h("p", { class: "hint" }, "No proxy reports the health."));
}

function Health({ health }) {
  const name = health || "unknown";
  return h("span", { class: `health ${name.toLowerCase()}` }, WORDS[name] || name.toLowerCase());
}

function Addresses({ target }) {
  const addresses = target.data ? target.data.addresses : [];
  return addresses.length === 0 ? "–" : h("ul", { class: "plain" }, addresses.map((one) => h("li", null,
    h("code", null, `${one.ip}:${one.port}`), " ", h(Health, { health: one.health }))));
}

function Actions({ upstream, target, onChanged }) {
  const at = path("upstreams", upstream.id, "targets", target.id);
  return h("div", { class: "buttons" },
    h(ConfirmButton, {
      label: "Mark healthy",
      name: `Mark ${target.target} healthy`,
      question: `Mark ${target.target} healthy?`,
      details: "Every proxy sends it requests until a check changes its health.",
      confirm: "Mark healthy",
      isHarmless: true,
      onConfirm: () => request("PUT", `${at}/healthy`).then(onChanged(`${target.target} is marked healthy.`)),
    }),
    h(ConfirmButton, {
      label: "Mark unhealthy",
      name: `Mark ${target.target} unhealthy`,
      question: `Mark ${target.target} unhealthy?`,
      details: "No proxy sends it requests until a check changes its health.",
      confirm: "Mark unhealthy",
      isHarmless: true,
      onConfirm: () => request("PUT", `${at}/unhealthy`).then(onChanged(`${target.target} is marked unhealthy.`)),
    }),
    h(ConfirmButton, {
      label: "Delete",
      name: `Delete ${target.target}`,
      question: `Delete the target ${target.target}?`,
      confirm: "Delete",
      onConfirm: () => request("DELETE", at).then(onChanged(`The target ${target.target} is deleted.`)),
    }));
}

/** Props: `upstream`, the id of the address. */
export function NewTargetPage({ upstream }) {
  const entity = byName("upstreams");
  const load = async (signal) => {
    const found = await find(path("upstreams", upstream), signal);
    const fields = editable(fieldsOf(await get("schemas/targets", signal))).filter((field) => field.name !== "upstream");
    return found === null ? null : { found, fields };
  };
  return h(Load, { load, by: upstream, what: "the form", isPage: true },
    (loaded) => (loaded === null ? h(MissingEntity, { entity }) : h(NewTarget, { entity, ...loaded })));
}

function NewTarget({ entity, found, fields }) {
  const back = link([entity.page, found.id]);
  return h(Page, { title: "New target", parent: { text: `${entity.one} ${nameOf(entity, found)}`, href: back } },
    h(EntityForm, {
      fields,
      initial: defaults(fields),
      submitLabel: "Create the target",
      cancel: back,
      onSubmit: async (body, left) => {
        const { data, lateNodes } = await request("POST", path("upstreams", found.id, "targets"), { body });
        leave({ text: `The target ${data.target} is created.`, lateNodes });
        if (!left.aborted) {
          navigate(back, { replace: true });
        }
      },
    }));
}
