// Starts the console: signs in if the listener needs a token, then shows the page of the address.

import { Component, h, render } from "./lib/preact.js";
import { ApiError, get } from "./api.js";
import { Login } from "./login.js";
import { pageAt } from "./pages.js";
import { address, onNavigate, start } from "./router.js";
import { onSignOut, token } from "./session.js";
import { Shell } from "./shell.js";
import { ErrorNotice } from "./ui/notice.js";
import { focusHeading } from "./ui/page.js";

class App extends Component {
  constructor(props) {
    super(props);
    this.state = { isSignedIn: false, isChecked: false, error: null, address: address() };
  }

  componentDidMount() {
    onNavigate(() => this.setState({ address: address() }));
    onSignOut(() => this.setState({ isSignedIn: false, isChecked: true }));
    this.check();
  }

  /** A search or the next page changes the query of a page that stays, and removes the control that had the focus. */
  componentDidUpdate(props, before) {
    if (before.address !== this.state.address && document.activeElement === document.body) {
      focusHeading();
    }
  }

  /** A listener on loopback may need no token. Otherwise the response is 401, which ends the session. */
  async check() {
    this.setState({ error: null });
    try {
      await get("endpoints");
      this.setState({ isSignedIn: true, isChecked: true });
    } catch (error) {
      const isMissing = error instanceof ApiError && error.status === 401;
      this.setState({ isChecked: true, error: isMissing ? null : error });
    }
  }

  render(props, { isSignedIn, isChecked, error, address: now }) {
    if (error) {
      return h("main", { class: "alone" }, h("h1", null, "Gatehouse"), h(ErrorNotice, { error, onRetry: () => this.check() }));
    }
    if (!isChecked) {
      return h("main", { class: "alone" }, h("p", { role: "status" }, "Contacting the Admin API"));
    }
    if (!isSignedIn) {
      return h(Login, { onSignIn: () => this.setState({ isSignedIn: true }) });
    }
    const { page, section, key, props: given } = pageAt(now);
    return h(Shell, { section, canSignOut: token() !== null }, h(page, { key, ...given }));
  }
}

start();
const root = document.getElementById("app");
root.replaceChildren();
render(h(App, null), root);
