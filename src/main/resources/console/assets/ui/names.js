// The names of entities, which links to them show.

import { find, path } from "../api.js";
import { nameOf } from "../entities.js";

const MAX_NAMES = 2000;
/** A browser has six connections to a node over HTTP/1.1. The others are for the page itself. */
const MAX_REQUESTS = 3;

/** Names by path; the oldest leave first. */
const names = new Map();
/** Look-ups by path that have no response: `{entity, id, readers, controller, isSent}`, the oldest first. */
const lookups = new Map();
let requests = 0;

/**
 * Calls a function with the name of an entity, at once if it is cached. Without a name it is the id.
 *
 * @param {function(string): void} onName
 * @returns {function(): void} a function that ends the look-up, unless another caller waits for it
 */
export function readName(entity, id, onName) {
  const target = path(entity.path, id);
  if (names.has(target)) {
    onName(names.get(target));
    return () => {};
  }
  if (!lookups.has(target)) {
    lookups.set(target, { entity, id, readers: new Set(), controller: new AbortController(), isSent: false });
  }
  const lookup = lookups.get(target);
  lookup.readers.add(onName);
  sendNext();
  return () => {
    lookup.readers.delete(onName);
    if (lookup.readers.size === 0) {
      detach(target, lookup);
      lookup.controller.abort();
    }
  };
}

/** Evicts the name of an entity that has changed. A response that is in flight may have the earlier name, so it is not cached. */
export function evictName(entity, id) {
  const target = path(entity.path, id);
  names.delete(target);
  const lookup = lookups.get(target);
  if (lookup && lookup.isSent) {
    lookups.delete(target);
  }
}

/** Returns whether the look-up was the present one of its path. */
function detach(target, lookup) {
  return lookups.get(target) === lookup && lookups.delete(target);
}

function sendNext() {
  for (const [target, lookup] of lookups) {
    if (requests >= MAX_REQUESTS) {
      return;
    }
    if (!lookup.isSent) {
      send(target, lookup);
    }
  }
}

async function send(target, lookup) {
  lookup.isSent = true;
  requests += 1;
  const name = await read(target, lookup);
  requests -= 1;
  if (detach(target, lookup) && name !== null) {
    keep(target, name);
  }
  lookup.readers.forEach((onName) => onName(name === null ? lookup.id : name));
  sendNext();
}

/** Returns null if there is no response: the next reader asks again. */
async function read(target, { entity, id, controller }) {
  try {
    const found = await find(target, controller.signal);
    return found === null ? id : nameOf(entity, found);
  } catch {
    return null;
  }
}

function keep(target, name) {
  if (names.size >= MAX_NAMES) {
    names.delete(names.keys().next().value);
  }
  names.set(target, name);
}
