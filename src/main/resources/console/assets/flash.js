// A message about the last write that the next page shows once.

let pending = null;

/** @param {{text: string, lateNodes?: string[]}} message */
export function leave(message) {
  pending = message;
}

/** Returns the message and removes it. */
export function take() {
  const message = pending;
  pending = null;
  return message;
}
