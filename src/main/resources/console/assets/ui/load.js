// Data that a part of a page needs.

import { Component, h } from "../lib/preact.js";
import { ErrorNotice } from "./notice.js";
import { Page } from "./page.js";

/**
 * Loads data and passes it to its child, a function. It loads again when `by` changes or the child calls its second argument.
 *
 * Props: `load(signal)` returns a promise; `by` is the text that identifies the data; `what` names it; `isPage` if the child is a page, so
 * that an error in its place needs a title.
 */
export class Load extends Component {
  componentDidMount() {
    this.load();
  }

  componentDidUpdate(before) {
    if (before.by !== this.props.by) {
      this.load();
    }
  }

  componentWillUnmount() {
    this.abort();
  }

  abort() {
    if (this.controller) {
      this.controller.abort();
    }
  }

  async load() {
    this.abort();
    const controller = new AbortController();
    this.controller = controller;
    const by = this.props.by;
    this.setState({ isLoading: true });
    let next;
    try {
      next = { data: await this.props.load(controller.signal), error: null };
    } catch (error) {
      next = { data: undefined, error };
    }
    if (!controller.signal.aborted) {
      this.setState({ ...next, by, isLoading: false });
    }
  }

  render({ by, what, isPage, children }, { data, error, isLoading, by: loaded }) {
    const reload = () => this.load();
    if (error && !isLoading) {
      const notice = h(ErrorNotice, { error, onRetry: reload });
      return isPage ? h(Page, { title: "Not loaded" }, notice) : notice;
    }
    if (data === undefined || loaded !== by) {
      return h("p", { class: "loading", role: "status" }, `Loading ${what || "…"}`);
    }
    return children(data, reload);
  }
}
