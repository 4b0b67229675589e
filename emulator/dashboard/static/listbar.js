// What the lists have in common: which columns they show, and in which order; kept in the address.

import { answer, media, query } from "./api.js";
import { attempt } from "./dialog.js";
import * as format from "./format.js";
import { h } from "./h.js";
import { go, href } from "./router.js";

/** The columns that an address asks for; those that are shown at first if it asks for none. */
function columnsOf(filters, all) {
  const names = (filters.columns || "").split(",").filter(Boolean);
  const chosen = all.filter((each) => names.includes(each.name) || each.always);
  return names.length ? chosen : all.filter((each) => !each.optional);
}

/** How a table begins with its columns: those of the address are all shown. */
export function tableColumns(filters, all) {
  return { columns: columnsOf(filters, all), exact: Boolean(filters.columns) };
}

/** A menu that chooses the columns of a list. */
export function columnMenu(all, table, address) {
  const box = (column) => h("label", { class: "check" },
    h("input", { type: "checkbox", name: column.name, checked: table.all.includes(column), disabled: column.always, on: { change } }), column.label ?? column.title);
  const menu = h("div", { class: "menu" });
  const fill = () => { if (!menu.firstChild) menu.append(...all.map(box)); };
  function change() {
    const names = [...menu.querySelectorAll("input:checked")].map((each) => each.name);
    const chosen = all.filter((each) => names.includes(each.name));
    const usual = all.every((each) => chosen.includes(each) === !each.optional);
    go(address({ columns: usual ? "" : names.join(",") }), { replace: true, quiet: true });
    table.choose(chosen, { exact: !usual });
  }
  return h("details", { class: "columns", "data-keep": true, on: { toggle: fill } }, h("summary", { class: "button" }, "Columns"), menu);
}

const OPEN_MENUS = "details.columns[open], details.settings[open]";

/** Close the open menus when something else is clicked, or by the Escape key. */
export function closeMenus() {
  const close = (except) => document.querySelectorAll(OPEN_MENUS).forEach((each) => { if (!each.contains(except)) each.open = false; });
  document.addEventListener("pointerdown", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(OPEN_MENUS);
    if (!open) return;
    event.stopPropagation();
    close(null);
    open.querySelector("summary").focus();
  }, true);
}

/** A function that returns the present address with some of its filters changed. */
export function addressWith(screen, read) {
  return (changed) => href(screen, "", { ...read(), ...changed });
}

/** A box for a query, which the address keeps; what is wrong with the query is said below it. */
export function queryBox({ nouns, value, example, address }) {
  const wrong = h("p", { class: "bad wrong-query", role: "alert", hidden: true });
  const field = h("input", { type: "search", name: "q", "aria-label": `Search ${nouns}`, placeholder: example, title: `For example: ${example}`, maxlength: 500, autocomplete: "off", spellcheck: "false" });
  field.value = value || "";
  const submit = (event) => {
    event?.preventDefault();
    if (field.value.trim() !== (value || "")) go(address({ q: field.value.trim() }));
  };
  field.addEventListener("search", () => { if (!field.value) submit(); }); // emptied by its button
  const node = h("form", { class: "query", "data-keep": true, role: "search", "aria-label": `Search ${nouns}`, on: { submit } }, field, wrong);
  return { node, say: (text) => { wrong.textContent = text; wrong.hidden = !text; } };
}

const PART = 500;
const ENOUGH = 50;
const TRIES = 8;

/** What a query finds, part by part: the server looks at a bounded number of records each time. */
export class Search {
  constructor(path, asked, box) {
    Object.assign(this, { path, asked, box, rows: [], cursor: null, searched: 0, extended: false });
    this.note = h("p", { class: "quiet", role: "status" });
    this.button = h("button", { type: "button", class: "button small", on: { click: () => this.onMore?.() } }, "Search further");
    this.node = h("div", { class: "more found", "data-keep": true }, this.note, this.button);
  }

  async read(cursor) {
    const { value, headers } = await answer(`${this.path}${query({ limit: PART, ...this.asked, cursor })}`);
    this.cursor = headers.get("X-Next-Cursor");
    this.searched += Number(headers.get("X-Searched-Count"));
    return value;
  }

  /** Read rows as a table asks for them; only the beginning is read again. */
  async fetch(offset, limit) {
    if (offset === 0 && !this.extended) await this.begin();
    return { rows: this.rows.slice(offset, offset + limit), total: this.rows.length };
  }

  async begin() {
    this.searched = 0;
    try {
      const rows = await this.read();
      for (let tries = 0; this.cursor && rows.length < ENOUGH && tries < TRIES; tries += 1) rows.push(...await this.read(this.cursor));
      this.rows = rows;
      this.box.say("");
    } catch (error) {
      if (error.status !== 400) throw error;
      this.rows = [];
      this.cursor = null;
      this.box.say(error.errors.map((each) => `The query ${each.detail}.`).join(" ") || error.text);
    }
    this.draw();
  }

  /** Search on; returns how many rows were added. */
  async further() {
    const rows = await this.read(this.cursor);
    this.extended = true;
    this.rows = [...this.rows, ...rows];
    this.draw();
    return rows.length;
  }

  draw() {
    this.note.textContent = `${format.count(this.rows.length)} found among ${format.count(this.searched)} searched${this.cursor ? "." : ": all of them."}`;
    this.button.hidden = !this.cursor;
  }

  /** Show below a table what was searched, and a button to continue. */
  attach(table) {
    table.node.after(this.node);
    this.onMore = async () => {
      table.lengthen(await this.further());
      await table.load(0, 1000);
      table.soon();
    };
  }
}

/** A menu that saves what a list has as a file, with the filters that are in force. */
export function downloadMenu(path, asked) {
  const name = path.split("/").at(-1);
  const save = (form) => async () => {
    const blob = await attempt(() => media(`${path}/export${query({ ...asked, format: form })}`));
    if (!blob) return;
    const link = h("a", { download: `${name}.${form}` });
    link.href = URL.createObjectURL(blob);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  const entry = (form, text) => h("button", { type: "button", class: "button", on: { click: save(form) } }, text);
  return h("details", { class: "columns", "data-keep": true }, h("summary", { class: "button" }, "Download"),
    h("div", { class: "menu" }, entry("csv", "CSV, for spreadsheets"), entry("json", "JSON")));
}
