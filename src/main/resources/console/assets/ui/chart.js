// Charts of up to 15 minutes, as SVG that takes its colours from the style sheet.

import { h } from "../lib/preact.js";

const WIDTH = 600;
const HEIGHT = 140;
const SHORTEST_SPAN = 60 * 1000;
const LONGEST_SPAN = 15 * 60 * 1000;
/** Samples farther apart are not joined: the node took none between them. It takes one each 10 s while no console is open. */
const GAP = 25 * 1000;

/**
 * A line of a chart.
 *
 * @typedef {{name: string, style: string, value: function(object): ?number}} Line
 */

/** Returns the smallest of 1, 2, 5, 10, 20, … that is not below a value. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= value * (1 - 1e-9));
}

/** Returns the milliseconds that a chart shows: those since the first sample, so that a first visit does not see an empty chart. */
function spanOf(samples, end) {
  return samples.length === 0 ? LONGEST_SPAN : Math.max(SHORTEST_SPAN, end - samples[0].time);
}

function ago(span) {
  const seconds = Math.round(span / 1000);
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** Returns the path of a line. Each part begins with a line of no length, which the style sheet shows as a dot. */
function pathOf(samples, line, end, span, top) {
  let last = null;
  return samples.map((sample) => {
    const value = line.value(sample);
    if (value === null || value === undefined) {
      last = null;
      return "";
    }
    const x = WIDTH * (1 - (end - sample.time) / span);
    const y = HEIGHT * (1 - value / top);
    const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
    const isJoined = last !== null && sample.time - last < GAP;
    last = sample.time;
    return isJoined ? `L${point}` : `M${point}h0`;
  }).join("");
}

/**
 * Props: `title`; `lines`; `samples`, the oldest first; `format(value)`. The text of the newest values is outside of the picture, so a screen
 * reader reads them there.
 */
export function Chart({ title, lines, samples, format }) {
  const end = samples.length === 0 ? Date.now() : samples[samples.length - 1].time;
  const shown = samples.filter((sample) => end - sample.time <= LONGEST_SPAN);
  const span = spanOf(shown, end);
  const values = shown.flatMap((sample) => lines.map((line) => line.value(sample) || 0));
  const most = Math.max(0, ...values);
  const top = most === 0 ? 1 : ceiling(most);
  const newest = shown.length === 0 ? null : shown[shown.length - 1];
  return h("figure", { class: "chart" },
    h("figcaption", null, title, h("span", { class: "scale", "aria-hidden": "true" }, `0 to ${format(top)}`)),
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", class: "plot" },
      [0.25, 0.5, 0.75].map((share) => h("line", {
        key: share, class: "grid", x1: 0, x2: WIDTH, y1: HEIGHT * share, y2: HEIGHT * share,
      })),
      lines.map((line) => h("path", { key: line.name, class: `line ${line.style}`, d: pathOf(shown, line, end, span, top) }))),
    h("p", { class: "axis", "aria-hidden": "true" }, h("span", null, ago(span)), h("span", null, "now")),
    h("dl", { class: "legend" }, lines.map((line) => h("div", { key: line.name },
      h("dt", null, h("span", { class: `key ${line.style}`, "aria-hidden": "true" }), line.name),
      h("dd", null, newest === null ? "–" : text(line.value(newest), format))))));
}

function text(value, format) {
  return value === null || value === undefined ? "–" : format(value);
}
