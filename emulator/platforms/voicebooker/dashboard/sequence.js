// What the bot asked of the webhook, for the conversation of a call.

import { bodiesOf } from "../../conversation.js";
import * as format from "../../format.js";
import { h } from "../../h.js";
import { href } from "../../router.js";
import { badge, faultMark, toneOfAnswer } from "../../ui.js";

/** The entries of the webhooks; none for a call whose bot did not speak. */
export function entries(call, callbacks) {
  const known = new Map(callbacks.map((each) => [each.id, each]));
  return (call.details.webhooks ?? []).map((webhook) => ({
    at: webhook.asked_at,
    callbackId: webhook.callback_id,
    node: asked(webhook, known.get(webhook.callback_id)),
  }));
}

function asked(webhook, callback) {
  const answer = callback?.attempts.at(-1);
  const tone = webhook.failure ? "bad" : toneOfAnswer(webhook.status ?? answer?.status ?? null);
  return h("li", { class: `asks ${webhook.answered_at ? tone : "waiting"}` },
    h("p", {}, h("a", { href: href("callbacks", webhook.callback_id) }, webhook.action), " ",
      webhook.answered_at ? badge(webhook.status ?? "no response", tone) : badge("asked", "waiting")),
    callback ? faultMark(callback) : null,
    answer?.body ? h("p", { class: "mono quiet clip" }, format.plain(answer.body)) : null,
    bodiesOf(webhook.callback_id),
    webhook.failure ? h("p", { class: "bad" }, webhook.failure) : null,
    (webhook.deviations || []).map((each) => h("p", { class: "odd" }, typeof each === "string" ? each : JSON.stringify(each))),
    h("time", { datetime: webhook.asked_at }, format.clock(webhook.asked_at)));
}
