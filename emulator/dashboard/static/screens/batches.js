// Batches: the calls that one request placed; those that changed last come first.

import { answer, query } from "../api.js";
import { percent, progress } from "../charts.js";
import * as format from "../format.js";
import { h } from "../h.js";
import { Search, addressWith, columnMenu, downloadMenu, queryBox, tableColumns } from "../listbar.js";
import { refreshing } from "../live.js";
import { placeCommands } from "../platforms.js";
import { go, href, present } from "../router.js";
import { Table } from "../table.js";
import { badge, empty, select } from "../ui.js";

const STATUSES = ["", "pending", "processing", "completed"];

export function batches({ filters, back }) {
  const asked = { q: filters.q || "", status: filters.status || "" };
  const address = addressWith("batches", () => ({ ...asked, sort: filters.sort, columns: present().filters.columns }));
  const box = queryBox({ nouns: "batches", value: asked.q, example: 'status:processing bot:"…" after:10:00', address });
  const search = asked.q ? new Search("/batches", asked, box) : null;
  const sort = search ? "-changed" : filters.sort || "-changed";
  const columns = allColumns(search);
  const table = new Table({
    label: "Batches",
    noun: "batch",
    plural: "batches",
    key: `batches ${JSON.stringify(asked)} ${sort}`,
    ...tableColumns(filters, columns),
    sorted: sort,
    onSort: (name) => go(address({ sort: name })),
    fetch: async (offset, limit) => {
      if (search) return search.fetch(offset, limit);
      const { value, headers } = await answer(`/batches${query({ ...asked, sort, offset, limit })}`);
      return { rows: value, total: Number(headers.get("X-Total-Count")) };
    },
    empty: () => (asked.q || asked.status ? empty("No batch matches", "Change the filters, or search for something else.")
      : empty("No batches yet", "A request that places several calls is a batch, or a campaign. Place one from Bots and workflows, or by the vendor's API. A single call:", ...placeCommands().slice(0, 1))),
  });
  const live = refreshing(() => table.refresh(), search ? 1500 : 300);
  const node = h("div", { class: "list" },
    h("div", { class: "bar" },
      h("h1", {}, "Batches"),
      select("Status", asked.status, STATUSES.map((each) => [each, each || "any"]), (value) => go(address({ status: value }))),
      columnMenu(columns, table, address),
      downloadMenu("/batches", asked),
      h("a", { class: "button", href: href("bots") }, "Place calls")),
    box.node,
    table.node);
  search?.attach(table);
  return { table, title: () => "Batches", count: () => (table.fetched ? table.total : null), node, enter: () => table.begin(back), leave: () => { live.stop(); table.leave(); } };
}

const allColumns = (search) => [
  { name: "status", title: "Status", width: "6.5rem", cell: (each) => badge(each.status) },
  { name: "number", title: "Workflow or agent", always: true, width: "minmax(9.9rem, 1.4fr)", cell: (each) => [h("a", { href: href("batches", each.id) }, each.bot || format.short(each.workflow_id)), " ", h("span", { class: "quiet small-text" }, each.platform)] },
  { name: "progress", rank: 2, title: "Progress", width: "minmax(6.5rem, 1fr)", cell: progress },
  { name: "ended", title: "Ended", width: "7.2rem", cell: (each) => `${format.count(each.ended)} of ${format.count(each.calls)}` },
  { name: "answered", rank: 3, title: "Answered", width: "4.8rem", cell: (each) => (each.ended ? percent(each.answered, each.ended) : "") },
  { name: "keys", title: "Pressed", width: "minmax(8.6rem, 0.8fr)", cell: (each) => Object.entries(each.keys).map(([key, count]) => [h("kbd", {}, key), ` ${format.count(count)} `]) },
  { name: "sent", rank: 2, title: "Callbacks", width: "6.5rem", cell: (each) => ["failed", "refused", "dropped", "pending", "delivered"].filter((status) => each.callbacks[status]).map((status) => badge(`${format.count(each.callbacks[status])} ${status}`, { pending: "waiting", delivered: "good" }[status] ?? "bad")) },
  { name: "changed", rank: 2, label: "Changed", title: `Changed (${format.zone()})`, width: "9.2rem", sort: search ? null : ["-changed", "changed"], cell: (each) => h("time", { datetime: each.changed_at, title: each.changed_at }, format.time(each.changed_at).slice(0, 19)) },
];
