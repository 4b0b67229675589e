// The built-in endpoints: the requests they received, and their scripted responses.

import { ORIGIN, ask, context } from "../api.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { href } from "../router.js";
import { body, button, code, empty, form, headersTable, input, moment, panel, submit } from "../ui.js";

const NEWEST = 50;

export function inboxes({ id }) {
  const node = h("div", { class: "page" });
  const scripting = script(id);
  let known = [];
  let messages = [];
  const read = async () => {
    known = await ask("/inboxes");
    const count = known.find((each) => each.name === id)?.messages ?? 0;
    const offset = Math.max(0, count - NEWEST);
    messages = id ? (await ask(`/inboxes/${encodeURIComponent(id)}?offset=${offset}&limit=${NEWEST}`)).map((each, index) => ({ ...each, number: offset + index + 1 })).reverse() : [];
    draw();
  };
  const live = refreshing(read);

  function address(name) {
    return `${ORIGIN}/_emulator/inbox/${encodeURIComponent(context.world)}/${encodeURIComponent(name)}`;
  }

  async function clear() {
    const count = known.find((each) => each.name === id)?.messages ?? 0;
    const text = `${format.counted(count, "message")} and the remaining scripted responses of ${id} are deleted.`;
    if (!(await confirm(`Empty ${id}?`, text, "Empty inbox"))) return;
    await attempt(() => ask(`/inboxes/${encodeURIComponent(id)}`, { method: "DELETE" }));
    await read();
  }

  function draw() {
    if (!id) {
      show(node, h("div", { class: "bar" }, h("h1", {}, "Inboxes")),
        known.length ? h("ul", { class: "cards" }, known.map((each) => h("li", {}, h("a", { href: href("inboxes", each.name), class: "card" }, h("b", {}, each.name), h("span", { class: "quiet" }, format.counted(each.messages, "message")))))) :
          empty("No inbox was used yet", "An inbox is an endpoint that accepts any request, keeps it, and responds with 200 or as scripted. Any name works:", `curl ${address("my-inbox")} -d '{"hello": "inbox"}'`));
      return;
    }
    show(node,
      h("header", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("inboxes") }, "Inboxes")), h("h1", {}, id)),
        h("div", { class: "actions" }, button("Empty", clear, { kind: "danger" }))),
      panel("Address", code(address(id), "address of this inbox")),
      scripting,
      panel(`Messages (${format.count(known.find((each) => each.name === id)?.messages ?? 0)})`,
        messages.length ? messages.map(message) : h("p", { class: "quiet" }, "No messages yet."),
        messages.length === NEWEST ? h("p", { class: "quiet" }, `The newest ${NEWEST} are shown.`) : null));
  }

  return { title: () => (id ? `Inbox ${id}` : "Inboxes"), count: () => (id ? messages.length : known.length), node, enter: read, leave: live.stop };
}

function message(each, index) {
  return h("details", { class: "attempt", open: index === 0, "data-key": `message ${each.number}` },
    h("summary", {}, h("span", { class: "mono" }, `${each.method} ${format.plain(each.path)}`), h("span", { class: "at" }, moment(each.received_at))),
    h("div", { class: "answer" }, headersTable(Object.entries(each.headers), "Headers"), body(each.body, "body")));
}

function script(id) {
  const send = async (fields) => {
    const answers = fields.answers.split(/[\s,]+/).filter(Boolean).map(Number);
    const done = await attempt(() => ask(`/inboxes/${encodeURIComponent(id)}`, { method: "PUT", body: { answers } }));
    if (done) toast(`The next ${format.counted(done.answers, "response")} follow the script, then 200.`);
  };
  return panel("Scripted responses", form(send, input("Statuses, in order", { name: "answers", placeholder: "500 500 200", hint: "Separated by spaces; then 200" }), submit("Set responses")));
}
