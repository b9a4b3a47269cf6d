// Requests to the Admin API of the same origin.

import { signOut, token } from "./session.js";

const ROOT = new URL("../", document.baseURI);
const UNAUTHORIZED = 401;
/** Milliseconds for a whole response, more than the 60 s that a write waits for nodes at most (propagation-timeout). */
const LONGEST = 90_000;

/** An error response of the Admin API, or a request without a response (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{message?: string, code?: number, fields?: object}} body
   * @param {?string} requestId the id of the request in the log of the node
   */
  constructor(status, body, requestId) {
    super(body.message || `The Admin API responded ${status}`);
    this.status = status;
    this.code = body.code || 0;
    this.fields = body.fields || {};
    this.requestId = requestId;
  }
}

/** Returns the error of a request or of a body that ended without a response. If the caller has aborted it, that is its failure itself. */
export function unreachable(failure) {
  return failure.name === "AbortError"
    ? failure
    : new ApiError(0, { message: "The node does not respond. Check that it runs, then retry." }, null);
}

/**
 * Builds a path from segments, each of which may contain any character.
 *
 * @throws {Error} for a segment that a browser removes from a path, also if it is encoded (URL Standard, section 4.4)
 */
export function path(...segments) {
  if (segments.some((one) => one === "." || one === "..")) {
    throw new Error("A browser cannot request the name . or .. in a path. Use the id.");
  }
  return segments.map(encodeURIComponent).join("/");
}

/** Adds the parameters that have a value to a path. */
export function withQuery(target, parameters) {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return present.length === 0 ? target : `${target}?${new URLSearchParams(present)}`;
}

/**
 * Sends a request and returns the response, whatever its status. A 401 ends the session.
 *
 * @param {string} target relative to the root of the Admin API
 * @param {boolean} isStream if the response is a stream of events, whose end the caller bounds; any other has 90 s
 */
export async function send(method, target, { body, signal, isStream = false } = {}) {
  const headers = { Accept: isStream ? "text/event-stream" : "application/json" };
  const secret = token();
  if (secret !== null) {
    headers.Authorization = `Bearer ${secret}`;
  }
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(new URL(target, ROOT), {
      method,
      headers,
      signal: isStream ? signal : AbortSignal.any([AbortSignal.timeout(LONGEST), ...(signal ? [signal] : [])]),
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
    });
  } catch (failure) {
    throw unreachable(failure);
  }
  if (response.status === UNAUTHORIZED) {
    signOut();
  }
  return response;
}

/**
 * Sends a request.
 *
 * @returns {Promise<{data: ?object, lateNodes: string[]}>} the body, and the nodes that may not serve a write yet
 * @throws {ApiError} for every status from 400
 */
export async function request(method, target, options = {}) {
  const response = await send(method, target, options);
  const data = parse(await textOf(response));
  if (!response.ok) {
    throw new ApiError(response.status, data || {}, response.headers.get("X-Gatehouse-Request-Id"));
  }
  const late = response.headers.get("X-Gatehouse-Late-Nodes");
  return { data, lateNodes: late ? late.split(/,\s*/) : [] };
}

async function textOf(response) {
  try {
    return await response.text();
  } catch (failure) {
    throw unreachable(failure);
  }
}

/** Returns the body of a GET. */
export async function get(target, signal) {
  return (await request("GET", target, { signal })).data;
}

/** Returns the entity at a path, or null if there is none. */
export async function find(target, signal) {
  try {
    return await get(target, signal);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 404) {
      return null;
    }
    throw failure;
  }
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
