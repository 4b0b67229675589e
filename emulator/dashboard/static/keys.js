// Keyboard shortcuts.

import { h } from "./h.js";
import { open } from "./dialog.js";

const HELP = [
  ["j  k", "next and previous row"],
  ["Enter", "open the selected row"],
  ["Esc", "close, or go to the list"],
  ["/", "search"],
  ["g then c", "calls"],
  ["g then b", "callbacks"],
  ["g then r", "requests"],
  ["?", "show this list"],
];

export function help() {
  open("Keys", [
    h("table", { class: "plain" }, h("tbody", {}, HELP.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what))))),
  ]);
}

export function startKeys({ screen, search, up, to }) {
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.("input, textarea, select");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const keys = {
      j: () => screen()?.table?.move(1),
      k: () => screen()?.table?.move(-1),
      Enter: () => { if (!event.target.closest?.("a, button, summary")) screen()?.table?.open(); },
      Escape: up,
      "/": search,
      "?": help,
    };
    const places = { c: "calls", b: "callbacks", r: "requests" };
    if (before === "g" && places[event.key]) to(places[event.key]);
    else if (keys[event.key]) {
      if (event.key === "/" || event.key === "?") event.preventDefault();
      keys[event.key]();
    }
    before = event.key;
  });
}
