// The calls of every platform, newest first.

import { answer, query } from "../api.js";
import { now } from "../clockbar.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { commands, placeCommands, platformOptions } from "../platforms.js";
import { go, href } from "../router.js";
import { Table } from "../table.js";
import { badge, empty, faultMark, select } from "../ui.js";

const STATUSES = ["", "queued", "ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled"];
const NAMES = { batch_id: "batch", workflow_id: "bot or workflow", number: "number" };

export function calls({ filters, back }) {
  const asked = Object.fromEntries(["platform", "status", "batch_id", "workflow_id", "number"].map((name) => [name, filters[name] || ""]));
  const filtered = Object.values(asked).some(Boolean);
  const blank = h("div", {});
  const table = new Table({
    label: "Calls",
    noun: "call",
    key: `calls ${JSON.stringify(asked)}`,
    columns: [
      { name: "status", title: "Status", width: "7rem", cell: (call) => badge(call.status) },
      { name: "platform", title: "Platform", width: "6rem", cell: (call) => call.platform },
      { name: "number", title: "Number", width: "minmax(9rem, 0.4fr)", cell: person },
      { name: "bot", title: "Workflow or agent", width: "minmax(9rem, 1.6fr)", cell: (call) => [call.bot || h("span", { class: "mono quiet" }, format.short(call.workflow_id)), " ", faultMark(call)] },
      { name: "started", title: `Started (${format.zone()})`, width: "9.5rem", cell: (call) => h("time", { datetime: call.created_at, title: call.created_at }, format.time(call.created_at).slice(0, 19)) },
      { name: "duration", title: "Duration", width: "5.5rem", cell: (call) => format.duration(call, now()) },
      { name: "sent", title: "Callbacks", width: "minmax(10rem, 0.5fr)", cell: (call) => callbacksOf(call) },
    ],
    fetch: async (offset, limit) => {
      const { value, headers } = await answer(`/calls${query({ ...asked, offset, limit })}`);
      return { rows: value, total: Number(headers.get("X-Total-Count")) };
    },
    address: (call) => href("calls", call.id),
    empty: () => blank,
    onTotal: () => { if (!blank.firstChild) nothing(blank, filtered); },
  });
  const live = refreshing(() => table.refresh());
  return {
    table,
    title: () => "Calls",
    count: () => (table.fetched ? table.total : null),
    node: h("div", { class: "list" }, bar(asked), table.node),
    enter: () => table.begin(back),
    leave: () => { live.stop(); table.leave(); },
  };
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

function bar(asked) {
  const choose = (name) => (value) => go(href("calls", "", { ...asked, [name]: value }));
  const others = Object.keys(NAMES).filter((name) => asked[name]);
  return h("div", { class: "bar" },
    h("h1", {}, "Calls"),
    select("Status", asked.status, STATUSES.map((each) => [each, each ? format.words(each) : "any"]), choose("status")),
    select("Platform", asked.platform, platformOptions(), choose("platform")),
    others.map((name) => h("span", { class: "chip" }, `${NAMES[name]} `, h("span", { class: "mono" }, name === "number" ? format.number(asked[name]) : format.short(asked[name])),
      h("a", { href: href("calls", "", { ...asked, [name]: "" }), "aria-label": `Any ${NAMES[name]}` }, "\u00d7"))),
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
