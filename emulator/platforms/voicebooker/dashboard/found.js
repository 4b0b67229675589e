// The bookings that a query finds, the latest change first.

import { ask } from "../../api.js";
import * as format from "../../format.js";
import { h } from "../../h.js";
import { Search, addressWith, columnMenu, downloadMenu, queryBox, tableColumns } from "../../listbar.js";
import { refreshing } from "../../live.js";
import { go, href, present } from "../../router.js";
import { Table } from "../../table.js";
import { badge, empty, select } from "../../ui.js";

export const EXAMPLE = 'status:booked day:2026-01-* agent:"…" product:"…" text:"…"';

export function found({ filters, back }) {
  const asked = { q: filters.q, business_id: filters.business_id || "" };
  const address = addressWith("bookings", () => ({ ...asked, columns: present().filters.columns }));
  const box = queryBox({ nouns: "bookings", value: asked.q, example: EXAMPLE, address });
  const search = new Search("/voicebooker/bookings", asked, box);
  const businesses = new Map();
  const named = (each, list, id) => businesses.get(each.business_id)?.[list].find((one) => one.id === id)?.name || id;
  const columns = [
    { name: "status", title: "Status", width: "6.5rem", cell: (each) => badge(each.status) },
    { name: "number", title: "Person", always: true, width: "minmax(9rem, 1fr)", cell: (each) => h("a", { href: href("bookings", "", { business_id: each.business_id, view: "day", day: each.start.slice(0, 10) }) }, person(each)) },
    { name: "started", title: "Starts", width: "10rem", cell: (each) => h("time", { datetime: each.start, title: each.start }, each.start.slice(0, 16).replace("T", " ")) },
    { name: "bot", rank: 2, title: "Product", width: "minmax(9rem, 1fr)", cell: (each) => named(each, "products", each.productId) },
    { name: "agent", rank: 2, title: "Agent", width: "minmax(7rem, 0.7fr)", cell: (each) => named(each, "agents", each.agentId) },
    { name: "business", rank: 3, title: "Business", width: "minmax(8rem, 1fr)", cell: (each) => businesses.get(each.business_id)?.name || each.business_id },
    { name: "changed", label: "Changed", title: `Changed (${format.zone()})`, width: "9.5rem", optional: true, cell: (each) => h("time", { datetime: each.changed_at || each.created_at }, format.time(each.changed_at || each.created_at).slice(0, 19)) },
  ];
  const table = new Table({
    label: "Bookings",
    noun: "booking",
    key: `bookings ${JSON.stringify(asked)}`,
    ...tableColumns(filters, columns),
    fetch: (offset, limit) => search.fetch(offset, limit),
    empty: () => empty("No booking matches", "Search for something else, or empty the box to see the calendar."),
  });
  const choice = h("span", { class: "choice", "data-keep": true });
  const live = refreshing(() => table.refresh(), 1500);
  const node = h("div", { class: "list" },
    h("div", { class: "bar" }, h("h1", {}, "Bookings"), choice, columnMenu(columns, table, address),
      downloadMenu("/voicebooker/bookings", asked),
      h("a", { class: "button", href: href("bookings", "", { business_id: asked.business_id }) }, "Calendar")),
    box.node,
    table.node);
  search.attach(table);
  return {
    table,
    title: () => "Bookings",
    count: () => (table.fetched ? table.total : null),
    node,
    enter: async () => {
      for (const each of await ask("/voicebooker/businesses")) businesses.set(each.id, each);
      choice.replaceChildren(select("Business", asked.business_id, [["", "any"], ...[...businesses.values()].map((each) => [each.id, each.name])], (id) => go(address({ business_id: id }))));
      await table.begin(back);
    },
    leave: () => { live.stop(); table.leave(); },
  };
}

function person(booking) {
  return `${booking.participant?.firstname ?? ""} ${booking.participant?.lastname ?? ""}`.trim() || "unnamed";
}
