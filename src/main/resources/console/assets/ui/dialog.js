// A question that an action waits for.

import { Component, createRef, h } from "../lib/preact.js";
import { ErrorNotice } from "./notice.js";
import { focusHeading } from "./page.js";

/** Dialogs so far. The number makes the id of each unique. */
let dialogs = 0;

/**
 * A button that asks before it acts. The browser keeps the focus inside the dialog, and Escape closes it. While the action runs, the dialog
 * stays open, because it shows the error of the action.
 *
 * Props: `label` of the button, and its `name` for screen readers; `question` and `details`; `confirm`, the label of the action;
 * `onConfirm(signal)` returns a promise, and its signal aborts when the operator leaves the page; `isHarmless` if nothing is lost.
 */
export class ConfirmButton extends Component {
  constructor(props) {
    super(props);
    this.dialog = createRef();
    dialogs += 1;
    this.details = `dialog-${dialogs}-details`;
    this.left = new AbortController();
    this.state = { isBusy: false, error: null };
  }

  componentWillUnmount() {
    this.left.abort();
  }

  async confirm() {
    if (this.state.isBusy) {
      return;
    }
    this.setState({ isBusy: true, error: null });
    try {
      await this.props.onConfirm(this.left.signal);
      if (this.dialog.current) {
        this.setState({ isBusy: false }, () => this.dialog.current && this.dialog.current.close());
      } else if (document.activeElement === document.body) {
        focusHeading();
      }
    } catch (error) {
      this.setState({ isBusy: false, error });
    }
  }

  cancel() {
    if (!this.state.isBusy) {
      this.dialog.current.close();
    }
  }

  /** A browser permits a page to prevent one Escape, and closes the dialog at the next. */
  closed() {
    if (this.state.isBusy && this.dialog.current) {
      this.dialog.current.showModal();
    }
  }

  render({ label, name, question, details, confirm, isHarmless, children }, { isBusy, error }) {
    const style = isHarmless ? "" : "danger";
    return h("span", null,
      h("button", {
        type: "button",
        class: style,
        "aria-label": name,
        onClick: () => {
          this.setState({ error: null });
          this.dialog.current.showModal();
        },
      }, label),
      h("dialog", {
        ref: this.dialog,
        "aria-label": question,
        "aria-describedby": details ? this.details : undefined,
        onCancel: (event) => isBusy && event.preventDefault(),
        onClose: () => this.closed(),
      },
        h("h2", null, question),
        details ? h("p", { id: this.details }, details) : null,
        children,
        error ? h(ErrorNotice, { error }) : null,
        h("div", { class: "buttons" },
          h("button", { type: "button", "aria-disabled": isBusy ? "true" : undefined, onClick: () => this.cancel() }, "Cancel"),
          // A disabled button would lose the focus, also if the action fails.
          h("button", {
            type: "button",
            class: isHarmless ? "primary" : "danger",
            "aria-disabled": isBusy ? "true" : undefined,
            onClick: () => this.confirm(),
          }, confirm))));
  }
}
