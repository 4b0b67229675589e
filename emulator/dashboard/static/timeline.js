// A call over time: its steps as a bar, planned ones dashed, callbacks as arrows.
// Above the bar the earliest label is at the top, below it at the bottom: no line runs through a text.

import * as format from "./format.js";
import { h } from "./h.js";
import { toneOf, toneOfAnswer } from "./ui.js";

const WIDTH = 960;
const LEFT = 16;
const RIGHT = 240;
const ROW = 18;
const GAP = 20;
const MAX_ARROWS = 40;

/** The attempts of callbacks, made and planned: [{ at, tone, text, planned, id }], soonest first. */
export function arrowsOf(callbacks) {
  const found = [];
  for (const callback of callbacks) {
    for (const each of callback.attempts) {
      found.push({ at: each.started_at, tone: each.fault ? "odd" : toneOfAnswer(each.status), text: `${callback.event} ${each.status ?? "no response"}${each.fault ? ` (${format.words(each.fault.kind)})` : ""}`, id: callback.id, planned: false });
    }
    if (callback.due_at) found.push({ at: callback.due_at, tone: "waiting", text: `${callback.event} due`, id: callback.id, planned: true });
  }
  return found.sort(format.soonest);
}

export function drawTimeline(call, callbacks, now) {
  const steps = [...call.steps.map((each) => ({ ...each, planned: false })), ...call.planned.map((each) => ({ ...each, planned: true }))];
  const arrows = arrowsOf(callbacks).slice(0, MAX_ARROWS);
  const times = [...steps, ...arrows].map((each) => Date.parse(each.at));
  const ends = call.allowed.length ? [Date.parse(now)] : [];
  const from = Math.min(...times);
  const to = Math.max(...times, ...ends, from + 1000);
  const x = scale([...times, from, to], from, to);
  const bar = steps.length * ROW + GAP;
  const height = bar + GAP + Math.max(1, arrows.length) * ROW + 8;
  const parts = [];
  steps.forEach((step, index) => {
    const next = steps[index + 1];
    const left = x(step.at);
    if (next) parts.push(h("line", { class: `track ${toneOf(step.status)} ${next.planned ? "planned" : ""}`, x1: left, y1: bar, x2: x(next.at), y2: bar }));
    else if (call.allowed.length) parts.push(h("line", { class: `track ${toneOf(step.status)} planned`, x1: left, y1: bar, x2: x(Math.max(Date.parse(now), Date.parse(step.at))), y2: bar }));
  });
  steps.forEach((step, index) => {
    const left = x(step.at);
    const y = (index + 1) * ROW - 4;
    parts.push(h("line", { class: "lead", x1: left, y1: y - 8, x2: left, y2: bar - 6 }));
    parts.push(h("circle", { class: `step ${toneOf(step.status)} ${step.planned ? "planned" : ""}`, cx: left, cy: bar, r: 6 }));
    parts.push(h("text", { class: "name", x: left + 7, y }, `${format.words(step.status)} `, h("tspan", { class: "at" }, step.planned ? `${since(from, step.at)} planned` : since(from, step.at))));
  });
  arrows.forEach((arrow, index) => {
    const left = x(arrow.at);
    const y = bar + GAP + (arrows.length - index) * ROW;
    parts.push(h("g", { class: `arrow ${arrow.tone} ${arrow.planned ? "planned" : ""}` },
      h("line", { x1: left, y1: bar + 8, x2: left, y2: y - 8 }),
      h("polygon", { points: `${left - 4},${y - 10} ${left + 4},${y - 10} ${left},${y - 2}` }),
      h("text", { x: left + 9, y: y - 2 }, `${arrow.text}  ${since(from, arrow.at)}`)));
  });
  if (call.allowed.length && Date.parse(now) >= from) parts.unshift(h("line", { class: "present", x1: x(now), y1: bar - 12, x2: x(now), y2: bar + 12 }));
  return h("div", { class: "scrolled timeline", tabindex: "0", role: "region", "aria-label": "Timeline drawing" },
    h("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": described(steps, arrows) }, parts));
}

/** Map times to positions: linear, but different times keep a minimum distance. */
function scale(times, from, to) {
  const moments = [...new Set(times)].sort((one, other) => one - other);
  const room = WIDTH - LEFT - RIGHT;
  const least = Math.min(28, room / Math.max(1, moments.length));
  const stretch = Math.max(0, room - least * (moments.length - 1));
  const places = new Map();
  let place = LEFT;
  moments.forEach((moment, index) => {
    if (index) place += least + (stretch * (moment - moments[index - 1])) / Math.max(1, to - from);
    places.set(moment, place);
  });
  return (at) => {
    const moment = typeof at === "number" ? at : Date.parse(at);
    if (places.has(moment)) return places.get(moment);
    const after = moments.findIndex((each) => each > moment);
    if (after === 0) return LEFT;
    if (after < 0) return places.get(moments.at(-1));
    const [before, next] = [moments[after - 1], moments[after]];
    const part = (moment - before) / (next - before);
    return places.get(before) + part * (places.get(next) - places.get(before));
  };
}

function since(from, at) {
  return `+${format.span((Date.parse(at) - from) / 1000)}`;
}

function described(steps, arrows) {
  const all = [...steps.map((each) => `${format.words(each.status)}${each.planned ? " (planned)" : ""} at ${format.time(each.at)}`), ...arrows.map((each) => `${each.text} at ${format.time(each.at)}`)];
  return all.join("; ");
}
