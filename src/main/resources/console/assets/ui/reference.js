// Links to other entities, by their names.

import { Component, h } from "../lib/preact.js";
import { byName } from "../entities.js";
import { link } from "../router.js";
import { readName } from "./names.js";

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

  componentWillUnmount() {
    this.stop();
  }

  stop() {
    if (this.end) {
      this.end();
    }
  }

  load() {
    this.stop();
    const { to, id } = this.props;
    const entity = byName(to);
    if (entity) {
      this.end = readName(entity, id, (name) => this.setState({ name, id }));
    }
  }

  render({ to, id }, { name, id: loaded }) {
    const entity = byName(to);
    const text = loaded === id && name ? name : id.slice(0, 8);
    return entity ? h("a", { href: link([entity.page, id]) }, text) : h("code", null, id);
  }
}
