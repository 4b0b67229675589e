// Start: each vendor's address, credential and snippets, a first call, the guides, the worlds.

import { BASE, ask, context, pageOfWorlds, world } from "../api.js";
import { batchCard } from "../charts.js";
import { attempt } from "../dialog.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { listForWorld } from "../platforms.js";
import { addressOf, href } from "../router.js";
import { badge, button, code, copyButton, moment, panel } from "../ui.js";
import { FirstCall } from "./firstcall.js";

const GUIDES = [
  ["quickstart", "Quickstart"],
  ["testing-python", "Testing in Python"],
  ["testing-any-language", "Testing in any language"],
  ["browser", "Working in a browser"],
  ["faults", "Faults"],
  ["control-api", "Control API"],
];
const MAX_WORLDS = 20;
const MAX_CAMPAIGNS = 3;
const BATCHES_READ = 20;

/** The snippet that is shown of each vendor, by its title; kept while the page is open. */
const chosen = new Map();
/** The first calls that were placed, by world and vendor; kept while the page is open. */
const placed = new Map();

export function start() {
  const node = h("div", { class: "page" });
  let vendors = [];
  let here = null;
  let worlds = { value: [], total: 0 };
  let campaigns = [];

  async function read() {
    [vendors, here, worlds] = await Promise.all([listForWorld(), world(), pageOfWorlds({ sort: "activity", limit: MAX_WORLDS })]);
    draw();
  }

  async function follow() {
    const calls = vendors.map((each) => placed.get(keyOf(each))).filter(Boolean);
    const [recent] = await Promise.all([ask(`/batches?limit=${BATCHES_READ}`), ...calls.map((each) => each.read())]);
    campaigns = recent.filter((each) => each.calls > 1).slice(0, MAX_CAMPAIGNS);
    draw();
  }
  const live = refreshing(follow, 300);

  async function place(vendor) {
    const made = await attempt(() => ask("/first-call", { method: "POST", body: { platform: vendor.name } }));
    if (made === null) return;
    placed.set(keyOf(vendor), new FirstCall(made, vendor));
    await follow();
  }

  function draw() {
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Start"), h("span", { class: "quiet" }, `World ${context.world}. Requests with these credentials select it.`)),
      campaigns.length ? panel("Campaigns", campaigns.map(batchCard), h("a", { href: href("batches") }, "All batches")) : null,
      vendors.map((each) => vendorPanel(each, here, { place, draw, call: placed.get(keyOf(each)) })),
      panel("Guides", h("ul", { class: "links" },
        GUIDES.map(([topic, title]) => h("li", {}, h("a", { href: `${BASE}/_emulator/guide/${topic}` }, title))),
        h("li", {}, h("a", { href: apiPage("control") }, "API page of the control API")))),
      worldsPanel(worlds));
  }

  return { title: () => "Start", node, enter: async () => { await read(); await follow(); }, leave: live.stop };
}

const keyOf = (vendor) => `${context.world} ${vendor.name}`;
const apiPage = (name) => `${BASE}/_emulator/docs/${name}?world=${encodeURIComponent(context.world)}`;

function vendorPanel(vendor, here, { place, draw, call }) {
  const title = chosen.get(vendor.name) ?? vendor.snippets[0].title;
  const snippet = vendor.snippets.find((each) => each.title === title) ?? vendor.snippets[0];
  const pick = (each) => () => { chosen.set(vendor.name, each.title); draw(); };
  return h("section", { class: "panel vendor", "data-key": `vendor ${vendor.name}`, "aria-label": vendor.title },
    h("div", { class: "heading" },
      h("h2", {}, vendor.title),
      h("div", { class: "actions" },
        h("a", { class: "button small", href: `${BASE}/_emulator/guide/${vendor.name}` }, "Guide"),
        h("a", { class: "button small", href: apiPage(vendor.name) }, "API page"),
        vendor.places_first_call && button(call ? "Place another call" : "Place a first call", () => place(vendor), { kind: "small primary" }))),
    h("dl", { class: "settings-list" }, valueRow("Address", vendor.address),
      Object.entries(here.credentials[vendor.name]).map(([name, value]) => valueRow(name, value))),
    h("div", { class: "tabs", role: "group", "aria-label": `Language of the ${vendor.name} snippet` }, vendor.snippets.map((each) =>
      h("button", { type: "button", class: "tab", "aria-pressed": String(each === snippet), on: { click: pick(each) } }, each.title))),
    snippet.install && h("p", { class: "quiet" }, "Install: ", h("code", {}, snippet.install)),
    h("div", { class: "snippet", "data-key": snippet.title }, code(snippet.code, `${vendor.name} snippet`, { copy: false }), copyButton(() => snippet.code, "Copy", `Copy the ${vendor.name} snippet`)),
    call && call.node());
}

function valueRow(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, h("code", {}, value), copyButton(() => value, "Copy", `Copy ${name}`)));
}

function worldsPanel({ value, total }) {
  const row = (each) => h("li", { "data-key": each.name },
    h("a", { href: addressOf(each.name, "start"), "aria-current": each.name === context.world ? "true" : null }, each.name),
    badge(each.clock.mode, "odd"), moment(each.clock.now), h("a", { class: "at", href: addressOf(each.name, "calls") }, "Calls"));
  const rest = total - value.length;
  return panel("Worlds, most recently used first",
    h("ul", { class: "rows" }, value.map(row)),
    rest > 0 && h("p", {}, h("a", { href: addressOf(context.world, "worlds") }, `${rest} more`)));
}
