// "Try it": a token for an Application and a call of a Route, both through the proxy of the node.

import { Component, h } from "../lib/preact.js";
import { find, get, path, request } from "../api.js";
import { link } from "../router.js";
import { Load } from "../ui/load.js";
import { Empty, ErrorNotice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Exchange } from "./try-exchange.js";
import { Choice, RequestForm } from "./try-form.js";
import { listenersOf, proposal, tokenRequest, withToken } from "./try-plan.js";

const OK = 200;
/** Stands for the token until there is one, so that the curl line of the call is complete. */
const NO_TOKEN = "token-of-the-response";
const NO_ENDPOINT = "No Route serves the token endpoint: the oauth2 Plugin of the Route serves POST below its path.";

async function load(query, signal) {
  const application = query.get("application");
  const [route, client, node] = await Promise.all([
    find(path("routes", query.get("route")), signal),
    application ? find(path("oauth2", application), signal) : null,
    get("", signal),
  ]);
  return { route, client, listeners: listenersOf(node) };
}

/** Props: the `query` of the address: the ids `route` and `application`. It has no secret and no token. */
export function TryPage({ query }) {
  const route = query.get("route") || "";
  const application = query.get("application") || "";
  return h(Page, { title: "Try it" },
    h(Choice, { route, application, key: `${route} ${application}` }),
    route === ""
      ? h(Empty, { text: "Choose the Route to call. If its API needs a token, choose an Application too: the console gets a token for it." })
      : h(Load, { load: (signal) => load(query, signal), by: query.toString(), what: "the Route" },
        (found) => (found.route === null
          ? h(Empty, { text: "There is no Route with this id. It may have been deleted." })
          : h(Trial, { ...found, key: query.toString() }))));
}

/** Props: `route`; `client`, the Application or null; `listeners` of the proxy. */
class Trial extends Component {
  constructor(props) {
    super(props);
    this.initial = proposal(props.route, props.listeners);
    this.state = { isBusy: false, isShown: false, error: null, exchanges: [], secrets: {}, hidden: [] };
  }

  add(exchange) {
    this.setState(({ exchanges }) => ({
      exchanges: exchanges.some((one) => one.title === exchange.title)
        ? exchanges.map((one) => (one.title === exchange.title ? exchange : one))
        : [...exchanges, exchange],
    }));
  }

  async send({ method, url, headers, body, scope, secret }) {
    const { route, client, listeners } = this.props;
    const call = { method, url, headers, body };
    this.setState({ isBusy: true, error: null, exchanges: [], secrets: {}, hidden: [] });
    try {
      if (client === null) {
        await this.exchange("Call", call);
      } else {
        const application = { clientId: client.client_id, secret: client.hash_secret ? secret : client.client_secret || "" };
        await this.exchangeWithToken(call, tokenRequest(url, route, listeners, application, scope), application.secret);
      }
    } catch (error) {
      this.setState({ error });
    } finally {
      this.setState({ isBusy: false });
    }
  }

  async exchangeWithToken(call, wanted, secret) {
    if (!await servesToken(wanted)) {
      throw new Error(`The console has not sent the secret. ${NO_ENDPOINT}`);
    }
    const encodedSecret = new URLSearchParams({ s: secret }).toString().slice(2);
    this.setState({ secrets: { [encodedSecret]: "CLIENT_SECRET", [NO_TOKEN]: "TOKEN" }, hidden: [secret] });
    this.add({ title: "Token", wanted, answer: null });
    this.add({ title: "Call", wanted: withToken(call, NO_TOKEN), answer: null });
    const answer = await this.exchange("Token", wanted);
    const issued = answer.response.status === OK ? tokenOf(answer.response.body) : null;
    if (issued === null) {
      throw new Error(`The Application got no token. ${advice(answer.response)}`);
    }
    this.setState((state) => ({
      secrets: { ...state.secrets, [issued.access_token]: "TOKEN" },
      hidden: [...state.hidden, issued.refresh_token || ""],
    }));
    await this.exchange("Call", withToken(call, issued.access_token));
  }

  /** Shows the request before the response, so that its curl line remains if the node sends no test calls. */
  async exchange(title, wanted) {
    this.add({ title, wanted, answer: null });
    const { data } = await request("POST", "gatehouse/test-call", { body: { ...wanted, body: wanted.body || undefined } });
    this.add({ title, wanted, answer: data });
    return data;
  }

  render({ client }, { isBusy, isShown, error, exchanges, secrets, hidden }) {
    return h("div", null,
      h("p", { class: "hint" }, "The request is real: the upstream receives it, limits count it, and the proxy sees the address of the node as the client."),
      h(RequestForm, { initial: this.initial, application: client, isBusy, onSend: (values) => this.send(values) }),
      h("div", { "aria-live": "polite", class: "exchanges" },
        isBusy ? h("p", { class: "loading" }, "Waiting for the response") : null,
        error ? h(ErrorNotice, { error }) : null,
        client && exchanges.length > 0
          ? h("label", null,
            h("input", { type: "checkbox", checked: isShown, onChange: () => this.setState({ isShown: !isShown }) }),
            " Show the secret and the token")
          : null,
        exchanges.map(({ title, wanted, answer }) => h(Exchange, {
          key: title, title, request: wanted, answer, secrets, hidden, isShown,
        })),
        exchanges.length > 0 ? h(Matching, { wanted: exchanges[exchanges.length - 1].wanted }) : null));
  }
}

/** Whether an oauth2 Plugin would respond to the request. Otherwise the upstream would receive the secret. */
async function servesToken({ method, url, headers }) {
  const { data } = await request("POST", "gatehouse/route-match", { body: { method, url, headers } });
  return data.route !== null && data.plugins.some((one) => one.name === "oauth2");
}

function tokenOf(body) {
  try {
    const issued = JSON.parse(body);
    return typeof issued.access_token === "string" ? issued : null;
  } catch {
    return null;
  }
}

function advice({ status, body }) {
  if (status === 404) {
    return NO_ENDPOINT;
  }
  if (String(body).includes("unsupported_grant_type") || String(body).includes("Invalid grant_type")) {
    return "Enable enable_client_credentials in the oauth2 Plugin of the Route.";
  }
  return "The response states why.";
}

/** The headers of a call contain the token, so the address of the match has none. */
function Matching({ wanted }) {
  return h("p", null, h("a", { href: link(["match"], { method: wanted.method, url: wanted.url }) }, "Which Route matches this request?"));
}
