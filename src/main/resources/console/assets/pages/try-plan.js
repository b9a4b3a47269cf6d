// What "Try it" sends: the proposed request of a Route, the token request, and both as curl.

const TLS_PORT = "443";
const PLAIN_PORT = "80";
/** The colons of an IPv6 address are in brackets. */
const HAS_PORT = /:\d+$/;

/** Returns the listeners of the proxy as `{tls, plain}`, each null if it is off. */
export function listenersOf(node) {
  const all = node.configuration.proxy_listeners || [];
  return { tls: all.find((one) => one.ssl) || null, plain: all.find((one) => !one.ssl) || null };
}

function origin(scheme, host, port) {
  const usual = scheme === "https" ? TLS_PORT : PLAIN_PORT;
  return `${scheme}://${host}${HAS_PORT.test(host) || String(port) === usual ? "" : `:${port}`}`;
}

/** A request that the Route selects, as far as its fields state one. The operator corrects the rest. */
export function proposal(route, listeners) {
  const hosts = route.hosts || [];
  const host = hosts.find((one) => !one.includes("*")) || (hosts.length > 0 ? hosts[0].replace("*", "www") : window.location.hostname);
  const path = (route.paths || []).find((one) => one.startsWith("/")) || "/";
  const isTls = listeners.tls !== null && (route.protocols.includes("https") || listeners.plain === null);
  const listener = isTls ? listeners.tls : listeners.plain;
  const base = origin(isTls ? "https" : "http", host, listener === null ? PLAIN_PORT : listener.port);
  const headers = Object.entries(route.headers || {})
    .filter(([, values]) => values.length > 0 && !values[0].startsWith("~*"))
    .map(([name, values]) => `${name}: ${values[0]}`);
  return { method: (route.methods && route.methods[0]) || "GET", url: base + path, headers: headers.join("\n"), body: "" };
}

/** The request for a token by client credentials (RFC 6749, section 4.4), at the same host. The endpoint needs TLS. */
export function tokenRequest(url, route, listeners, application, scope) {
  const target = new URL(url);
  const isMoved = target.protocol === "http:" && listeners.tls !== null;
  const base = isMoved ? origin("https", target.hostname, listeners.tls.port) : target.origin;
  const prefix = (route.paths || []).find((one) => one.startsWith("/")) || target.pathname;
  const form = new URLSearchParams({
    grant_type: "client_credentials", client_id: application.clientId, client_secret: application.secret,
  });
  if (scope !== "") {
    form.set("scope", scope);
  }
  return {
    method: "POST",
    url: `${base}${prefix.replace(/\/+$/, "")}/oauth2/token`,
    headers: { "Content-Type": ["application/x-www-form-urlencoded"] },
    body: form.toString(),
  };
}

export function withToken(request, token) {
  return { ...request, headers: { ...request.headers, Authorization: [`Bearer ${token}`] } };
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Returns a request as a curl line. Secrets are variables of the shell, so that neither the screen nor its history has them.
 *
 * @param {Object<string, string>} secrets the names of the variables by their values
 */
export function curl(request, secrets) {
  // With -X HEAD, curl would wait for a body.
  const verb = request.method === "HEAD" ? "-I" : `-X ${request.method}`;
  const parts = [`curl -s${request.url.startsWith("https:") ? "k" : ""} ${verb} ${quoted(request.url)}`];
  for (const [name, values] of Object.entries(request.headers)) {
    values.forEach((value) => parts.push(`-H ${withVariables(`${name}: ${value}`, secrets)}`));
  }
  if (request.body) {
    parts.push(`--data-raw ${withVariables(request.body, secrets)}`);
  }
  return parts.join(" \\\n  ");
}

function withVariables(text, secrets) {
  const found = Object.entries(secrets).filter(([value]) => value !== "" && text.includes(value));
  if (found.length === 0) {
    return quoted(text);
  }
  const escaped = text.replace(/["\\$`]/g, "\\$&");
  return `"${found.reduce((line, [value, name]) => line.replaceAll(value.replace(/["\\$`]/g, "\\$&"), `$${name}`), escaped)}"`;
}

/** Returns a text with bullets in place of the secrets. */
export function masked(text, secrets) {
  return secrets.filter((one) => one !== "").reduce((line, one) => line.replaceAll(one, "••••••••"), text);
}
