// Every exchange with a vendor's API, newest first; those with the control API on request.

import { ask, context, query } from "../api.js";
import * as format from "../format.js";
import { h } from "../h.js";
import { refreshing } from "../live.js";
import { go, href } from "../router.js";
import { Table } from "../table.js";
import { badge, button, empty, select, toneOfAnswer } from "../ui.js";
import { PLATFORMS } from "./calls.js";

const PAGE = 200;

/** The exchanges that were read so far: the journal is read from a number on, to either side. */
export class Exchanges {
  constructor(filters) {
    this.filters = filters;
    this.rows = [];
    this.begun = false;
    this.ended = false;
  }

  read(more) {
    return ask(`/journal${query({ kind: "exchange", ...this.filters, brief: true, ...more })}`);
  }

  /** Take over what has come since; all of it anew if the world has begun anew. */
  async newer() {
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
  const asked = { kind: filters.kind || "exchange", platform: filters.platform || "", about: filters.about || "" };
  const source = new Exchanges(asked);
  const table = new Table({
    label: "Requests",
    noun: "request",
    key: `requests ${JSON.stringify(asked)}`,
    columns: [
      { name: "status", title: "Answer", width: "5rem", cell: (each) => badge(each.status, toneOfAnswer(each.status)) },
      { name: "platform", title: "Platform", width: "6.5rem", cell: (each) => each.platform || "control" },
      { name: "number", title: "Request", width: "minmax(12rem, 2.4fr)", cell: (each) => h("a", { href: href("requests", each.number), class: "mono" }, h("b", {}, each.method), " ", format.plain(each.target)) },
      { name: "bot", title: "Operation", width: "minmax(8rem, 1fr)", cell: (each) => format.words(each.operation) || h("span", { class: "quiet" }, "none") },
      { name: "started", title: `At (${format.zone()})`, width: "12rem", cell: (each) => h("time", { datetime: each.at, title: each.at }, format.time(each.at).slice(0, 19)) },
    ],
    fetch: async (offset, limit) => {
      if (offset === 0 || !source.rows.length) await source.newer();
      return { rows: source.rows.slice(offset, offset + limit), total: source.rows.length };
    },
    empty: () => empty("No requests", asked.platform || asked.about ? "None is like that." : "Whatever is asked of a vendor's API appears here, whole, with its answer. For instance:",
      `curl ${location.origin}/intron/voicebot/v1/workflows -H 'Authorization: Bearer x' -H 'X-Emulator-World: ${context.world}'`),
  });
  const more = button("Older requests", async () => {
    table.lengthen(await source.older());
    await table.load(0, 1000);
    more.hidden = source.ended;
    table.soon();
  }, { kind: "more" });
  table.scroller.append(more);
  const live = refreshing(() => table.refresh());
  const choose = (name) => (value) => go(href("requests", "", { ...asked, [name]: value }));
  return {
    table,
    title: () => "Requests",
    count: () => (table.fetched ? table.total : null),
    node: h("div", { class: "list" },
      h("div", { class: "bar" },
        h("h1", {}, "Requests"),
        select("To", asked.kind, [["exchange", "vendors"], ["control", "the control API"]], choose("kind")),
        select("Platform", asked.platform, PLATFORMS.map((each) => [each, each || "any"]), choose("platform")),
        asked.about && h("span", { class: "chip" }, "about ", h("span", { class: "mono" }, format.short(asked.about)), h("a", { href: href("requests"), "aria-label": "About anything" }, "\u00d7"))),
      table.node),
    enter: async () => {
      await table.begin(back);
      more.hidden = source.ended;
    },
    leave: () => { live.stop(); table.leave(); },
  };
}
