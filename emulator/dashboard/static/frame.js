// The frame of every screen: navigation, world, clock, search, settings.

import { BASE, context, pageOfWorlds } from "./api.js";
import { drawClock } from "./clockbar.js";
import { counted } from "./format.js";
import { h, show } from "./h.js";
import { help } from "./keys.js";
import { live } from "./live.js";
import { prefs, setPref } from "./prefs.js";
import { addressOf, go, href, present } from "./router.js";
import { navigation as places } from "./screens.js";
import { searchBox } from "./search.js";
import { select } from "./ui.js";

const navigation = h("nav", { class: "navigation", "aria-label": "Screens" });
const worldBox = h("div", { class: "world" });
const badge = h("span", { class: "live", role: "status" });
const clockBar = h("section", { class: "clockbar", "aria-label": "Clock" });
const main = h("main", { id: "main", tabindex: "-1" });
const search = searchBox();

export const frame = {
  main,
  search: () => search.focus(),
  node: h(
    "div",
    { class: "frame" },
    h("a", { class: "skip", href: "#main", on: { click: (event) => { event.preventDefault(); main.focus(); } } }, "Skip to content"),
    h("header", { class: "top" },
      h("div", { class: "brand" }, h("span", { class: "mark", "aria-hidden": "true" }), h("span", { class: "name" }, "voicebot", h("b", {}, "emulator"))),
      worldBox,
      search.node,
      badge,
      h("a", { class: "guides", href: `${BASE}/_emulator/guide/` }, "Guides"),
      settings()),
    clockBar,
    navigation,
    main),
};

function settings() {
  return h("details", { class: "settings" },
    h("summary", { "aria-label": "Settings", title: "Settings" }, "\u2699"),
    h("div", { class: "menu" },
      select("Theme", prefs.theme, [["system", "system"], ["light", "light"], ["dark", "dark"]], (value) => setPref("theme", value)),
      select("Times in", prefs.zone, [["UTC", "UTC"], ["local", "local time"]], (value) => setPref("zone", value)),
      select("Phone numbers", prefs.mask ? "masked" : "shown", ["shown", "masked"], (value) => setPref("mask", value === "masked")),
      h("button", { type: "button", class: "button", on: { click: help } }, "Keys")));
}

const MAX_NAMES = 50;
let names = [];
let total = 0;
let known = "";
/** A part of the name of a world that is looked for. */
let wanted = "";
const finder = h("input", { type: "search", placeholder: "Find a world", "aria-label": "Find a world", autocomplete: "off", spellcheck: "false", hidden: true, on: { input: (event) => find(event.currentTarget.value.trim()) } });

/** Read the names of the worlds when they may have changed. */
async function readWorlds() {
  const standing = `${live.state?.worlds} ${live.status === "gone"} ${context.world} ${wanted}`;
  if ((!live.state && live.status !== "gone") || standing === known) return;
  known = standing;
  const page = await pageOfWorlds({ name: wanted, limit: MAX_NAMES }, { of: "default" });
  if (standing !== known) return;
  names = page.value.map((each) => each.name);
  total = page.total;
  drawWorlds();
}

/** List the worlds whose names have this part. */
function find(part) {
  wanted = part;
  readWorlds().catch(() => { known = ""; });
}

function drawWorlds() {
  const all = names.includes(context.world) ? names : [...names, context.world];
  const control = select("World", context.world, all, (name) => go(addressOf(name, present().screen === "start" ? "start" : "calls")), { hideLabel: true });
  control.value = context.world;
  const before = worldBox.querySelector("select");
  const same = before && before.value === context.world && [...before.options].map((each) => each.value).join() === all.join();
  finder.hidden = !wanted && total <= names.length;
  if (same) return;
  if (before) before.replaceWith(control);
  else worldBox.replaceChildren(control, finder);
}

export function drawFrame(place) {
  drawWorlds();
  readWorlds().catch(() => { known = ""; });
  const state = live.state;
  const counts = { calls: state?.calls, batches: state?.batches, callbacks: state?.callbacks, requests: state?.exchanges, inboxes: state?.messages, worlds: state?.worlds };
  show(navigation, places().map(([name, title]) =>
    h("a", { href: href(name), class: name === place.screen ? "here" : null, "aria-current": name === place.screen ? "page" : null },
      title,
      counts[name] ? h("span", { class: "count" }, brief(counts[name])) : null)));
  reveal(`${place.screen} ${Boolean(state)}`);
  badge.className = `live ${live.status}`;
  badge.textContent = { live: "Connected", connecting: "Connecting", offline: "Disconnected", gone: "Gone" }[live.status];
  badge.title = state ? `This page follows the emulator. ${counted(state.history.last, "entry", "entries")} in the history` : "";
  drawClock(clockBar, state);
}

let revealed = "";

/** Scroll the navigation to the present screen. */
function reveal(standing) {
  const here = navigation.querySelector(".here");
  if (standing === revealed || !here) return;
  revealed = standing;
  navigation.scrollLeft = here.offsetLeft - (navigation.clientWidth - here.offsetWidth) / 2;
}

function brief(number) {
  return number < 10_000 ? String(number) : `${Math.floor(number / 1000)}k`;
}
