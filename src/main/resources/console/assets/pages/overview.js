// The figures of all nodes, live.

import { Component, h } from "../lib/preact.js";
import { receive } from "../events.js";
import { link } from "../router.js";
import { Chart } from "../ui/chart.js";
import { Empty, ErrorNotice } from "../ui/notice.js";
import { Page } from "../ui/page.js";
import { Nodes } from "./nodes.js";

/** Samples of 15 minutes. */
const KEPT = 450;

const rate = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}/s`;

function duration(seconds) {
  const milliseconds = seconds * 1000;
  if (milliseconds >= 1000) {
    return `${seconds.toFixed(1)} s`;
  }
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

const sum = (values) => Object.values(values).reduce((all, one) => all + one, 0);

const CHARTS = [
  {
    title: "Requests",
    format: rate,
    lines: [{ name: "all", style: "a", value: (sample) => sum(sample.responses) }],
  },
  {
    title: "Time to the last byte",
    format: duration,
    lines: [
      { name: "p50", style: "a", value: (sample) => sample.p50 },
      { name: "p99", style: "c", value: (sample) => sample.p99 },
    ],
  },
  {
    title: "Responses by status",
    format: rate,
    lines: [["2xx", "good"], ["3xx", "a"], ["4xx", "c"], ["5xx", "bad"]]
      .map(([name, style]) => ({ name, style, value: (sample) => sample.responses[name] || 0 })),
  },
  {
    title: "Look-ups of credentials",
    format: rate,
    lines: [["known", "good"], ["unknown", "c"], ["unavailable", "bad"]]
      .map(([name, style]) => ({ name, style, value: (sample) => sample.lookups[name] || 0 })),
  },
];

export class OverviewPage extends Component {
  constructor(props) {
    super(props);
    this.controller = new AbortController();
    this.follow = () => this.receive();
    this.state = { samples: [], nodes: null, failure: null, paused: null };
  }

  componentDidMount() {
    document.addEventListener("visibilitychange", this.follow);
    this.receive();
  }

  componentWillUnmount() {
    document.removeEventListener("visibilitychange", this.follow);
    this.controller.abort();
  }

  /** Receives figures while the tab is visible. The streams of six hidden tabs would occupy every connection of the browser to the node. */
  receive() {
    this.controller.abort();
    if (!document.hidden) {
      this.controller = new AbortController();
      receive("gatehouse/figures", (data) => this.add(data), (failure) => this.setState({ failure }), this.controller.signal);
    }
  }

  /** The first event of a stream replaces what is shown. Before its first read, it has no nodes. */
  add({ history, samples, nodes }) {
    this.setState((state) => ({
      samples: history ? samples : [...state.samples, ...samples].slice(-KEPT),
      nodes: nodes.length === 0 ? state.nodes : nodes,
      failure: null,
    }));
  }

  /** Keeps what is shown, or shows the newest figures again. The page receives them meanwhile. */
  pause() {
    this.setState(({ samples, nodes, paused }) => ({ paused: paused === null ? { samples, nodes } : null }));
  }

  render(props, { failure, paused, ...newest }) {
    const { samples, nodes } = paused || newest;
    const action = h("button", { type: "button", onClick: () => this.pause() }, paused ? "Continue" : "Pause");
    return h(Page, { title: "Overview", actions: action },
      failure ? h(ErrorNotice, { error: new Error(`${failure.message} The figures are not current; retrying.`) }) : null,
      h("section", null,
        h("h2", null, "Traffic"),
        samples.length === 0
          ? h("p", { class: "loading", role: "status" }, "Collecting the first figures")
          : h(Traffic, { samples })),
      nodes === null ? null : h(Nodes, { nodes }));
  }
}

function Traffic({ samples }) {
  const isIdle = samples.every((sample) => sum(sample.responses) === 0);
  return h("div", null,
    isIdle ? h(Empty, { text: "No requests in this time. Call a Route through the proxy. If there is no Route, create a Service and its Route first." },
      h("a", { class: "button", href: link(["services"]) }, "Show the Services")) : null,
    h("div", { class: "charts" }, CHARTS.map((chart) => h(Chart, { key: chart.title, ...chart, samples }))));
}
