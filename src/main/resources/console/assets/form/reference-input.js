// A field that names another entity.

import { Component, h } from "../lib/preact.js";
import { get, withQuery } from "../api.js";
import { byName } from "../entities.js";
import { Reference } from "../ui/reference.js";

const SUGGESTIONS = 200;

/**
 * An input that suggests the first entities. Props: `to` is the name of the schema of the entity, `id` the present one.
 */
export class ReferenceInput extends Component {
  async componentDidMount() {
    const entity = byName(this.props.to);
    if (!entity) {
      return;
    }
    this.controller = new AbortController();
    try {
      const { data } = await get(withQuery(entity.path, { size: SUGGESTIONS }), this.controller.signal);
      this.setState({ options: data.map((one) => ({ id: one.id, name: one[entity.key] || one.id })) });
    } catch {
      // Without suggestions, the operator enters a name or an id.
    }
  }

  componentWillUnmount() {
    if (this.controller) {
      this.controller.abort();
    }
  }

  render({ common, to, id }, { options = [] }) {
    const list = `${common.id}-options`;
    return h("span", { class: "reference" },
      h("input", { ...common, type: "text", list, defaultValue: id, autocomplete: "off", spellcheck: false }),
      h("datalist", { id: list }, options.map((one) => h("option", { key: one.id, value: one.name }))),
      id ? h("span", { class: "hint" }, "now ", h(Reference, { to, id })) : null);
  }
}
