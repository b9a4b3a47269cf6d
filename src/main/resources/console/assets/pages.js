// The page of an address.

import { byPage } from "./entities.js";
import { NewApplicationPage } from "./pages/application.js";
import { AuditPage } from "./pages/audit.js";
import { DetailPage } from "./pages/detail.js";
import { EditPage } from "./pages/edit.js";
import { ListPage } from "./pages/list.js";
import { MatchPage } from "./pages/match.js";
import { MissingPage } from "./pages/missing.js";
import { NewPluginPage } from "./pages/new-plugin.js";
import { OverviewPage } from "./pages/overview.js";
import { NewTargetPage } from "./pages/targets.js";
import { TokensPage } from "./pages/tokens.js";
import { TryPage } from "./pages/try.js";

/** The pages without an entity. */
const SINGLE = { audit: AuditPage, match: MatchPage, tokens: TokensPage, try: TryPage };

/**
 * Returns the component of a page with its props. A new `key` creates the page anew: that of a list stays while its query changes.
 *
 * @param {?import("./router.js").Address} address
 */
export function pageAt(address) {
  const found = address === null ? null : match(address.segments, address.query);
  const section = address === null ? null : address.segments[0] || "";
  const key = address === null ? "" : address.segments.join("/");
  return found === null
    ? { page: MissingPage, section, key, props: {} }
    : { ...found, section, key };
}

function match(segments, query) {
  if (segments.length === 0) {
    return { page: OverviewPage, props: {} };
  }
  if (segments.length === 1 && Object.hasOwn(SINGLE, segments[0])) {
    return { page: SINGLE[segments[0]], props: { query } };
  }
  const entity = byPage(segments[0]);
  if (entity === undefined) {
    return null;
  }
  const [, id, action, ...rest] = segments;
  if (rest.length > 0) {
    return null;
  }
  if (id === undefined) {
    return { page: ListPage, props: { entity, query } };
  }
  if (id === "new" && action === undefined) {
    return create(entity, query);
  }
  switch (action) {
    case undefined:
      return { page: DetailPage, props: { entity, id } };
    case "edit":
      return { page: EditPage, props: { entity, query, id } };
    case "new-target":
      return entity.schema === "upstreams" ? { page: NewTargetPage, props: { upstream: id } } : null;
    default:
      return null;
  }
}

function create(entity, query) {
  if (entity.schema === "oauth2_credentials") {
    return { page: NewApplicationPage, props: { query } };
  }
  return entity.schema === "plugins" && !query.has("name")
    ? { page: NewPluginPage, props: { query } }
    : { page: EditPage, props: { entity, query, id: null } };
}
