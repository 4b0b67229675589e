// Small parts of screens.

import { h } from "./h.js";
import * as format from "./format.js";
import { jsonTree } from "./json.js";
import { href } from "./router.js";

const GOOD = new Set(["completed", "delivered", "active", "ok", "confirmed", "booked", "succeeded"]);
const BAD = new Set(["failed", "refused", "dropped", "error"]);
const WAITING = new Set(["queued", "pending"]);
const MOVING = new Set(["ringing", "in_progress", "processing"]);

export function toneOf(status) {
  const word = String(status).toLowerCase();
  if (GOOD.has(word)) return "good";
  if (BAD.has(word)) return "bad";
  if (WAITING.has(word)) return "waiting";
  if (MOVING.has(word)) return "moving";
  return "odd";
}

export function toneOfAnswer(status) {
  if (status === null || status === undefined || status >= 500) return "bad";
  if (status >= 400) return "odd";
  return "good";
}

export function badge(status, tone = toneOf(status)) {
  return h("span", { class: `badge ${tone}` }, format.words(status));
}

/** The badge of what a fault was applied to: its kind, which leads to the rules; null without one. */
export function faultMark(shown) {
  if (!shown.fault) return null;
  return h("a", { class: "badge odd fault", href: href("faults"), title: `fault ${shown.fault.id}` }, `fault: ${format.words(shown.fault.kind || "unknown")}`);
}

/** The badge of a callback's status; what a fault was applied to is never green. */
export function callbackBadge(callback) {
  const tone = toneOf(callback.status);
  return badge(callback.status, callback.fault && tone === "good" ? "odd" : tone);
}

export function button(text, click, { kind = "", title, disabled, name } = {}) {
  return h("button", { type: "button", class: `button ${kind}`, title, disabled, "data-name": name, on: { click } }, text);
}

export function panel(title, ...children) {
  return h("section", { class: "panel", "data-key": `panel ${title}` }, h("h2", {}, title), children);
}

export function facts(...pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, shown.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

export function moment(at) {
  return h("time", { datetime: at, title: at }, format.time(at));
}

/** A text to read, to scroll and to copy. */
export function code(text, label, { copy = true } = {}) {
  const shown = format.plain(text);
  return h(
    "div",
    { class: "code" },
    h("pre", { tabindex: "0", role: "region", "aria-label": label }, shown),
    copy && copyButton(() => text, `Copy ${label}`),
  );
}

/** A button that copies a text; `title` tells buttons of the same label apart. */
export function copyButton(text, label = "Copy", title = undefined) {
  async function click(event) {
    const target = event.currentTarget;
    target.textContent = await copy(await text()) ? "Copied" : "The browser does not allow copying";
    setTimeout(() => { target.textContent = label; }, 1500);
  }
  return button(label, click, { kind: "small copy", title });
}

/** Copy a text; browsers have no clipboard on a plain HTTP address, so a selection is copied there. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "copied", readonly: true, "aria-hidden": "true", tabindex: "-1" });
    field.value = text;
    const before = document.activeElement;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    field.setSelectionRange(0, text.length); // touch screens do not select otherwise
    const done = document.execCommand("copy");
    field.remove();
    before?.focus?.();
    return done;
  }
}

export function command(text) {
  return h("div", { class: "command" }, code(text, "command"));
}

/** An empty screen: what would be here, and commands to paste. */
export function empty(title, text, ...commands) {
  return h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text), commands.filter(Boolean).map(command));
}

export function headersTable(pairs, label) {
  return h("table", { class: "plain headers", "aria-label": label },
    h("tbody", {}, pairs.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, format.plain(value))))));
}

export function body(text, label) {
  if (!text) return h("p", { class: "quiet" }, "No body.");
  const tree = jsonTree(text, label);
  if (tree) return h("div", { class: "code" }, tree, copyButton(() => format.pretty(text), `Copy ${label}`));
  return code(format.pretty(text), label);
}

export function disclosure(title, open, ...children) {
  return h("details", { class: "disclosure", open }, h("summary", {}, title), children);
}

export function callLink(id, text) {
  return h("a", { href: href("calls", id), class: "mono" }, text || format.short(id));
}

export function callbackLink(id, text) {
  return h("a", { href: href("callbacks", id), class: "mono" }, text || format.short(id));
}

export function select(label, value, options, change, { hideLabel = false } = {}) {
  const control = h("select", { on: { change: (event) => change(event.currentTarget.value) }, "aria-label": hideLabel ? label : null },
    options.map((option) => {
      const [key, text] = Array.isArray(option) ? option : [option, format.words(option)];
      return h("option", { value: key, selected: key === value }, text);
    }));
  control.value = value;
  return hideLabel ? control : h("label", { class: "field" }, h("span", {}, label), control);
}

export function input(label, { value = "", name, type = "text", list, placeholder, required, min, max, step, hint, wide } = {}) {
  const control = h("input", { type, name, list, placeholder, required, min, max, step, autocomplete: "off", spellcheck: "false" });
  control.value = value;
  return h("label", { class: wide ? "field wide" : "field" }, h("span", {}, label), control, hint && h("small", {}, hint));
}

export function area(label, { value = "", name, rows = 8 } = {}) {
  const control = h("textarea", { name, rows, spellcheck: "false" });
  control.value = value;
  return h("label", { class: "field wide" }, h("span", {}, label), control);
}

export function form(submit, ...children) {
  async function onsubmit(event) {
    event.preventDefault();
    const target = event.currentTarget;
    const buttons = target.querySelectorAll("button[type=submit]");
    buttons.forEach((each) => { each.disabled = true; });
    try {
      await submit(Object.fromEntries(new FormData(target)), target);
    } finally {
      buttons.forEach((each) => { each.disabled = false; });
    }
  }
  return h("form", { class: "form", "data-keep": true, on: { submit: onsubmit } }, children);
}

export function submit(text) {
  return h("button", { type: "submit", class: "button primary" }, text);
}
