// Every request to a vendor's API with its response, newest first; or those to the control API.

import { ask, query } from "../api.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { Search, addressWith, columnMenu, queryBox, tableColumns } from "../listbar.js";
import { refreshing } from "../live.js";
import { commands, platformOptions } from "../platforms.js";
import { go, href, present } from "../router.js";
import { Table } from "../table.js";
import { badge, button, empty, faultMark, select, toneOfAnswer } from "../ui.js";

const PAGE = 200;

/** The exchanges that were read so far: the history is read from a number on, in either direction. */
export class Exchanges {
  constructor(filters) {
    this.filters = filters;
    this.rows = [];
    this.reading = null;
    this.ended = false;
  }

  read(more) {
    return ask(`/history${query({ kind: "exchange", ...this.filters, brief: true, ...more })}`);
  }

  /** Take over what has come since; those who ask meanwhile wait for the same. */
  newer() {
    this.reading ??= this.readNewer().finally(() => { this.reading = null; });
    return this.reading;
  }

  async readNewer() {
    const last = this.rows[0]?.number;
    const found = await this.read(last === undefined ? { limit: PAGE } : { after: last, limit: 1000 });
    if (last === undefined) this.ended = found.length < PAGE;
    this.rows = [...found.reverse(), ...this.rows];
  }

  async older() {
    const found = await this.read({ before: this.rows.at(-1)?.number ?? 1, limit: PAGE });
    this.ended = found.length < PAGE;
    this.rows = [...this.rows, ...found.reverse()];
    return found.length;
  }
}

export function requests({ filters, back }) {
  const asked = { kind: filters.kind || "exchange", platform: filters.platform || "", about: filters.about || "", sender: filters.sender || "client" };
  if (asked.kind === "control") asked.sender = "any";
  const q = filters.q || "";
  const address = addressWith("requests", () => ({ ...asked, q, columns: present().filters.columns }));
  const box = queryBox({ nouns: "requests", value: q, example: 'method:POST status:4* path:"…" text:"…" after:10:00', address });
  const search = q ? new Search("/requests", { ...asked, q }, box) : null;
  const source = new Exchanges(asked);
  const columns = [
    { name: "status", title: "Response", width: "5rem", cell: (each) => badge(each.status, toneOfAnswer(each.status)) },
    { name: "platform", rank: 3, title: "Platform", width: "6.5rem", cell: (each) => each.platform || "control" },
    { name: "number", title: "Request", always: true, width: "minmax(12rem, 2.4fr)", cell: (each) => h("a", { href: href("requests", each.number), class: "mono" }, h("b", {}, each.method), " ", format.plain(each.target)) },
    { name: "bot", rank: 2, title: "Operation", width: "minmax(8rem, 1fr)", cell: (each) => [each.action ? h("b", {}, `${each.action} `) : null, each.action ? h("span", { class: "quiet" }, format.words(each.operation)) : format.words(each.operation) || h("span", { class: "quiet" }, "none"), each.callback_id ? h("span", { class: "quiet" }, " (the emulator\u2019s own)") : null, " ", faultMark(each)] },
    { name: "started", title: `At (${format.zone()})`, width: "12rem", cell: (each) => h("time", { datetime: each.at, title: each.at }, format.time(each.at).slice(0, 19)) },
  ];
  const table = new Table({
    label: "Requests",
    noun: "request",
    key: `requests ${JSON.stringify(asked)} ${q}`,
    ...tableColumns(filters, columns),
    fetch: async (offset, limit) => {
      if (search) return search.fetch(offset, limit);
      if (offset === 0 || !source.rows.length) await source.newer();
      return { rows: source.rows.slice(offset, offset + limit), total: source.rows.length };
    },
    empty: () => nothing({ ...asked, q }),
  });
  const more = button("Older requests", async () => {
    table.lengthen(await source.older());
    await table.load(0, 1000);
    more.hidden = source.ended;
    table.soon();
  }, { kind: "more" });
  if (!search) table.scroller.append(more);
  const live = refreshing(() => table.refresh(), search ? 1500 : 300);
  const choose = (name) => (value) => go(address({ [name]: value }));
  const node = h("div", { class: "list" },
    h("div", { class: "bar" },
      h("h1", {}, "Requests"),
      select("To", asked.kind, [["exchange", "vendors"], ["control", "the control API"]], choose("kind")),
      asked.kind === "exchange" && select("From", asked.sender, [["client", "clients"], ["any", "clients and the emulator"]], choose("sender")),
      select("Platform", asked.platform, platformOptions(), choose("platform")),
      asked.about && h("span", { class: "chip" }, "about ", h("span", { class: "mono" }, format.short(asked.about)), h("a", { href: address({ about: "" }), "aria-label": "About anything" }, "\u00d7")),
      columnMenu(columns, table, address)),
    box.node,
    table.node);
  search?.attach(table);
  return {
    table,
    title: () => "Requests",
    count: () => (table.fetched ? table.total : null),
    node,
    enter: async () => {
      await table.begin(back);
      more.hidden = source.ended;
    },
    leave: () => { live.stop(); table.leave(); },
  };
}

function nothing(asked) {
  if (asked.platform || asked.about || asked.q) return empty("No requests", "No request matches these filters.");
  const text = "Every request to a vendor's API appears here with its response. For example:";
  const node = h("div", {}, empty("No requests", text));
  commands().then(([first]) => show(node, empty("No requests", text, first?.command))).catch(() => {});
  return node;
}
