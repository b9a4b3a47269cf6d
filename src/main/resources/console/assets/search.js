// The search in a list. The Admin API has no search, so the pages of the list are read one after the other.

import { get, withQuery } from "./api.js";

const PAGE = 1000;
/** Pages that one search reads. */
const MAX_PAGES = 50;

/**
 * Finds the entities whose id, tags or searched fields contain a text, in any case.
 *
 * @param {import("./entities.js").Entity} entity
 * @param {{text: string, tags: string, limit: number}} filter
 * @returns {Promise<{data: object[], isComplete: boolean}>} not complete if there are more than the limit or than a search reads
 */
export async function search(entity, { text, tags, limit }, signal) {
  const wanted = text.toLowerCase();
  const found = [];
  let offset = "";
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await get(withQuery(entity.path, { size: PAGE, tags, offset }), signal);
    for (const one of page.data) {
      if (contains(entity, one, wanted)) {
        if (found.length === limit) {
          return { data: found, isComplete: false };
        }
        found.push(one);
      }
    }
    if (!page.offset) {
      return { data: found, isComplete: true };
    }
    offset = page.offset;
  }
  return { data: found, isComplete: false };
}

function contains(entity, one, wanted) {
  return ["id", "tags", ...entity.searched]
    .flatMap((name) => one[name] || [])
    .some((value) => String(value).toLowerCase().includes(wanted));
}
