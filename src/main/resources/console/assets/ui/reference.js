// Links to other entities, by their names.

import { Component, h } from "../lib/preact.js";
import { find, path } from "../api.js";
import { byName, nameOf } from "../entities.js";
import { link } from "../router.js";

const MAX_NAMES = 2000;
/** Promises of names by path; the oldest leave first. */
const names = new Map();

function load(entity, id) {
  const target = path(entity.path, id);
  if (!names.has(target)) {
    if (names.size >= MAX_NAMES) {
      names.delete(names.keys().next().value);
    }
    names.set(target, find(target).then((found) => (found === null ? id : nameOf(entity, found)), () => {
      names.delete(target);
      return id;
    }));
  }
  return names.get(target);
}

/** Evicts the name of an entity that has changed. */
export function evictName(entity, id) {
  names.delete(path(entity.path, id));
}

/** Props: `to` is the name of the schema of the entity, `id` its id. */
export class Reference extends Component {
  componentDidMount() {
    this.load();
  }

  componentDidUpdate(before) {
    if (before.id !== this.props.id) {
      this.load();
    }
  }

  async load() {
    const { to, id } = this.props;
    const entity = byName(to);
    if (entity) {
      const name = await load(entity, id);
      if (this.props.id === id) {
        this.setState({ name, id });
      }
    }
  }

  render({ to, id }, { name, id: loaded }) {
    const entity = byName(to);
    const text = loaded === id && name ? name : id.slice(0, 8);
    return entity ? h("a", { href: link([entity.page, id]) }, text) : h("code", null, id);
  }
}
