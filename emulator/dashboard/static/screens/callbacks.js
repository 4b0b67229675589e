// The callbacks of every vendor: those that were attempted last come first.

import { ORIGIN, answer, ask, context, query } from "../api.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h } from "../h.js";
import { Search, addressWith, columnMenu, downloadMenu, queryBox, tableColumns } from "../listbar.js";
import { refreshing } from "../live.js";
import { platformOptions } from "../platforms.js";
import { go, href, present } from "../router.js";
import { Table } from "../table.js";
import { badge, button, callbackBadge, empty, faultMark, select, toneOfAnswer } from "../ui.js";

const MAX_RESENT = 1000;
const STATUSES = ["", "pending", "delivered", "failed", "refused", "dropped"];

export function callbacks({ filters, back }) {
  const asked = Object.fromEntries(["q", "platform", "status", "call_id", "batch_id"].map((name) => [name, filters[name] || ""]));
  const box = queryBox({ nouns: "callbacks", value: asked.q, example: 'status:failed answer:500 url:"…" text:"…"', address: (changed) => address(changed) });
  const search = asked.q ? new Search("/callbacks", asked, box) : null;
  const sort = search ? "-changed" : filters.sort || "-changed";
  const address = addressWith("callbacks", () => ({ ...asked, sort: filters.sort, columns: present().filters.columns }));
  const columns = [
    { name: "status", title: "Status", width: "7rem", cell: callbackBadge },
    { name: "platform", rank: 3, title: "Platform", width: "6.5rem", cell: (each) => each.platform },
    { name: "number", title: "Event", always: true, width: "minmax(9rem, 1fr)", cell: (each) => [h("a", { href: href("callbacks", each.id) }, each.event, each.copy_of ? " (edited)" : ""), " ", faultMark(each)] },
    { name: "bot", rank: 2, title: "Endpoint", width: "minmax(10rem, 2fr)", cell: (each) => h("span", { class: "mono", title: format.plain(each.url) }, `${each.method} ${format.plain(each.url)}`) },
    { name: "started", label: "Created", title: `Created (${format.zone()})`, width: "9.5rem", optional: true, cell: (each) => timeCell(each.created_at) },
    { name: "changed", label: "Changed", title: `Changed (${format.zone()})`, width: "9.5rem", sort: search ? null : ["-changed", "changed"], cell: (each) => timeCell(each.attempts.at(-1)?.ended_at ?? each.created_at) },
    { name: "sent", title: "Attempts", width: "minmax(8rem, 1fr)", cell: attempts },
  ];
  const table = new Table({
    label: "Callbacks",
    noun: "callback",
    key: `callbacks ${JSON.stringify(asked)} ${sort}`,
    ...tableColumns(filters, columns),
    sorted: sort,
    reread: search || asked.call_id ? null : (ids) => (ids.length ? ask(`/callbacks${query({ ids: ids.join(",") })}`) : []),
    onSort: (name) => go(address({ sort: name })),
    fetch: async (offset, limit) => {
      if (search) return search.fetch(offset, limit);
      const { value, headers } = await answer(`/callbacks${query({ ...asked, sort, offset, limit })}`);
      return { rows: value, total: Number(headers.get("X-Total-Count")) };
    },
    empty: () => empty("No callbacks", asked.q || asked.status || asked.platform || asked.call_id || asked.batch_id
      ? "No callback matches these filters."
      : "The vendor sends callbacks to your endpoint when a call or a batch changes. Set the callback URL when you place calls. This inbox accepts and keeps any request:",
      `${ORIGIN}/_emulator/inbox/${encodeURIComponent(context.world)}/my-inbox`),
  });
  const isFiltered = ["q", "status", "batch_id"].some((name) => asked[name]);
  const live = refreshing(() => table.refresh(), search ? 1500 : 300);
  const choose = (name) => (value) => go(address({ [name]: value }));
  const node = h("div", { class: "list" },
    h("div", { class: "bar" },
      h("h1", {}, "Callbacks"),
      select("Status", asked.status, STATUSES.map((each) => [each, each || "any"]), choose("status")),
      select("Platform", asked.platform, platformOptions(), choose("platform")),
      (asked.call_id || asked.batch_id) && h("span", { class: "chip" }, "about ", h("span", { class: "mono" }, format.short(asked.call_id || asked.batch_id)),
        h("a", { href: address({ call_id: "", batch_id: "" }), "aria-label": "Any call or batch" }, "\u00d7")),
      columnMenu(columns, table, address),
      isFiltered && button("Resend all", () => resendAll(asked), { title: "Send every callback of this list again now" }),
      downloadMenu("/callbacks", asked)),
    box.node,
    table.node);
  search?.attach(table);
  return {
    table,
    title: () => "Callbacks",
    count: () => (table.fetched ? table.total : null),
    node,
    enter: () => table.begin(back),
    leave: () => { live.stop(); table.leave(); },
  };
}

/** Send again what a list has: at most so many, oldest first. */
async function resendAll(asked) {
  const found = await attempt(() => everyOf(asked));
  const due = found?.filter((each) => each.status !== "pending").reverse() ?? [];
  if (!due.length) {
    toast("No callback of this list can be sent again.", "bad");
    return;
  }
  const text = `Each is sent once, now, with the same bytes.${found.length === MAX_RESENT ? ` Only the newest ${format.count(MAX_RESENT)} are.` : ""}`;
  if (!(await confirm(`Send ${format.counted(due.length, "callback")} again?`, text, "Resend all"))) return;
  let delivered = 0;
  for (const each of due) {
    const sent = await attempt(() => ask(`/callbacks/${encodeURIComponent(each.id)}/resend`, { method: "POST" }));
    if (sent?.status === "delivered") delivered += 1;
  }
  toast(`${format.count(delivered)} of ${format.counted(due.length, "callback")} delivered.`, delivered === due.length ? "good" : "bad");
}

async function everyOf(asked) {
  const found = [];
  for (let cursor = null; found.length < MAX_RESENT;) {
    const page = asked.q ? { cursor } : { offset: found.length, sort: "-changed" };
    const { value, headers } = await answer(`/callbacks${query({ ...asked, ...page, limit: 200 })}`);
    found.push(...value);
    cursor = headers.get("X-Next-Cursor");
    if (asked.q ? !cursor : value.length < 200) break;
  }
  return found.slice(0, MAX_RESENT);
}

function timeCell(at) {
  return h("time", { datetime: at, title: at }, format.time(at).slice(0, 19));
}

function attempts(callback) {
  if (!callback.attempts.length) return h("span", { class: "quiet" }, "none yet");
  return callback.attempts.slice(-4).map((each) => badge(each.status ?? "no response", each.fault ? "odd" : toneOfAnswer(each.status)));
}
