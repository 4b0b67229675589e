// One callback: its request, the response to each attempt, and resending it.

import { ask } from "../api.js";
import { attempt, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { go, href } from "../router.js";
import { area, badge, body, button, callbackBadge, callbackLink, callLink, code, empty, facts, disclosure, faultMark, form, headersTable, input, moment, panel, submit, toneOfAnswer } from "../ui.js";
import { explained } from "./explain.js";

export function callback({ id }) {
  const node = h("div", { class: "page" }, h("p", { class: "quiet" }, "Reading\u2026"));
  let shown = null;
  let editing = false;
  let why = null;
  const read = async () => {
    try {
      shown = await ask(`/callbacks/${encodeURIComponent(id)}`);
      draw();
      why = await explained(id);
      draw();
    } catch (error) {
      if (!shown) show(node, empty("No such callback", error.text || error.message));
    }
  };
  const live = refreshing(read);

  async function resend() {
    const done = await attempt(() => ask(`/callbacks/${encodeURIComponent(id)}/resend`, { method: "POST" }));
    if (done) toast(result(done), done.status === "delivered" ? "good" : "bad");
    await read();
  }

  async function sendEdited(fields) {
    const made = await attempt(() => ask(`/callbacks/${encodeURIComponent(id)}/resend`, { method: "POST", body: fields }));
    if (!made) return;
    toast(result(made), made.status === "delivered" ? "good" : "bad");
    go(href("callbacks", made.id));
  }

  function draw() {
    const pending = shown.status === "pending";
    show(node,
      h("header", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("callbacks") }, "Callbacks")),
          h("h1", {}, shown.event, " ", callbackBadge(shown), faultMark(shown))),
        h("div", { class: "actions" },
          button("Resend", resend, { kind: "primary", name: "resend", disabled: pending, title: pending ? "The callback is still pending" : "Send the same bytes again now" }),
          button("Edit and resend", () => { editing = !editing; draw(); }, { name: "edit" }))),
      h("p", { class: `summary ${shown.status}` }, summary(shown)),
      editing ? panel("Edit and resend", h("p", { class: "quiet" }, "An edited copy is sent now, as a new callback."), editor(shown)) : null,
      facts(
        ["Platform", shown.platform],
        ["Endpoint", h("span", { class: "mono long" }, `${shown.method} ${format.plain(shown.url)}`)],
        ["Same endpoint", h("a", { href: href("callbacks", "", { q: `status:failed url:"${shown.url.slice(0, 300)}"` }) }, "Others that failed")],
        ["About call", shown.call_id && callLink(shown.call_id)],
        ["About batch", shown.batch_id && h("a", { class: "mono", href: href("batches", shown.batch_id) }, format.short(shown.batch_id))],
        ["Fault", shown.fault && h("a", { href: href("faults") }, `${format.words(shown.fault.kind)} (${shown.fault.id})`)],
        ["Echo of", shown.echo_of && callbackLink(shown.echo_of)],
        ["Edited copy of", shown.copy_of && callbackLink(shown.copy_of)],
        ["Created", moment(shown.created_at)],
        ["Next attempt", shown.due_at && moment(shown.due_at)]),
      panel(`Attempts (${shown.attempts.length})`,
        shown.attempts.length ? shown.attempts.map((each, index) => drawAttempt(each, index)) : h("p", { class: "quiet" }, "None yet: it is due, or waits for an earlier step.")),
      panel("Request", h("p", { class: "quiet" }, "Every attempt sends the same bytes."),
        h("p", { class: "mono line" }, `${shown.method} ${format.plain(shown.url)}`),
        headersTable(Object.entries(shown.headers), "Headers of the request"),
        shown.body === null ? h("p", { class: "quiet" }, "The body was evicted to make room.") : body(shown.body, "body of the request")),
      shown.sent ? panel("Request as a fault changed it", headersTable(Object.entries(shown.sent.headers), "Headers that were sent"), body(shown.sent.body, "body that was sent")) : null,
      why ? panel("Explain", why) : null,
      panel("Raw", disclosure("JSON", false, code(JSON.stringify(shown, null, 2), "callback as JSON"))));
  }

  function drawAttempt(each, index) {
    const before = index ? shown.attempts[index - 1].ended_at : shown.created_at;
    return h("details", { class: "attempt", open: index === shown.attempts.length - 1, "data-key": `attempt ${each.number}` },
      h("summary", {},
        badge(each.status ?? "no response", toneOfAnswer(each.status)), faultMark(each),
        h("span", {}, ` Attempt ${each.number}`),
        h("span", { class: "quiet" }, ` ${format.span(format.between(before, each.started_at))} after ${index ? "the previous attempt" : "the callback was created"}`),
        h("span", { class: "at" }, moment(each.started_at))),
      h("div", { class: "answer" },
        facts(["Started", moment(each.started_at)], ["Ended", moment(each.ended_at)], ["Took", format.span(format.between(each.started_at, each.ended_at))], ["Error", each.error]),
        each.headers.length ? headersTable(each.headers, `Headers of response ${each.number}`) : null,
        each.status === null ? null : body(each.body, `body of response ${each.number}`)));
  }

  function editor(callbackShown) {
    return form((fields) => sendEdited(fields),
      input("Endpoint", { wide: true,  name: "url", value: callbackShown.url, required: true }),
      input("Content type", { name: "content_type", value: callbackShown.headers["content-type"], required: true }),
      area("Body", { name: "body", value: callbackShown.body || "", rows: 12 }),
      submit("Send the edited copy"));
  }

  return { title: () => "Callback", node, enter: read, leave: live.stop };
}

function result(callbackShown) {
  const last = callbackShown.attempts.at(-1);
  return last.status === null ? `No response: ${last.error}` : `Response ${last.status}`;
}

/** Say in a sentence where a callback stands, and why. */
export function summary(shown) {
  const last = shown.attempts.at(-1);
  const tries = format.counted(shown.attempts.length, "attempt");
  if (!last) return "Not attempted yet.";
  const came = last.status === null ? `there was no response (${last.error})` : `the endpoint answered ${last.status}`;
  switch (shown.status) {
    case "delivered":
      return `Delivered: ${came}, after ${tries}.`;
    case "pending":
      return `Pending: ${came} to the last of ${tries}; the next attempt is due at ${format.time(shown.due_at)}.`;
    case "dropped":
      return "Dropped: a fault kept it from being sent. Resend it to send it now.";
    case "refused":
      return `Refused: ${last.error}`;
    default:
      return `Failed: ${came} to the last of ${tries}, and no retry is left. Fix the endpoint, then resend it.`;
  }
}
