// The search in a list. The Admin API has no search, so the pages of the list are read one after the other.

import { ApiError, find, get, path, withQuery } from "./api.js";

const PAGE = 1000;
/** Pages that one search reads. */
const MAX_PAGES = 50;
/** Entities that one search reads. */
export const MOST_READ = PAGE * MAX_PAGES;

const BAD_REQUEST = 400;

/** Returns the entity that the text names exactly, or null. */
async function named(entity, text, signal) {
  if (text === "." || text === "..") {
    return null;
  }
  try {
    return await find(path(entity.path, text), signal);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === BAD_REQUEST) {
      return null;
    }
    throw failure;
  }
}

/**
 * Finds the entities whose id, tags or searched fields contain a text, in any case. The one that the text names is the first.
 *
 * @param {import("./entities.js").Entity} entity
 * @param {{text: string, tags: string, limit: number}} filter
 * @returns {Promise<{data: object[], isComplete: boolean}>} not complete if there are more than the limit or than a search reads
 */
export async function search(entity, { text, tags, limit }, signal) {
  const wanted = text.toLowerCase();
  const exact = tags === "" ? await named(entity, text, signal) : null;
  const found = exact === null ? [] : [exact];
  let offset = "";
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await get(withQuery(entity.path, { size: PAGE, tags, offset }), signal);
    for (const one of page.data) {
      if (contains(entity, one, wanted) && (exact === null || one.id !== exact.id)) {
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
