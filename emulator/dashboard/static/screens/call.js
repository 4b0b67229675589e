// One call: its steps, what was said, its callbacks and requests.

import { ask, query } from "../api.js";
import { now } from "../clockbar.js";
import { attempt, confirm, toast } from "../dialog.js";
import { conversationOf } from "../conversation.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { live, refreshing } from "../live.js";
import { callParts } from "../platforms.js";
import { href } from "../router.js";
import { arrowsOf, drawTimeline } from "../timeline.js";
import { badge, button, code, empty, facts, disclosure, faultMark, moment, panel, toneOfAnswer } from "../ui.js";
import { recordingOf } from "../recording.js";
import { explained } from "./explain.js";

export function call({ id }) {
  const node = h("div", { class: "page" }, h("p", { class: "quiet" }, "Reading\u2026"));
  let shown = null;
  let callbacks = [];
  let requests = [];
  let streamEvents = [];
  let why = null;
  let entry = -1;
  let vendor = {};
  const recording = recordingOf(`/calls/${encodeURIComponent(id)}/recording`);
  const read = async () => {
    if (shown && live.state && live.state.history.last === entry && !shown.planned.length) return;
    entry = live.state?.history.last ?? -1;
    try {
      shown = await ask(`/calls/${encodeURIComponent(id)}`);
      vendor = await callParts(shown.platform);
    } catch (error) {
      if (!shown) show(node, empty("No such call", error.text || error.message));
      return;
    }
    const about = [ask(`/callbacks${query({ call_id: id })}`)];
    if (shown.batch_id) about.push(ask(`/callbacks${query({ batch_id: shown.batch_id })}`));
    const [found, asked, streamed] = await Promise.all([
      Promise.all(about),
      ask(`/history${query({ kind: "exchange", about: id, brief: true, limit: 20 })}`),
      ask(`/history${query({ kind: "stream", call_id: id, limit: 200 })}`),
    ]);
    streamEvents = streamed;
    callbacks = found.flat().reverse(); // oldest first
    requests = asked.reverse();
    draw();
    if (hasSound() && !recording.node.firstChild) attempt(recording.begin);
    why = await explained(id);
    draw();
  };
  const refresh = refreshing(read);

  function leave() {
    refresh.stop();
    recording.stop();
  }

  async function force(status) {
    const others = shown.planned.length ? `The planned steps (${shown.planned.map((each) => format.words(each.status)).join(", ")}) will not happen. ` : "";
    if (!(await confirm(`Set the status to ${format.words(status)}?`, `${others}1 call is affected, and the callbacks due for it are sent.`, `Set to ${format.words(status)}`))) return;
    if (await attempt(() => ask(`/calls/${encodeURIComponent(id)}/move`, { method: "POST", body: { status } }))) toast(`The call is now ${format.words(status)}.`);
    await read();
  }

  function draw() {
    const inbound = shown.direction === "inbound";
    const conversation = conversationOf(shown, callbacks, vendor.entries?.(shown, callbacks) ?? []);
    show(node,
      h("header", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("calls") }, "Calls")),
          h("h1", {}, h("span", { class: "mono" }, format.number(inbound ? shown.from : shown.to)), " ", badge(shown.status), faultMark(shown))),
        h("div", { class: "actions" }, shown.allowed.map((status) => button(`Set to ${format.words(status)}`, () => force(status), { kind: "small" })))),
      facts(
        ["Platform", shown.platform],
        ["Direction", shown.direction],
        ["From", h("span", { class: "mono" }, format.number(shown.from))],
        ["To", h("span", { class: "mono" }, format.number(shown.to))],
        ["Workflow or agent", shown.workflow_id && h("a", { href: href("calls", "", { workflow_id: shown.workflow_id }) }, shown.bot || format.short(shown.workflow_id))],
        ["Batch", shown.batch_id && h("a", { class: "mono", href: href("batches", shown.batch_id) }, format.short(shown.batch_id))],
        ["Placed", moment(shown.created_at)],
        ["Duration", format.duration(shown, now())],
        ["Scenario", format.scenario(shown.scenario)],
        ["Fault", shown.fault && h("a", { href: href("faults") }, `${format.words(shown.fault.kind || "fault")} (${shown.fault.id})`)],
        ["Outcome", shown.outcome && format.words(shown.outcome)],
        ["Pressed", shown.keys],
        ["Hang-up cause", shown.hangup_cause && format.words(shown.hangup_cause)]),
      panel("Timeline", drawTimeline(shown, callbacks, now() ?? shown.created_at), steps()),
      panel("Conversation and callbacks", conversation,
        callbacks.length ? null : h("p", { class: "quiet" }, shown.planned.length ? "No callbacks yet: the call continues." : "No callbacks. Explain, below, says why.")),
      vendor.panel?.(shown),
      shown.details.message && !shown.answered_at ? panel("Message", h("p", { class: "said" }, format.plain(shown.details.message))) : null,
      hasSound() ? panel("Recording", recording.node) : null,
      panel(`Requests about this call (${requests.length})`, requests.length ? h("ul", { class: "rows" }, requests.map((each) =>
        h("li", {}, badge(each.status, toneOfAnswer(each.status)), faultMark(each), h("a", { class: "mono", href: href("requests", each.number) }, `${each.method} ${format.plain(each.target)}`), h("span", { class: "quiet at" }, format.clock(each.at)))))
        : h("p", { class: "quiet" }, "No request to a vendor's API mentions this call.")),
      why ? panel("Explain", why) : null,
      panel("Raw", disclosure("JSON", false, code(JSON.stringify(shown, null, 2), "call as JSON"))));
  }

  function steps() {
    const all = [
      ...shown.steps.map((each) => ({ at: each.at, text: `call ${format.words(each.status)}` })),
      ...shown.planned.map((each) => ({ at: each.at, text: `call ${format.words(each.status)}`, planned: true })),
      ...streamEvents.map((each) => ({ at: each.at, text: `stream ${each.event}: ${format.plain(each.text)}` })),
      ...arrowsOf(callbacks).map((each) => ({ at: each.at, text: each.text, planned: each.planned, id: each.id })),
    ].sort(format.soonest);
    return disclosure(`As a list (${all.length})`, false, h("ol", { class: "rows" }, all.map((each) =>
      h("li", {}, h("span", { class: "at mono" }, format.clock(each.at)), each.id ? h("a", { href: href("callbacks", each.id) }, each.text) : h("span", {}, each.text), each.planned ? h("span", { class: "quiet" }, "planned") : null))));
  }

  /** Whether there is a recording that no panel of the vendor's plays. */
  function hasSound() {
    return shown.has_recording && !shown.details.streams?.some((each) => each.recording_url);
  }

  return { title: () => (shown ? `Call ${format.number(shown.direction === "inbound" ? shown.from : shown.to)}` : "Call"), node, enter: read, leave };
}
