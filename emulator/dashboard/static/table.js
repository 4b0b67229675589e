// A table of any length: only the rows in view exist, and only their pages are fetched.
//
// Rows are counted from the oldest: the newest of 500 is always row 499. So newer rows are added
// above and move nothing, until the reader is idle at the top. A list whose rows change places keeps
// its rows where they are meanwhile, and only reads again what they say.

import { h, show } from "./h.js";
import { layoutOf } from "./columns.js";
import { counted } from "./format.js";
import { ROW, RowElements } from "./rows.js";

const PAGE = 100;
const MORE = 8;
const LONGEST = 800_000;
const kept = new Map();

const idOf = (row) => String(row.id ?? row.number);

export class Table {
  /**
   * `columns`: [{ name, title, cell(row) }]; `fetch(offset, limit)` returns { rows, total }, newest
   * first; `noun` is what is counted. A column with `sort`, the names of its two orders, sorts the list
   * by `onSort(name)`; `sorted` is the present one; `unsorted` says why others do not sort.
   * `reread(ids)` returns rows of a list that moves.
   * On a narrow page columns of a high `rank` are left out; `exact`: none is.
   * `moves(row)`: what the row says depends on the present time.
   */
  constructor({ label, columns, exact = false, fetch, noun, plural = `${noun}s`, empty, key, onTotal, sorted, onSort, unsorted, reread, moves }) {
    Object.assign(this, { label, columns, all: columns, exact, fetch, noun, plural, empty, key, onTotal, sorted, onSort, unsorted, reread, moves });
    this.rows = new Map();
    this.total = 0;
    this.base = 0;
    this.selected = null;
    this.fetched = false;
    this.pointerInside = false;
    this.renders = 0;
    /** Counts the drawings that were asked for: one may take several frames. */
    this.turn = 0;
    this.build();
  }

  build() {
    this.heads = h("div", { role: "rowgroup", class: "heads" });
    this.space = h("div", { class: "space", role: "rowgroup" });
    this.elements = new RowElements(this.space);
    this.news = h("button", { type: "button", class: "news", hidden: true, on: { click: () => this.toTop() } });
    this.scroller = h("div", {
      class: "scroller",
      tabindex: "0",
      role: "region",
      "aria-label": `List of ${this.plural}`,
      on: {
        scroll: () => this.soon(),
        pointerenter: () => { this.pointerInside = true; },
        pointerleave: () => { this.pointerInside = false; this.left(); },
      },
    });
    this.grid = h("div", { role: "table", "aria-label": this.label }, this.heads, this.space);
    this.scroller.append(this.grid);
    this.blank = h("div", { class: "blank", hidden: true });
    this.node = h("div", { class: "table", "data-keep": true }, this.news, this.scroller, this.blank);
    this.resizes = new ResizeObserver(() => this.soon());
    this.resizes.observe(this.scroller);
  }

  /** Show other columns; `exact`: however narrow the page is. */
  choose(columns, { exact }) {
    Object.assign(this, { all: columns, exact, width: null });
    this.fit();
    this.draw();
  }

  /** Leave out columns that have no room; those of a higher rank first. */
  fit() {
    const width = this.scroller.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    const { columns, template, least } = layoutOf(this.all, width, this.exact);
    if (template === this.template && columns.every((each, index) => each === this.columns[index])) return;
    Object.assign(this, { columns, template });
    this.drawHead(least);
  }

  drawHead(least) {
    this.heads.style.minWidth = this.space.style.minWidth = least;
    show(this.heads, h("div", { class: "row head", role: "row", style: { gridTemplateColumns: this.template } }, this.columns.map((each) => this.drawTitle(each))));
  }

  drawTitle({ name, title, sort }) {
    const index = sort ? sort.indexOf(this.sorted) : -1;
    const standing = ["descending", "ascending"][index];
    const next = sort?.[index === 0 ? 1 : 0];
    return h("div", { role: "columnheader", class: `cell ${name}`, "aria-sort": standing, title: sort ? null : this.unsorted },
      sort ? h("button", { type: "button", class: "sort", title: `Sort by ${title}`, on: { click: () => this.onSort(next) } },
        title, h("span", { "aria-hidden": "true" }, ["\u2193", "\u2191"][index] ?? "")) : title);
  }

  leave() {
    kept.set(this.key, { top: this.scroller.scrollTop, base: this.base, selected: this.selected });
    this.resizes.disconnect();
  }

  /** Fetch the rows in view; on the way back, restore the position. */
  async begin(back) {
    const before = back ? kept.get(this.key) : null;
    await this.load(0);
    if (before) {
      this.base = Math.min(this.total, before.base);
      this.selected = before.selected;
      this.draw();
      this.scroller.scrollTop = before.top;
    } else {
      this.base = this.total;
    }
    this.draw();
  }

  /** Fetch the rows in view again, when the world has changed. */
  async refresh() {
    const { first, last } = this.inView();
    const idle = this.isIdle();
    if (!idle && this.reread && this.fetched) {
      await this.renew(first, last);
      return;
    }
    const from = idle ? 0 : this.total - this.base + first;
    await this.load(from, Math.max(last - first, 20));
    this.settle();
    this.soon();
  }

  /** Read the rows in view again where they are, and say that others may have come before them. */
  async renew(first, last) {
    const shown = new Map();
    for (let index = first; index < last; index += 1) {
      const row = this.rows.get(this.base - 1 - index);
      if (row) shown.set(idOf(row), this.base - 1 - index);
    }
    const [rows, { rows: [top], total }] = await Promise.all([this.reread([...shown.keys()].slice(0, PAGE)), this.fetch(0, 1)]);
    for (const row of rows) this.rows.set(shown.get(idOf(row)), row);
    this.rows = total < this.total ? new Map() : this.rows;
    this.total = total;
    this.base = Math.min(this.base, total);
    this.moved = Boolean(top) && idOf(top) !== this.top;
    this.onTotal?.(total);
    this.soon();
  }

  isIdle() {
    return this.scroller.scrollTop < ROW && !this.pointerInside && !this.scroller.contains(document.activeElement?.closest(".row"));
  }

  /** The pointer has left the list: what was held back is shown. */
  left() {
    if (this.reread && this.moved && this.isIdle()) this.refresh().catch(() => {});
    else this.settle();
  }

  settle() {
    if (this.isIdle()) this.base = this.total;
    this.soon();
  }

  toTop() {
    this.scroller.scrollTop = 0;
    this.base = this.total;
    this.draw();
    this.refresh();
  }

  inView() {
    const height = this.scroller.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - MORE);
    const last = Math.min(this.base, Math.ceil((this.scroller.scrollTop + height) / ROW) + MORE);
    return { first, last };
  }

  async load(offset, count = PAGE) {
    const start = Math.max(0, offset);
    const { rows, total } = await this.fetch(start, Math.min(Math.max(count, 1), 1000));
    if (total < this.total) this.rows.clear();
    this.total = total;
    if (!this.fetched || this.base > total) this.base = total;
    this.fetched = true;
    if (start === 0) [this.top, this.moved] = [rows[0] && idOf(rows[0]), false];
    if (this.reread) this.forgetDoubles(rows);
    rows.forEach((row, index) => this.rows.set(total - 1 - start - index, row));
    if (this.rows.size > 20 * PAGE) this.forget();
    this.onTotal?.(total);
  }

  /** A row is in one place: where it was read last. */
  forgetDoubles(rows) {
    const ids = new Set(rows.map(idOf));
    for (const [place, row] of this.rows) {
      if (ids.has(idOf(row))) this.rows.delete(place);
    }
  }

  /** Keep only rows near the view, so that scrolling through all does not keep all. */
  forget() {
    const { first, last } = this.inView();
    const top = this.base - 1 - first + 5 * PAGE;
    const bottom = this.base - 1 - last - 5 * PAGE;
    for (const place of this.rows.keys()) {
      if (place > top || place < bottom) this.rows.delete(place);
    }
  }

  /** Draw in the next frame; `anew`: also what rows say of the present time. */
  soon({ anew = true } = {}) {
    this.turn += anew && !this.anew ? 1 : 0;
    this.anew ||= anew;
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = this.anew = false;
      this.draw();
    });
  }

  draw() {
    this.renders += 1;
    this.blank.hidden = !this.fetched || this.total > 0;
    this.scroller.hidden = !this.blank.hidden;
    this.fit();
    const { first, last } = this.inView();
    const shown = Math.min(this.base, LONGEST);
    this.space.style.height = `${shown * ROW}px`;
    this.grid.setAttribute("aria-rowcount", String(shown + 1));
    const wanted = [];
    let missing = null;
    for (let index = first; index < Math.min(last, shown); index += 1) {
      const row = this.rows.get(this.base - 1 - index);
      if (row === undefined && missing === null) missing = index;
      wanted.push({ id: row === undefined ? `wait ${index}` : idOf(row), row, index });
    }
    if (!this.elements.show(wanted, this)) this.soon({ anew: false });
    this.drawNews();
    if (!this.blank.hidden && !this.blank.firstChild) this.blank.append(this.empty());
    if (missing !== null) this.fill(missing);
  }

  clicked(event, row) {
    if (event.target.closest("a, button") || String(getSelection())) return;
    this.selected = idOf(row);
    const link = event.currentTarget.querySelector("a[href]");
    link?.click();
  }

  drawNews() {
    const count = this.total - this.base;
    this.news.hidden = count <= 0 && !this.moved;
    this.news.textContent = count > 0 ? `\u2191 ${counted(count, `new ${this.noun}`, `new ${this.plural}`)}` : "\u2191 Newer changes";
  }

  async fill(index) {
    if (this.filling) return;
    this.filling = true;
    try {
      const from = this.total - this.base + index;
      await this.load(from - (from % PAGE), PAGE);
    } catch (error) {
      console.warn(error.message);
      await new Promise((done) => { setTimeout(done, 1000); });
    }
    this.filling = false;
    this.soon();
  }

  /** Add a number of older rows. */
  lengthen(count) {
    this.rows = new Map([...this.rows].map(([place, row]) => [place + count, row]));
    this.total += count;
    this.base += count;
    this.draw();
  }

  /** Select the next row, or the previous one. */
  move(step) {
    const places = [...this.rows.entries()];
    const found = places.find(([, row]) => idOf(row) === this.selected);
    const index = found ? this.base - 1 - found[0] + step : 0;
    const chosen = Math.min(Math.max(index, 0), this.base - 1);
    const row = this.rows.get(this.base - 1 - chosen);
    if (row === undefined) return;
    this.selected = idOf(row);
    const top = chosen * ROW;
    const room = this.scroller.clientHeight - 2 * ROW;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top > this.scroller.scrollTop + room) this.scroller.scrollTop = top - room;
    this.draw();
  }

  open() {
    this.space.querySelector(".row.chosen a[href]")?.click();
  }
}
