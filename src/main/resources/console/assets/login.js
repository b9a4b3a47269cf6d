// The page that asks for the admin token.

import { Component, createRef, h } from "./lib/preact.js";
import { ApiError, get } from "./api.js";
import { signIn } from "./session.js";
import { ErrorNotice } from "./ui/notice.js";
import { notFirst } from "./ui/page.js";

/** What no token contains. A browser could not send some of it in a header. */
const OTHER_THAN_PRINTABLE_ASCII = /[^\x21-\x7e]/;

/** Props: `onSignIn`, called when the Admin API has accepted the token. */
export class Login extends Component {
  constructor(props) {
    super(props);
    this.input = createRef();
    this.state = { error: null, isBusy: false };
  }

  componentDidMount() {
    document.title = "Sign in – Gatehouse";
    this.input.current.focus();
    notFirst();
  }

  async submit(event) {
    event.preventDefault();
    const value = this.input.current.value.trim();
    if (value === "") {
      this.setState({ error: new Error("Enter the token.") });
      return;
    }
    if (OTHER_THAN_PRINTABLE_ASCII.test(value)) {
      this.setState({ error: new Error("The Admin API does not accept this token.") });
      return;
    }
    this.setState({ error: null, isBusy: true });
    signIn(value);
    try {
      await get("endpoints");
      this.props.onSignIn();
    } catch (failure) {
      const isWrong = failure instanceof ApiError && failure.status === 401;
      this.setState({ isBusy: false, error: isWrong ? new Error("The Admin API does not accept this token.") : failure });
      this.input.current.focus();
    }
  }

  render(props, { error, isBusy }) {
    return h("main", { class: "alone" },
      h("h1", null, "Gatehouse"),
      h("form", { class: "login", onSubmit: (event) => this.submit(event) },
        h("label", { class: "label", for: "token" }, "Admin token"),
        h("input", {
          id: "token",
          type: "password",
          ref: this.input,
          autocomplete: "off",
          spellcheck: false,
          "aria-describedby": "token-hint",
          "aria-invalid": error ? "true" : undefined,
        }),
        h("p", { class: "hint", id: "token-hint" },
          "The setting ", h("code", null, "admin.token"), " of the node (", h("code", null, "GATEHOUSE_ADMIN_TOKEN"),
          "). This tab keeps it until you close the tab or sign out."),
        error ? h(ErrorNotice, { error }) : null,
        h("button", { type: "submit", class: "primary", disabled: isBusy }, "Sign in")));
  }
}
