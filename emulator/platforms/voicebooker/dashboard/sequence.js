// A call as a sequence: what caller and bot said, and what the bot asked of the webhook.

import * as format from "../../format.js";
import { h } from "../../h.js";
import { href } from "../../router.js";
import { badge, panel as section, toneOfAnswer } from "../../ui.js";

export function panel(call, callbacks) {
  if (!call.details.webhooks) return null; // placed through the API: no bot of ours speaks
  const known = new Map(callbacks.map((each) => [each.id, each]));
  const events = [
    ...(call.details.transcript || []).map((turn) => ({ at: turn.at, turn })),
    ...call.details.webhooks.map((webhook) => ({ at: webhook.asked_at, webhook })),
  ].sort(format.soonest);
  return section("Bot and webhook", h("div", { class: "sequence" },
    h("div", { class: "lanes", "aria-hidden": "true" }, h("span", {}, "Caller"), h("span", {}, "Bot"), h("span", {}, "Webhook")),
    h("ol", {}, events.map((event) => (event.turn ? spoken(event.turn) : asked(event.webhook, known.get(event.webhook.callback_id)))))));
}

function spoken(turn) {
  const isBot = turn.speaker === "bot";
  return h("li", { class: isBot ? "says bot" : "says caller" },
    h("p", {}, h("b", {}, isBot ? "Bot: " : "Caller: "), format.plain(turn.text)),
    h("time", { datetime: turn.at }, format.clock(turn.at)));
}

function asked(webhook, callback) {
  const answer = callback?.attempts.at(-1);
  const tone = webhook.failure ? "bad" : toneOfAnswer(webhook.status ?? answer?.status ?? null);
  return h("li", { class: `asks ${webhook.answered_at ? tone : "waiting"}` },
    h("p", {}, h("a", { href: href("callbacks", webhook.callback_id) }, webhook.action), " ",
      webhook.answered_at ? badge(webhook.status ?? "no response", tone) : badge("asked", "waiting")),
    answer?.body ? h("p", { class: "mono quiet clip" }, format.plain(answer.body)) : null,
    webhook.failure ? h("p", { class: "bad" }, webhook.failure) : null,
    (webhook.deviations || []).map((each) => h("p", { class: "odd" }, typeof each === "string" ? each : JSON.stringify(each))),
    h("time", { datetime: webhook.asked_at }, format.clock(webhook.asked_at)));
}
