// Sends a request of the history again, as it was or edited, and shows the response.

import { BASE, ask, context, query, token } from "./api.js";
import { LEFT_OUT } from "./curl.js";
import * as format from "./format.js";
import { h, show } from "./h.js";
import { href } from "./router.js";
import { area, badge, body, button, form, input, submit, toneOfAnswer } from "./ui.js";

/** What browsers send themselves, or not at all. */
const FORBIDDEN = /^(cookie2?|origin|referer|date|dnt|expect|keep-alive|te|trailer|transfer-encoding|upgrade|via|sec-.*|proxy-.*|x-emulator-(world|token))$/;
const BODYLESS = new Set(["GET", "HEAD"]);

/** The form and the response of the latest sending, below each other. */
export function resending(exchange) {
  const result = h("div", { class: "resent", role: "status", "data-keep": true });
  const unsent = exchange.headers.map(([name]) => name.toLowerCase()).filter((name) => name === "cookie");
  const asIs = { ...exchange, headers: exchange.headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase())) };
  return h("div", {},
    h("div", { class: "actions" }, button("Send again", () => send(asIs, result), { kind: "primary", title: "Send the same request now" })),
    unsent.length ? h("p", { class: "quiet" }, "A browser cannot send the header Cookie; the commands below can.") : null,
    h("details", { class: "disclosure" }, h("summary", {}, "Edit and send"), editor(asIs, result)),
    result);
}

function editor(exchange, result) {
  const written = exchange.headers.filter(([name]) => !FORBIDDEN.test(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`);
  return form((fields) => send({
    method: fields.method.trim().toUpperCase(),
    target: fields.target.trim(),
    body: fields.body,
    headers: fields.headers.split("\n").filter((each) => each.includes(":")).map((each) => [each.slice(0, each.indexOf(":")).trim(), each.slice(each.indexOf(":") + 1).trim()]),
  }, result),
    input("Method", { name: "method", value: exchange.method, required: true }),
    input("Path", { name: "target", value: exchange.target, required: true, wide: true }),
    area("Headers, one a line", { name: "headers", value: written.join("\n"), rows: 4 }),
    area("Body", { name: "body", value: exchange.body || "", rows: 10 }),
    submit("Send the edited request"));
}

async function send({ method, target, headers, body: content }, result) {
  show(result, h("p", { class: "quiet" }, "Sending\u2026"));
  try {
    if (!target.startsWith("/") || target.startsWith("//")) throw new Error("The path must begin with one slash.");
    const kind = target.startsWith("/_emulator/") ? "control" : "exchange";
    const [before] = await ask(`/history${query({ kind, brief: true, limit: 1 })}`);
    const own = headers.filter(([name]) => !FORBIDDEN.test(name.toLowerCase()));
    own.push(["X-Emulator-World", context.world]);
    if (kind === "control" && token()) own.push(["X-Emulator-Token", token()]);
    const response = await fetch(BASE + target, { method, headers: own, body: BODYLESS.has(method) || !content ? undefined : content, cache: "no-store", credentials: "omit" });
    const text = await response.text();
    const since = await ask(`/history${query({ kind, brief: true, after: before?.number ?? 0, limit: 100 })}`);
    const made = since.findLast((each) => each.method === method && each.target === target);
    show(result,
      h("p", { class: "line" }, "Response ", badge(response.status, toneOfAnswer(response.status)), made ? h("a", { href: href("requests", made.number) }, `Request ${format.count(made.number)}`) : null),
      body(text, "body of the new response"));
  } catch (error) {
    show(result, h("p", { class: "bad" }, `Not sent: ${error.text || error.message}`));
  }
}
