// JSON to read: coloured, indented, and collapsed below the third level; numbers as they were written.

import * as format from "./format.js";
import { h } from "./h.js";

const MAX_CHARACTERS = 200_000;
const MAX_ENTRIES = 200;
const OPEN_LEVELS = 3;

/** A number as it was written: 1.0 and 20-digit numbers are not what JavaScript makes of them. */
class Written {
  constructor(source) {
    this.source = source;
  }
}

/** The tree of a JSON text; null if the text is no object or array, or very long. */
export function jsonTree(text, label) {
  if (text.length > MAX_CHARACTERS) return null;
  let value = null;
  try {
    value = JSON.parse(text, (_, each, context) => (typeof each === "number" && context ? new Written(context.source) : each));
  } catch {
    return null;
  }
  if (!isBranch(value)) return null;
  return h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": label, "data-keep": true, "data-key": `${label} ${hash(text)}` }, drawn("", value, "", 0));
}

/** A short number that tells texts apart, so that a tree is drawn anew for another text. */
function hash(text) {
  let found = text.length;
  for (let index = 0; index < text.length; index += 1) found = (Math.imul(found, 31) + text.charCodeAt(index)) | 0;
  return found;
}

function isBranch(value) {
  return value !== null && typeof value === "object" && !(value instanceof Written);
}

function drawn(name, value, comma, level) {
  if (!isBranch(value)) return h("div", {}, name, leaf(value), comma);
  const isArray = Array.isArray(value);
  const [opening, closing] = isArray ? ["[", "]"] : ["{", "}"];
  const entries = isArray ? value.map((each) => ["", each]) : Object.entries(value).map(([key, each]) => [h("span", { class: "key" }, `${format.plain(JSON.stringify(key))}: `), each]);
  if (!entries.length) return h("div", {}, name, opening, closing, comma);
  const inside = h("div", { class: "inside" });
  const open = level < OPEN_LEVELS;
  if (open) extend(inside, entries, 0, level);
  const expand = () => { if (!inside.firstChild) extend(inside, entries, 0, level); };
  return h("details", { open, on: { toggle: expand } },
    h("summary", {}, name, opening, h("span", { class: "size" }, ` ${format.counted(entries.length, isArray ? "entry" : "field", isArray ? "entries" : "fields")} ${closing}${comma}`)),
    inside, h("div", {}, closing, comma));
}

/** Add entries to a branch, so many at a time. */
function extend(inside, entries, from, level) {
  const until = Math.min(entries.length, from + MAX_ENTRIES);
  for (let index = from; index < until; index += 1) {
    const [name, value] = entries[index];
    inside.append(drawn(name, value, index + 1 < entries.length ? "," : "", level + 1));
  }
  if (until === entries.length) return;
  const more = h("button", { type: "button", class: "button small", on: { click: () => { more.remove(); extend(inside, entries, until, level); } } },
    `Show ${format.count(Math.min(MAX_ENTRIES, entries.length - until))} more of ${format.count(entries.length)}`);
  inside.append(more);
}

function leaf(value) {
  if (value instanceof Written) return h("span", { class: "number" }, value.source);
  const kind = value === null ? "null" : typeof value;
  return h("span", { class: kind }, format.plain(JSON.stringify(value)));
}
