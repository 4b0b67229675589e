// Search for a number or an id.

import { ask, query } from "./api.js";
import * as format from "./format.js";
import { h, show } from "./h.js";
import { go, href } from "./router.js";
import { badge } from "./ui.js";

export function searchBox() {
  let latest = 0;
  let timer = null;
  const results = h("div", { class: "results", id: "search-results", role: "listbox", "aria-label": "Found", hidden: true });
  const field = h("input", {
    type: "search", placeholder: "Search for a number or an id   /", "aria-label": "Search for a number or an id",
    role: "combobox", "aria-expanded": "false", "aria-controls": "search-results", autocomplete: "off", spellcheck: "false",
    on: {
      input: () => { clearTimeout(timer); timer = setTimeout(find, 150); },
      focus: () => { if (field.value) find(); },
      keydown: (event) => {
        if (event.key === "Enter") results.querySelector("a")?.click();
        if (event.key === "ArrowDown") { event.preventDefault(); results.querySelector("a")?.focus(); }
      },
    },
  });
  const node = h("div", { class: "search", role: "search" }, field, results);
  node.addEventListener("focusout", (event) => { if (!node.contains(event.relatedTarget)) close(); });

  function close() {
    results.hidden = true;
    field.setAttribute("aria-expanded", "false");
  }

  async function find() {
    const asked = field.value.trim();
    const mine = (latest += 1);
    if (!asked) {
      close();
      return;
    }
    let found = [];
    try {
      found = await ask(`/search${query({ q: asked })}`);
    } catch {
      // shown as no results
    }
    if (mine !== latest) return;
    results.hidden = false;
    field.setAttribute("aria-expanded", "true");
    show(results, found.length ? found.map(result) : h("p", { class: "quiet" }, "No call, callback or batch has this id or number."));
  }

  function result(each) {
    const [address, text] = {
      call: [href("calls", each.id), `${format.number(each.from)} \u2192 ${format.number(each.to)}`],
      callback: [href("callbacks", each.id), each.event],
      batch: [href("batches", each.id), format.counted(each.calls, "call")],
    }[each.kind];
    const chosen = (event) => {
      event.preventDefault();
      field.value = "";
      close();
      go(address);
    };
    return h("a", { href: address, role: "option", on: { click: chosen } },
      h("span", { class: "kind" }, each.kind), h("span", {}, text), badge(each.status), h("span", { class: "quiet" }, each.platform));
  }

  return { node, focus: () => { field.focus(); field.select(); } };
}
