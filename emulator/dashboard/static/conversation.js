// A call as one conversation: what both sides said, and the callbacks in between.

import { ask } from "./api.js";
import { attempt } from "./dialog.js";
import * as format from "./format.js";
import { h, show } from "./h.js";
import { href } from "./router.js";
import { summary } from "./screens/callback.js";
import { turnsOf } from "./transcript.js";
import { badge, body, callbackBadge, faultMark } from "./ui.js";

/**
 * The conversation of a call, or null if nothing was said and nothing sent. `added` are entries
 * that a vendor draws itself: { at, node, callbackId }, with the callback that an entry stands for.
 */
export function conversationOf(call, callbacks, added) {
  const drawn = new Set(added.map((each) => each.callbackId));
  const entries = [
    ...added, // what is asked at the moment of a turn comes before it
    ...spoken(call),
    ...callbacks.filter((each) => !drawn.has(each.id)).map((each) => ({ at: momentOf(each), node: sent(each) })),
  ];
  if (!entries.length) return null;
  const rank = new Map(entries.map((each, index) => [each, index]));
  entries.sort((one, other) => format.soonest(one, other) || rank.get(one) - rank.get(other));
  return h("div", { class: "sequence" },
    h("div", { class: "lanes", "aria-hidden": "true" }, h("span", {}, "Person"), h("span", {}, "Bot"), h("span", {}, "Your endpoint")),
    h("ol", {}, entries.map((each) => each.node)));
}

/** What was said; of a robocall its message, and the key that was pressed at its end. */
function spoken(call) {
  const turns = turnsOf(call);
  if (turns.length) return turns.map((turn) => ({ at: turn.moment, node: says(turn.isBot, turn.text, turn.moment) }));
  if (!call.answered_at || !call.details.message) return [];
  const found = [{ at: call.answered_at, node: says(true, call.details.message, call.answered_at) }];
  if (call.keys) found.push({ at: call.ended_at ?? call.answered_at, node: says(false, `presses ${call.keys}`, call.ended_at) });
  return found;
}

function says(isBot, text, at) {
  return h("li", { class: isBot ? "says bot" : "says caller" },
    h("p", {}, h("b", {}, isBot ? "Bot: " : "Person: "), format.plain(text)),
    at ? h("time", { datetime: at }, format.clock(at)) : null);
}

function momentOf(callback) {
  return callback.attempts[0]?.started_at ?? callback.due_at ?? callback.created_at;
}

function sent(each) {
  return h("li", { class: `asks ${toneOf(each)}`, "data-key": each.id },
    h("a", { class: "callback", href: href("callbacks", each.id), "data-status": each.status },
      h("span", { class: "line" }, callbackBadge(each), h("b", {}, each.event), h("span", { class: "quiet" }, each.batch_id && !each.call_id ? "about its batch" : "")),
      h("span", { class: "quiet" }, summary(each))),
    faultMark(each),
    bodiesOf(each.id),
    h("time", { datetime: momentOf(each) }, format.clock(momentOf(each))));
}

/** The bodies of a callback and of its response, which are read when they are opened. */
export function bodiesOf(id) {
  const inside = h("div", {});
  const read = async (event) => {
    if (!event.currentTarget.open) return;
    const whole = await attempt(() => ask(`/callbacks/${encodeURIComponent(id)}`));
    if (!whole) return;
    const answer = whole.attempts.at(-1);
    show(inside,
      whole.body === null ? h("p", { class: "quiet" }, "The body was evicted to make room.") : body(whole.body, "body of the request"),
      answer?.body ? body(answer.body, "body of the response") : null);
  };
  return h("details", { class: "disclosure", "data-keep": true, "data-key": `bodies ${id}`, on: { toggle: read } }, h("summary", {}, "Bodies"), inside);
}

function toneOf(each) {
  if (each.status === "delivered") return each.fault ? "odd" : "good";
  return each.status === "pending" ? "waiting" : "bad";
}
