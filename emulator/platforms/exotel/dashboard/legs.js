// The legs of a call of the Calls API, what was noted about it, its streams to bots, and the tools
// that a bot has used.

import * as format from "../../format.js";
import { h } from "../../h.js";
import { badge, panel as section } from "../../ui.js";
import { streamPanels } from "./streams.js";

export function panel(call) {
  const voice = call.details.voice_call;
  if (!voice) return toolPanel(call); // a call with a bot, which has no legs of its own
  const legs = section("Legs",
    h("ol", { class: "rows" }, voice.legs.map((leg, index) =>
      h("li", {}, h("span", {}, `Leg ${index + 1}`), h("span", { class: "mono" }, format.plain(leg.number)),
        badge(leg.status ?? "not tried"),
        h("span", { class: "quiet" }, `${leg.seconds} s on the line${leg.cause ? `, ${format.words(leg.cause)}` : ""}`)))),
    voice.notes.map((note) => h("p", { class: "quiet" }, format.plain(note))));
  return [legs, ...streamPanels(call), toolPanel(call)].filter(Boolean);
}

function toolPanel(call) {
  const uses = call.details.tool_uses ?? [], notes = call.details.tool_notes ?? [];
  if (!uses.length && !notes.length) return null;
  return section("Tools",
    h("ol", { class: "rows" }, uses.map((use) =>
      h("li", {}, h("span", {}, format.plain(use.name)), badge(use.status),
        h("span", { class: "quiet" }, format.plain(use.error ?? use.said ?? JSON.stringify(use.result)))))),
    notes.map((note) => h("p", { class: "quiet" }, format.plain(note))));
}
