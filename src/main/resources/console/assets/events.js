// Server-sent events (HTML, section 9.2) over fetch, because EventSource cannot send the token in a header.

import { ApiError, send, unreachable } from "./api.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
/** Milliseconds without a byte after which a stream has failed. The node sends figures or a heartbeat every 2 s. */
const LONGEST_SILENCE = 10000;

/**
 * Receives events until the signal aborts. A stream that ends is followed by the next one at once; after a failure, with pauses that
 * grow to 15 s.
 *
 * @param {string} target relative to the root of the Admin API
 * @param {function(object): void} onEvent receives the data of each event, parsed from JSON
 * @param {function(Error): void} onFailure receives the reason before each pause
 */
export async function receive(target, onEvent, onFailure, signal) {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    try {
      await once(target, (data) => {
        pause = FIRST_PAUSE;
        onEvent(data);
      }, signal);
    } catch (failure) {
      if (signal.aborted || failure.status === 401) {
        return;
      }
      onFailure(failure);
      await wait(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** A node that crashes or whose network fails does not end its stream, so the time without a byte is bounded. */
async function once(target, onEvent, signal) {
  const silence = new AbortController();
  let timer = null;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new DOMException("no byte in time", "TimeoutError")), LONGEST_SILENCE);
  };
  restart();
  try {
    await read(target, onEvent, restart, AbortSignal.any([signal, silence.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function read(target, onEvent, onChunk, signal) {
  const response = await send("GET", target, { signal, isStream: true });
  onChunk();
  if (!response.ok) {
    throw new ApiError(response.status, await response.json().catch(() => ({})), response.headers.get("X-Gatehouse-Request-Id"));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read().catch((failure) => {
      throw unreachable(failure);
    });
    if (done) {
      return;
    }
    onChunk();
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    blocks.map(dataOf).filter((data) => data !== "").forEach((data) => onEvent(JSON.parse(data)));
  }
}

/** Returns the data of an event; a comment, such as a heartbeat, has none. */
function dataOf(block) {
  return block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice("data: ".length)).join("\n");
}

function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
