// Addresses of pages: real paths below /console/, changed by the history API.

const BASE = new URL(document.baseURI).pathname;
const listeners = new Set();

/**
 * The address that the page shows.
 *
 * @typedef {{segments: string[], query: URLSearchParams}} Address
 */

/** @returns {?Address} null if the path is malformed */
export function address() {
  const { pathname, search } = window.location;
  const below = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : "";
  try {
    const segments = below.split("/").filter((segment) => segment !== "").map(decodeURIComponent);
    return { segments, query: new URLSearchParams(search) };
  } catch {
    return null;
  }
}

/** Returns the link to a page, relative to the base of the document. */
export function link(segments, query = {}) {
  const present = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = present.length === 0 ? "" : `?${new URLSearchParams(present)}`;
  return `${BASE}${segments.map(encodeURIComponent).join("/")}${search}`;
}

/** Shows another page. With `replace`, the present address leaves the history. */
export function navigate(href, { replace = false } = {}) {
  window.history[replace ? "replaceState" : "pushState"](null, "", href);
  listeners.forEach((listener) => listener());
}

/** Calls a listener when the address changes. Returns a function that removes it. */
export function onNavigate(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Handles the clicks on links to pages of the console, and the buttons of the browser. */
export function start() {
  window.addEventListener("popstate", () => listeners.forEach((listener) => listener()));
  document.addEventListener("click", (event) => {
    const anchor = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (anchor === null || !isPlain || event.defaultPrevented || anchor.target !== "") {
      return;
    }
    const target = new URL(anchor.href);
    if (target.origin === window.location.origin && target.pathname.startsWith(BASE)) {
      event.preventDefault();
      navigate(target.pathname + target.search);
    }
  });
}
