// A form that is made from a schema.

import { Component, createRef, h } from "../lib/preact.js";
import { byName } from "../entities.js";
import { ErrorNotice } from "../ui/notice.js";
import { FieldControl } from "./control.js";
import { entityErrors, placesOf } from "./errors.js";
import { changes, FieldError, readFields } from "./values.js";

const BAD_REQUEST = 400;

function keyOf(schema) {
  const entity = byName(schema);
  return entity ? entity.key : "name";
}

/**
 * Props: `fields` of the schema; `initial`, the stored values or the defaults; `preset`, values that the form shows in place of the
 * initial ones; `submitLabel`; `cancel`, a link; `onSubmit(changes, signal)` returns a promise. It receives the fields that
 * differ from `initial`, and a signal that aborts when the operator leaves the form.
 */
export class EntityForm extends Component {
  constructor(props) {
    super(props);
    this.form = createRef();
    this.left = new AbortController();
    this.state = { error: null, isBusy: false };
  }

  componentWillUnmount() {
    this.left.abort();
  }

  async submit(event) {
    event.preventDefault();
    if (this.state.isBusy) {
      return;
    }
    const { fields, initial, onSubmit } = this.props;
    this.setState({ isBusy: true, error: null });
    try {
      const data = new FormData(this.form.current);
      const after = readFields(fields, (name) => data.getAll(name), keyOf);
      await onSubmit(changes(fields, initial, after), this.left.signal);
      this.setState({ isBusy: false });
    } catch (error) {
      this.setState({ isBusy: false, error }, () => this.focusProblem());
    }
  }

  /** Moves the focus to the first invalid control or record; without one, to the message. */
  focusProblem() {
    const form = this.form.current;
    const problem = form.querySelector("[aria-invalid], fieldset.invalid") || form.querySelector("[role=alert]");
    if (problem) {
      if (problem.tabIndex < 0) {
        problem.setAttribute("tabindex", "-1");
      }
      problem.focus();
    }
  }

  render({ fields, initial, preset = {}, submitLabel, cancel }, { error, isBusy }) {
    const values = { ...initial, ...preset };
    return h("form", { ref: this.form, class: "entity", noValidate: true, onSubmit: (event) => this.submit(event) },
      error ? h(Problem, { error, fields }) : null,
      fields.map((field) => h(FieldControl, {
        key: field.name, field, path: [field.name], value: values[field.name], error,
      })),
      h("div", { class: "buttons" },
        h("button", { type: "submit", class: "primary", disabled: isBusy }, submitLabel),
        cancel ? h("a", { class: "button", href: cancel }, "Cancel") : null));
  }
}

/**
 * The message above the fields. That of a violation repeats the errors at the fields, so it names the rules about several fields. It is
 * shown whole if one of its errors is at no field of the form.
 */
function Problem({ error, fields }) {
  const places = placesOf(error, fields);
  const isAtFields = error instanceof FieldError || (error.status === BAD_REQUEST && places.includes(true));
  const rules = entityErrors(error);
  if (!isAtFields && rules.length === 0) {
    return h(ErrorNotice, { error });
  }
  return h("div", { class: "notice error", role: "alert" },
    isAtFields ? h("p", null, "Correct the marked fields, then save again.") : null,
    places.includes(false) ? h("p", null, error.message) : null,
    rules.map((rule) => h("p", null, String(rule))));
}
