// The streams of a call to a bot: both sides on one time axis, with what happened and how fast.

import { ask } from "../../api.js";
import * as format from "../../format.js";
import { h } from "../../h.js";
import { recordingOn } from "../../recording.js";
import { AXIS, HEIGHT, LANE, WIDTH } from "../../soundaxis.js";
import { badge, facts, panel as section } from "../../ui.js";

const MAX_VIEWS = 20;
const MAX_LABELS = 60;
const ROWS = 3;
const views = new Map(); // by the id of the stream: what was drawn stays while the page is drawn anew

/** A panel for each stream of a call. */
export function streamPanels(call) {
  return (call.details.streams ?? []).map((stream, index, all) =>
    section(all.length > 1 ? `Stream ${index + 1}` : "Stream",
      h("p", { class: "line" }, badge(stream.status, stream.status === "failed" ? "bad" : stream.status === "open" ? "moving" : "good"),
        h("span", { class: "mono long" }, format.plain(stream.url)),
        h("span", { class: "quiet" }, ended(stream))),
      facts(...figures(stream.quality)),
      viewOf(stream),
      findings(stream),
      stream.notes.map((note) => h("p", { class: "quiet" }, format.plain(note)))));
}

function ended(stream) {
  if (stream.status === "open") return stream.connected_at ? "is open" : "is being dialed";
  const by = { bot: "ended by the bot", user: "ended by the person" }[stream.disconnected_by] ?? "";
  const after = stream.connected_at ? `after ${format.span(stream.duration)}` : "";
  return [by, after, stream.error && format.plain(stream.error)].filter(Boolean).join(" ");
}

function figures(quality) {
  if (!quality) return [];
  const said = (seconds) => (seconds === null ? null : `${seconds.toFixed(2)} s`);
  const { response } = quality;
  return [
    ["First sound", said(quality.first_sound) ?? "none"],
    ["Response, median", said(response.median)],
    ["Response, p95", said(response.p95)],
    ["Response, worst", said(response.worst)],
    ["Without a response", response.unanswered ? format.counted(response.unanswered, "sentence") : null],
    ["Dead air", quality.dead_air ? said(quality.dead_air) : null],
    ["Talk-over", quality.talk_over ? said(quality.talk_over) : null],
    ["Dropped by clear", quality.dropped ? said(quality.dropped) : null],
  ];
}

function findings(stream) {
  if (!stream.findings.length) return h("p", { class: "quiet" }, "Nothing was found wrong with the bot.");
  return h("ol", { class: "rows findings" }, stream.findings.map((each) =>
    h("li", {}, badge(each.code.replaceAll("_", " "), "odd"), h("span", {}, format.plain(each.text)),
      h("span", { class: "quiet" }, format.counted(each.count, "time")),
      h("time", { class: "at mono", datetime: each.first_at, title: each.first_at }, `first at ${each.first_seconds.toFixed(2)} s`))));
}

/** What is drawn of a stream; it reads what was heard, and again while the stream continues. */
function viewOf(stream) {
  const id = stream.stream_sid;
  if (!views.has(id)) {
    if (views.size >= MAX_VIEWS) views.delete(views.keys().next().value);
    views.set(id, { node: h("div", { class: "recording", "data-keep": true, "data-key": id }), until: -1 });
  }
  const view = views.get(id);
  if (stream.connected_at && view.until !== stream.duration) {
    view.until = stream.duration;
    ask(`/exotel/streams/${id}/sounds`).then((sounds) => draw(view.node, stream, sounds)).catch(() => { view.until = -1; });
  }
  return view.node.isConnected ? view.node.cloneNode(false) : view.node;
}

function draw(node, stream, sounds) {
  const over = (seconds) => overlay(seconds, stream, sounds);
  const label = `The person above, the bot below, ${stream.duration.toFixed(1)} seconds`;
  const path = stream.recording_url && `/exotel/streams/${stream.stream_sid}/recording`;
  const sides = stretches(stream.duration, sounds);
  node.replaceChildren(recordingOn(path, { seconds: stream.duration, over, label, sides }));
}

/** Where each side is heard, in place of waveforms. */
function stretches(seconds, sounds) {
  return ["person", "bot"].map((side, lane) => sounds.filter((each) => each.kind === side).map((each) =>
    h("rect", { class: `heard ${side}`, x: x(each.start, seconds), y: lane * LANE + 16, width: Math.max(1, x(each.stop - each.start, seconds)), height: LANE - 24, rx: 3 })));
}

function x(at, seconds) {
  return seconds ? at / seconds * WIDTH : 0;
}

/** Marks, clears and keys, the time to each response, and how barge-ins ended. */
function overlay(seconds, stream, sounds) {
  const moments = sounds.filter((each) => ["mark", "clear", "key"].includes(each.kind));
  return [
    ...moments.map((each, index) => moment(each, index, seconds)),
    ...responses(stream.quality).map((each) => span("latency", each, LANE, seconds)),
    ...(stream.quality?.barge_ins ?? []).flatMap((each) => bargeIn(each, seconds)),
  ];
}

function moment({ kind, start, text }, index, seconds) {
  const at = x(start, seconds);
  const row = HEIGHT - AXIS + 12 + index % ROWS * 14;
  const said = { mark: text, clear: "clear", key: `key ${text}` }[kind];
  return h("g", { class: `moment ${kind}`, "aria-label": `${kind} ${text} at ${start} s` },
    h("line", { x1: at, y1: 0, x2: at, y2: row - 9 }),
    index < MAX_LABELS ? h("text", { x: at, y: row, "text-anchor": at > WIDTH - 60 ? "end" : "start" }, format.plain(said).slice(0, 24)) : null);
}

function responses(quality) {
  const { each = [], at = [] } = quality?.response ?? {};
  return each.map((seconds, index) => ({ from: at[index], to: at[index] + seconds, text: `${seconds.toFixed(2)} s` }));
}

function bargeIn({ at, to_clear: clear, to_silence: silence }, seconds) {
  const quiet = { from: at, to: at + silence, text: `silence ${silence.toFixed(2)} s` };
  const cleared = clear === null ? [] : [span("barge-in", { from: at, to: at + clear, text: `clear ${clear.toFixed(2)} s` }, 2 * LANE - 18, seconds)];
  return [...cleared, span("barge-in", quiet, 2 * LANE - 4, seconds)];
}

/** A length of time on the axis, with its label. */
function span(kind, { from, to, text }, y, seconds) {
  const [left, right] = [x(from, seconds), x(to, seconds)];
  return h("g", { class: kind },
    h("line", { x1: left, y1: y, x2: right, y2: y }),
    h("line", { x1: left, y1: y - 4, x2: left, y2: y + 4 }),
    h("line", { x1: right, y1: y - 4, x2: right, y2: y + 4 }),
    h("text", { x: Math.min(right + 4, WIDTH - 70), y: y + 4 }, text));
}
