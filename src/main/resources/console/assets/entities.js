// The entities that have pages: where the Admin API has them, and what names them.

/**
 * @typedef {object} Entity
 * @property {string} page the first segment of the addresses of its pages
 * @property {string} path its collection in the Admin API
 * @property {string} schema its name in /schemas and in references
 * @property {string} key the field that names it in a reference
 * @property {string} one
 * @property {string} many
 * @property {string} purpose what it is for, shown where there is none yet
 * @property {string[]} searched the fields in which the search looks
 * @property {string[]} [createOnly] the fields that are shown in the form of a new one and never after
 */

/** @type {Entity[]} */
export const ENTITIES = [
  {
    page: "services",
    path: "services",
    schema: "services",
    key: "name",
    one: "Service",
    many: "Services",
    purpose: "A Service is an upstream API: its host, port and path. Create one, then a Route that leads to it.",
    searched: ["name", "host", "path"],
  },
  {
    page: "routes",
    path: "routes",
    schema: "routes",
    key: "name",
    one: "Route",
    many: "Routes",
    purpose: "A Route selects requests by path, host, method or header, and sends them to its Service.",
    searched: ["name", "paths", "hosts", "methods", "snis"],
  },
  {
    page: "plugins",
    path: "plugins",
    schema: "plugins",
    key: "instance_name",
    one: "Plugin",
    many: "Plugins",
    purpose: "A Plugin acts on requests: it authenticates, limits, transforms or logs them. "
      + "It applies to a Service, a Route, a Consumer, or to every request.",
    searched: ["name", "instance_name"],
  },
  {
    page: "consumers",
    path: "consumers",
    schema: "consumers",
    key: "username",
    one: "Consumer",
    many: "Consumers",
    purpose: "A Consumer is a user of your APIs: a person or a team. Its credentials and applications belong to it.",
    searched: ["username", "custom_id"],
  },
  {
    page: "applications",
    path: "oauth2",
    schema: "oauth2_credentials",
    key: "client_id",
    one: "Application",
    many: "Applications",
    purpose: "An Application is an OAuth 2.0 client: with its client_id and secret it gets tokens for APIs that the oauth2 Plugin protects. "
      + "It belongs to a Consumer.",
    searched: ["name", "client_id", "redirect_uris"],
    createOnly: ["client_secret", "hash_secret"],
  },
  {
    page: "upstreams",
    path: "upstreams",
    schema: "upstreams",
    key: "name",
    one: "Upstream",
    many: "Upstreams",
    purpose: "An Upstream balances requests among targets and checks their health. "
      + "A Service uses it if its host is the name of the Upstream.",
    searched: ["name"],
  },
];

/** Returns the entity whose pages begin with a segment, or undefined. */
export function byPage(page) {
  return ENTITIES.find((entity) => entity.page === page);
}

/** Returns the entity of a schema, or undefined. */
export function byName(schema) {
  return ENTITIES.find((entity) => entity.schema === schema);
}

/** Returns the name of an entity for people: its key, or what is nearest to one. */
export function nameOf(entity, value) {
  const isNamed = entity.schema === "oauth2_credentials";
  return (isNamed && value.name) || value[entity.key] || value.custom_id || value.name || value.id;
}
