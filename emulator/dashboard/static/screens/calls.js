// The calls of every platform: those that changed last come first.

import { answer, ask, query } from "../api.js";
import { batchCard } from "../charts.js";
import { now } from "../clockbar.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { Search, addressWith, columnMenu, downloadMenu, queryBox, tableColumns } from "../listbar.js";
import { refreshing } from "../live.js";
import { commands, placeCommands, platformOptions } from "../platforms.js";
import { go, href, present } from "../router.js";
import { Table } from "../table.js";
import { badge, empty, faultMark, select } from "../ui.js";

const STATUSES = ["", "queued", "ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled"];
const UNSORTED = "This list can be sorted by status and times only. To find calls by this column, use the query box.";
const NAMES = { batch_id: "batch", workflow_id: "bot or workflow", number: "number" };

const allColumns = () => [
  { name: "status", title: "Status", width: "6.5rem", sort: ["-status", "status"], cell: (call) => badge(call.status) },
  { name: "platform", rank: 3, title: "Platform", width: "6rem", optional: true, cell: (call) => call.platform },
  { name: "number", title: "Number", width: "minmax(9.5rem, 0.4fr)", always: true, cell: person },
  { name: "bot", rank: 3, title: "Workflow or agent", width: "minmax(9rem, 1.6fr)", cell: workflow },
  { name: "outcome", title: "Outcome", width: "6.5rem", cell: (call) => format.words(call.outcome) },
  { name: "keys", title: "Pressed", width: "4.2rem", cell: (call) => call.keys && h("kbd", {}, call.keys) },
  { name: "started", label: "Started", title: `Started (${format.zone()})`, width: "9.5rem", optional: true, sort: ["-created", "created"], cell: (call) => timeCell(call.created_at) },
  { name: "changed", label: "Changed", title: `Changed (${format.zone()})`, width: "9.5rem", sort: ["-changed", "changed"], cell: (call) => timeCell(changedAt(call)) },
  { name: "duration", rank: 3, title: "Duration", width: "5.5rem", cell: (call) => format.duration(call, now()) },
  { name: "sent", rank: 2, title: "Callbacks", width: "minmax(7.5rem, 0.5fr)", cell: (call) => callbacksOf(call) },
];

export function calls({ filters, back }) {
  const asked = Object.fromEntries(["q", "platform", "status", "batch_id", "workflow_id", "number"].map((name) => [name, filters[name] || ""]));
  const box = queryBox({ nouns: "calls", value: asked.q, example: 'status:failed to:+234* pressed:2 text:"…" after:10:00', address: (changed) => address(changed) });
  const search = asked.q ? new Search("/calls", asked, box) : null;
  const sort = search ? "-changed" : filters.sort || "-changed";
  const address = addressWith("calls", () => ({ ...asked, sort: filters.sort, columns: present().filters.columns }));
  const filtered = Object.values(asked).some(Boolean);
  const blank = h("div", {});
  const columns = allColumns().map((each) => (search ? { ...each, sort: null } : each));
  const table = new Table({
    label: "Calls",
    noun: "call",
    key: `calls ${JSON.stringify(asked)} ${sort}`,
    ...tableColumns(filters, columns),
    fetch: async (offset, limit) => {
      if (search) return search.fetch(offset, limit);
      try {
        const { value, headers } = await answer(`/calls${query({ ...asked, sort, offset, limit })}`);
        return { rows: value, total: Number(headers.get("X-Total-Count")) };
      } catch (error) {
        if (!error.errors?.some((each) => each.field === "sort") || sort === "-created") throw error;
        go(address({ sort: "-created" }), { replace: true }); // too many calls of a number to sort them otherwise
        return { rows: [], total: 0 };
      }
    },
    reread: !search && !sort.endsWith("created") ? (ids) => (ids.length ? ask(`/calls${query({ ids: ids.join(",") })}`) : []) : null,
    moves: (call) => !call.ended_at && call.status !== "queued",
    sorted: sort,
    onSort: (name) => go(address({ sort: name })),
    unsorted: search ? "What a query finds is listed by the latest change." : UNSORTED,
    empty: () => blank,
    onTotal: () => { if (!blank.firstChild) nothing(blank, filtered); },
  });
  const campaign = h("div", { class: "campaign", hidden: !asked.batch_id });
  const drawCampaign = async () => { if (asked.batch_id) show(campaign, batchCard(await ask(`/batches/${encodeURIComponent(asked.batch_id)}`))); };
  const live = refreshing(() => Promise.all([table.refresh(), drawCampaign()]), search ? 1500 : 300);
  const node = h("div", { class: "list" }, bar(asked, address, [columnMenu(columns, table, address), downloadMenu("/calls", asked)]), campaign, box.node, table.node);
  search?.attach(table);
  return {
    table,
    title: () => "Calls",
    count: () => (table.fetched ? table.total : null),
    node,
    enter: () => Promise.all([table.begin(back), drawCampaign().catch(() => {})]),
    leave: () => { live.stop(); table.leave(); },
  };
}

function changedAt(call) {
  return call.ended_at || call.answered_at || call.ringing_at || call.created_at;
}

function timeCell(at) {
  return h("time", { datetime: at, title: at }, format.time(at).slice(0, 19));
}

function workflow(call) {
  return [call.bot || h("span", { class: "mono quiet" }, format.short(call.workflow_id)), " ", h("span", { class: "quiet small-text" }, call.platform), " ", faultMark(call)];
}

function person(call) {
  const inbound = call.direction === "inbound";
  return h("a", { href: href("calls", call.id), class: "mono" },
    h("span", { class: "way", title: call.direction, "aria-label": `${call.direction} ` }, inbound ? "\u2199" : "\u2197"),
    format.number(inbound ? call.from : call.to));
}

function callbacksOf({ callbacks, callback_faults: faults }) {
  const order = ["failed", "refused", "dropped", "pending", "delivered"];
  return order.filter((status) => callbacks[status]).map((status) => badge(`${callbacks[status]} ${status}`, { failed: "bad", refused: "bad", dropped: "bad", pending: "waiting", delivered: "good" }[status]))
    .concat(Object.entries(faults).map(([kind, count]) => badge(`${count} ${format.words(kind)}`, "odd")));
}

function bar(asked, address, menus) {
  const choose = (name) => (value) => go(address({ [name]: value }));
  const others = Object.keys(NAMES).filter((name) => asked[name]);
  return h("div", { class: "bar" },
    h("h1", {}, "Calls"),
    select("Status", asked.status, STATUSES.map((each) => [each, each ? format.words(each) : "any"]), choose("status")),
    select("Platform", asked.platform, platformOptions(), choose("platform")),
    others.map((name) => h("span", { class: "chip" }, `${NAMES[name]} `, h("span", { class: "mono" }, name === "number" ? format.number(asked[name]) : format.short(asked[name])),
      h("a", { href: address({ [name]: "" }), "aria-label": `Any ${NAMES[name]}` }, "\u00d7"))),
    menus,
    h("a", { class: "button", href: href("bots") }, "Place calls"));
}

async function nothing(node, filtered) {
  if (filtered) {
    show(node, empty("No call matches", "Change the filters, or show all calls."), h("a", { href: href("calls") }, "All calls"));
    return;
  }
  const text = "Set your code's base URL to this emulator, or place a call from Bots and workflows. For example:";
  show(node, empty("No calls yet", text));
  const all = await commands().catch(() => []); // a world that has ended has none
  const first = all.find((each) => each.createBot)?.createBot ?? all[0]?.command;
  show(node, empty("No calls yet", text, first, ...placeCommands().slice(0, 1)));
}
