// A request that was sent, with its response.

import { h } from "../lib/preact.js";
import { curl, masked } from "./try-plan.js";

function requestText({ method, url, headers, body }) {
  const target = new URL(url);
  return [
    `${method} ${target.pathname}${target.search} HTTP/1.1`,
    `Host: ${target.host}`,
    ...lines(headers),
    ...(body ? ["", body] : []),
  ].join("\n");
}

function responseText({ status, headers, body, body_base64: bytes, truncated }) {
  return [
    `HTTP/1.1 ${status}`,
    ...lines(headers),
    "",
    bytes ? `(no text: in base64) ${bytes}` : body,
    ...(truncated ? ["(the rest is not shown)"] : []),
  ].join("\n");
}

function lines(headers) {
  return Object.entries(headers).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
}

/**
 * Props: `title`; `request` as the Admin API receives it; `answer`, null until there is one; `secrets`, the names of variables of the shell
 * by their values; `hidden`, further values that are masked; `isShown` if nothing is masked.
 */
export function Exchange({ title, request, answer, secrets, hidden, isShown }) {
  const mask = (text) => (isShown ? text : masked(text, [...Object.keys(secrets), ...hidden]));
  return h("section", null,
    h("h2", null, title),
    h(Part, { of: title, title: "Request", text: mask(requestText(request)) }),
    answer
      ? h(Part, {
        of: title,
        title: `Response: ${answer.response.status}, after ${answer.latency_ms} ms`,
        text: mask(responseText(answer.response)),
      })
      : null,
    h(Part, { of: title, title: "curl", text: mask(curl(request, secrets)) }));
}

function Part({ of, title, text }) {
  return h("div", null,
    h("h3", null, title),
    h("pre", { class: "exchange", tabIndex: 0, role: "region", "aria-label": `${of}: ${title}` }, text));
}
