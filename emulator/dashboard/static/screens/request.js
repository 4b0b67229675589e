// One request with its response, and a command that sends it again.

import { ORIGIN, ask } from "../api.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { resending } from "../resend.js";
import { href } from "../router.js";
import { snippetsOf } from "../snippets.js";
import { badge, body, callbackLink, code, copyButton, empty, facts, disclosure, faultMark, headersTable, moment, panel, toneOfAnswer } from "../ui.js";

let operations = null;

async function operationOf(exchange) {
  operations ??= await ask("/operations");
  return operations.find((each) => each.platform === exchange.platform && each.operation === exchange.operation);
}

export function request({ id }) {
  const node = h("div", { class: "page" }, h("p", { class: "quiet" }, "Reading\u2026"));
  let number = Number(id);
  async function enter() {
    try {
      const exchange = await ask(`/history/${encodeURIComponent(id)}`);
      number = exchange.number;
      if (!exchange.method) throw new Error("That history entry is not a request.");
      draw(exchange, exchange.operation ? await operationOf(exchange) : null);
    } catch (error) {
      show(node, empty("No such request", error.text || error.message));
    }
  }

  function draw(exchange, operation) {
    const snippets = snippetsOf(exchange, ORIGIN);
    show(node,
      h("header", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("requests") }, "Requests")),
          h("h1", {}, h("span", { class: "mono" }, `${exchange.method} ${format.plain(exchange.target)}`), " ", badge(exchange.status, toneOfAnswer(exchange.status)), faultMark(exchange))),
        h("div", { class: "actions" }, snippets.map(({ name, code: pasted }) => copyButton(() => pasted, `Copy as ${name}`)))),
      facts(
        ["Platform", exchange.platform || "control API"],
        ["Operation", operation ? h("a", { href: operation.docs, target: "_blank", rel: "noreferrer" }, format.words(exchange.operation)) : format.words(exchange.operation)],
        ["What it does", operation?.summary],
        ["Basis", operation && h("span", { class: `basis ${operation.basis}` }, operation.basis)],
        ["Note", operation?.note],
        ["Asks for", exchange.action],
        ["Sent by", exchange.callback_id && callbackLink(exchange.callback_id, "a callback of the emulator")],
        ["Fault", exchange.fault && h("a", { href: href("faults") }, `${format.words(exchange.fault.kind)} (${exchange.fault.id})`)],
        ["At", moment(exchange.at)]),
      exchange.problem ? panel("Internal error of the emulator", code(exchange.problem, "traceback")) : null,
      panel("Request", headersTable(exchange.headers, "Headers of the request"), body(exchange.body, "body of the request")),
      panel("Response", h("p", {}, badge(exchange.status, toneOfAnswer(exchange.status))), body(exchange.answer, "body of the response")),
      panel("Send again", resending(exchange), snippets.map(({ name, code: pasted }) => disclosure(`As ${name}`, name === "curl", code(pasted, name === "curl" ? "command" : name)))));
  }

  return { title: () => `Request ${number}`, node, enter };
}
