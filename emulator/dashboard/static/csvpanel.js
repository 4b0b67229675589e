// A CSV file to take rows from: a preview, and what is wrong by line.

import { readCsv } from "./csv.js";
import * as format from "./format.js";
import { h, show } from "./h.js";
import { button } from "./ui.js";

const PREVIEW = 5;
const MAX_ERRORS = 20;

/**
 * A file field with a preview. `check(row, columns)` says what is wrong with a row, or null;
 * `send(rows, report)` sends them all, and `report(text)` tells how far it is; it returns errors
 * by line, if there are any.
 */
export function csvPanel({ label, hint, action, check = () => null, send }) {
  const result = h("div", { role: "status" });
  const choose = async (event) => {
    const [file] = event.currentTarget.files;
    if (!file) return;
    const { columns, rows, errors } = readCsv(await file.text());
    const wrong = [...errors, ...rows.flatMap((each) => {
      const detail = check(each.values, columns);
      return detail ? [{ line: each.line, detail }] : [];
    })].sort((one, other) => one.line - other.line);
    show(result, preview(columns, rows), problems(wrong),
      wrong.length ? h("p", { class: "bad" }, "Nothing was sent. Correct the file and choose it again.") : null,
      !wrong.length && rows.length ? button(`${action} (${format.count(rows.length)})`, () => submit(rows), { kind: "primary" }) : null);
  };
  const submit = async (rows) => {
    const report = (text) => show(result, h("p", {}, text));
    try {
      const wrong = (await send(rows, report)) ?? [];
      if (wrong.length) result.append(problems(wrong));
    } catch (error) {
      show(result, h("p", { class: "bad", role: "alert" }, `${error.text || error.message}`));
    }
  };
  return h("div", { class: "csv wide", "data-keep": true },
    h("label", { class: "field wide" }, h("span", {}, label), h("input", { type: "file", accept: ".csv,text/csv", on: { change: choose } }), h("small", {}, hint)),
    result);
}

function preview(columns, rows) {
  if (!rows.length) return h("p", {}, "The file has no rows.");
  return h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Preview" },
    h("p", { class: "quiet" }, `${format.counted(rows.length, "row")}${rows.length > PREVIEW ? `; the first ${PREVIEW}:` : ":"}`),
    h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Line"), columns.map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, rows.slice(0, PREVIEW).map(({ line, values }) => h("tr", {}, h("td", { class: "quiet" }, line), columns.map((each) => h("td", {}, format.plain(values[each]))))))));
}

function problems(wrong) {
  if (!wrong.length) return null;
  const more = wrong.length > MAX_ERRORS ? [h("li", {}, `${format.count(wrong.length - MAX_ERRORS)} more`)] : [];
  return h("ul", { class: "bad" }, wrong.slice(0, MAX_ERRORS).map(({ line, detail }) => h("li", {}, `Line ${line}: ${detail}`)), more);
}
