// The frame of every page: heading, actions, content.

import { Component, createRef, h } from "../lib/preact.js";
import { take } from "../flash.js";
import { Done } from "./notice.js";

let isFirst = true;

/** Has the next page move the focus: it replaces another page of the console. */
export function notFirst() {
  isFirst = false;
}

/** Moves the focus to the heading, where the element that had it is removed. Otherwise the keyboard would begin at the browser. */
export function focusHeading() {
  const heading = document.querySelector("main h1");
  if (heading !== null) {
    heading.focus();
  }
}

/**
 * Sets the title of the document. After a change of the page, it moves the focus to the heading, so that a screen reader reads it.
 *
 * Props: `title`, `actions` (elements beside the heading), `parent` (`{text, href}`, the page above).
 */
export class Page extends Component {
  constructor(props) {
    super(props);
    this.heading = createRef();
    this.state = { message: take() };
  }

  componentDidMount() {
    document.title = `${this.props.title} – Gatehouse`;
    if (!isFirst) {
      this.heading.current.focus();
      window.scrollTo(0, 0);
    }
    notFirst();
  }

  componentDidUpdate() {
    document.title = `${this.props.title} – Gatehouse`;
  }

  render({ title, actions, parent, children }, { message }) {
    return h("div", { class: "page" },
      parent ? h("p", { class: "parent" }, h("a", { href: parent.href }, parent.text)) : null,
      h("div", { class: "heading" },
        h("h1", { tabIndex: -1, ref: this.heading }, title),
        actions ? h("div", { class: "actions" }, actions) : null),
      message ? h(Done, { message }) : null,
      children);
  }
}
