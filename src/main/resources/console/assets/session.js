// The admin token. It stays in this tab: sessionStorage ends with it, and no URL or cookie contains the token.

const KEY = "gatehouse.admin-token";
const listeners = new Set();

/** Returns the token, or null if the listener needs none or the operator has not signed in. */
export function token() {
  return sessionStorage.getItem(KEY);
}

export function signIn(value) {
  sessionStorage.setItem(KEY, value);
}

/** Removes the token and notifies the listeners, which then show the login page. */
export function signOut() {
  sessionStorage.removeItem(KEY);
  listeners.forEach((listener) => listener());
}

/** Calls a listener when the session ends. Returns a function that removes it. */
export function onSignOut(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
