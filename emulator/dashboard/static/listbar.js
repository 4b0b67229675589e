// What the lists have in common: which columns they show, and in which order; kept in the address.

import { h } from "./h.js";
import { go, href } from "./router.js";

/** The columns that an address asks for; those that are shown at first if it asks for none. */
export function columnsOf(filters, all) {
  const names = (filters.columns || "").split(",").filter(Boolean);
  const chosen = all.filter((each) => names.includes(each.name) || each.always);
  return names.length ? chosen : all.filter((each) => !each.optional);
}

/** A menu that chooses the columns of a list. */
export function columnMenu(all, table, address) {
  const box = (column) => h("label", { class: "check" },
    h("input", { type: "checkbox", name: column.name, checked: table.columns.includes(column), disabled: column.always, on: { change } }), column.label ?? column.title);
  const menu = h("div", { class: "menu" });
  const fill = () => { if (!menu.firstChild) menu.append(...all.map(box)); };
  function change() {
    const names = [...menu.querySelectorAll("input:checked")].map((each) => each.name);
    const chosen = all.filter((each) => names.includes(each.name));
    const usual = all.every((each) => chosen.includes(each) === !each.optional);
    go(address({ columns: usual ? "" : names.join(",") }), { replace: true, quiet: true });
    table.choose(chosen);
  }
  return h("details", { class: "columns", "data-keep": true, on: { toggle: fill } }, h("summary", { class: "button" }, "Columns"), menu);
}

/** A function that returns the present address with some of its filters changed. */
export function addressWith(screen, read) {
  return (changed) => href(screen, "", { ...read(), ...changed });
}
