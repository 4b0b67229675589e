// The elements of a table's rows. They are used again, and written a few in each frame, so that no
// change of a busy world takes long.

import { h, show } from "./h.js";

export const ROW = 36;
/** Rows that are written in one frame; the others follow in the next. */
const MAX_WRITTEN = 16;

export class RowElements {
  constructor(space) {
    this.space = space;
    /** How many rows were written so far: those that changed. */
    this.written = 0;
  }

  /**
   * Show rows, [{ id, row, index }]: each in the element that it had, else in one that another row
   * has left. Returns false if some are left for the next frame.
   */
  show(wanted, table) {
    const ids = new Set(wanted.map((each) => each.id));
    const before = new Map([...this.space.children].map((each) => [each.dataset.key, each]));
    const free = [...before].filter(([id, each]) => !ids.has(id) && !each.contains(document.activeElement)).map(([, each]) => each);
    const used = new Set();
    const most = this.written + MAX_WRITTEN;
    let done = true;
    const nodes = wanted.map((each) => {
      const own = used.has(each.id) ? null : before.get(each.id);
      const node = own ?? free.shift() ?? h("div", { role: "row", class: "row" });
      used.add(each.id);
      if (this.written < most) this.written += writeRow(node, each, table);
      else done = false;
      place(node, each.index, table.template);
      return node;
    });
    this.arrange(nodes);
    return done;
  }

  /** Put the elements in order, and remove those of no row. */
  arrange(nodes) {
    const kept = new Set(nodes);
    for (const each of [...this.space.children]) if (!kept.has(each)) each.remove();
    nodes.forEach((each, index) => {
      const there = this.space.children[index];
      if (there !== each) this.space.insertBefore(each, there ?? null);
    });
  }
}

/** Write what a row says into an element; returns 0 if it says so already, else 1. */
function writeRow(node, { id, row }, table) {
  const { columns, turn } = table;
  const name = id === table.selected ? "row chosen" : "row";
  if (node.className !== name) node.className = name;
  if (node.dataset.key !== id) node.dataset.key = id;
  const content = row && JSON.stringify(row);
  const same = node.content === content && node.columns === columns;
  if (same && (node.turn === turn || !row || !table.moves?.(row))) return 0;
  if (node.columns !== columns) node.replaceChildren(...columns.map((each) => h("div", { role: "cell", class: `cell ${each.name}` })));
  Object.assign(node, { content, turn, columns, onclick: row ? (event) => table.clicked(event, row) : null });
  columns.forEach((each, index) => write(node.children[index], row ? each.cell(row) : ""));
  return 1;
}

/** Show what a cell has: mostly a text. */
function write(cell, content) {
  if (typeof content !== "string" || cell.firstElementChild) show(cell, content);
  else if (cell.textContent !== content) cell.textContent = content;
}

/** Move a row's element to its place. */
function place(node, index, template) {
  const transform = `translateY(${index * ROW}px)`;
  if (node.style.transform !== transform) {
    node.style.transform = transform;
    node.setAttribute("aria-rowindex", index + 2);
  }
  if (node.style.gridTemplateColumns !== template) node.style.gridTemplateColumns = template;
}
