// The built-in endpoints: the requests they received, and their scripted responses.

import { ORIGIN, answer, ask, context, query } from "../api.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { Search, addressWith, columnMenu, queryBox, tableColumns } from "../listbar.js";
import { refreshing } from "../live.js";
import { href, present } from "../router.js";
import { Table } from "../table.js";
import { body, button, code, empty, form, headersTable, input, moment, panel, submit } from "../ui.js";

const NEWEST = 50;

function addressOf(name) {
  return `${ORIGIN}/_emulator/inbox/${encodeURIComponent(context.world)}/${encodeURIComponent(name)}`;
}

/** The inboxes that were used, the newest first. */
export function inboxes({ filters, back }) {
  const q = filters.q || "";
  const address = addressWith("inboxes", () => ({ q, columns: present().filters.columns }));
  const box = queryBox({ nouns: "inboxes", value: q, example: "done name:order-* -messages:0", address });
  const search = q ? new Search("/inboxes", { q }, box) : null;
  const columns = [
    { name: "number", title: "Inbox", always: true, width: "minmax(11rem, 2fr)", cell: (each) => h("a", { href: href("inboxes", each.name) }, each.name) },
    { name: "sent", title: "Messages", width: "7rem", cell: (each) => format.counted(each.messages, "message") },
    { name: "received", title: "Received in total", width: "8rem", optional: true, cell: (each) => format.count(each.received) },
    { name: "started", label: "Newest message", title: `Newest message (${format.zone()})`, width: "13rem", cell: (each) => each.newest_at && h("time", { datetime: each.newest_at, title: each.newest_at }, format.time(each.newest_at).slice(0, 19)) },
  ];
  const named = (rows) => rows.map((each) => ({ ...each, id: each.name }));
  const table = new Table({
    label: "Inboxes",
    noun: "inbox",
    plural: "inboxes",
    key: `inboxes ${q}`,
    ...tableColumns(filters, columns),
    fetch: async (offset, limit) => {
      if (search) {
        const found = await search.fetch(offset, limit);
        return { ...found, rows: named(found.rows) };
      }
      const { value, headers } = await answer(`/inboxes${query({ sort: "-created", offset, limit })}`);
      return { rows: named(value), total: Number(headers.get("X-Total-Count")) };
    },
    empty: () => (q ? empty("No inbox matches", "Search for something else.")
      : empty("No inbox was used yet", "An inbox is an endpoint that accepts any request, keeps it, and responds with 200 or as scripted. Any name works:", `curl ${addressOf("my-inbox")} -d '{"hello": "inbox"}'`)),
  });
  const live = refreshing(() => table.refresh(), search ? 1500 : 300);
  const node = h("div", { class: "list" },
    h("div", { class: "bar" }, h("h1", {}, "Inboxes"), columnMenu(columns, table, address)),
    box.node,
    table.node);
  search?.attach(table);
  return { table, title: () => "Inboxes", count: () => (table.fetched ? table.total : null), node, enter: () => table.begin(back), leave: () => { live.stop(); table.leave(); } };
}

/** What an inbox received, the newest messages first. */
export function inbox({ id, filters }) {
  const node = h("div", { class: "page" });
  const path = `/inboxes/${encodeURIComponent(id)}`;
  const q = filters.q || "";
  const box = queryBox({ nouns: "messages", value: q, example: 'method:POST text:"…" header:"…" after:10:00', address: (changed) => href("inboxes", id, { q, ...changed }) });
  const search = q ? new Search(path, { q, limit: NEWEST }, box) : null;
  const scripting = script(id);
  scripting.setAttribute("data-keep", "");
  let total = 0;
  let messages = [];
  const read = async () => {
    const { value, headers } = await answer(`${path}${query({ newest: true, limit: search ? 1 : NEWEST })}`);
    total = Number(headers.get("X-Total-Count"));
    messages = search ? (await search.fetch(0, Infinity)).rows : value;
    draw();
  };
  const live = refreshing(read, search ? 1500 : 300);

  async function clear() {
    const text = `${format.counted(total, "message")} and the remaining scripted responses of ${id} are deleted.`;
    if (!(await confirm(`Empty ${id}?`, text, "Empty inbox"))) return;
    await attempt(() => ask(path, { method: "DELETE" }));
    await read();
  }

  function draw() {
    show(node,
      h("header", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("inboxes") }, "Inboxes")), h("h1", {}, id)),
        h("div", { class: "actions" }, button("Empty", clear, { kind: "danger" }))),
      panel("Address", code(addressOf(id), "address of this inbox")),
      scripting,
      panel(`Messages (${format.count(total)})`, box.node, search?.node,
        messages.length ? messages.map(message) : h("p", { class: "quiet" }, total ? "No message matches." : "No messages yet."),
        !search && messages.length === NEWEST ? h("p", { class: "quiet" }, `The newest ${NEWEST} are shown.`) : null));
  }

  if (search) search.onMore = async () => { await search.further(); messages = search.rows; draw(); };
  return { title: () => `Inbox ${id}`, count: () => messages.length, node, enter: read, leave: live.stop };
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
