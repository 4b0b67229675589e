// The clock: its time, mode and speed, and the next step.

import { ask, context } from "./api.js";
import { attempt, toast } from "./dialog.js";
import * as format from "./format.js";
import { h, show } from "./h.js";
import { live } from "./live.js";
import { platformNamed } from "./platforms.js";
import { addressOf, href } from "./router.js";

let busy = false;
let ticking = null;

/** The time of the world; between two messages, as far as it is known. */
export function now(state = live.state) {
  if (!state) return null;
  const { clock } = state;
  if (clock.mode !== "live") return clock.now;
  const passed = (performance.now() - state.heard) * clock.speed;
  return new Date(new Date(clock.now).getTime() + passed).toISOString();
}

export function drawClock(bar, state) {
  if (!state) {
    show(bar, live.status === "gone" ? gone() : h("span", { class: "quiet" }, "Waiting for the emulator."));
    return;
  }
  const { mode, speed } = state.clock;
  show(bar,
    h("div", { class: "reading" },
      h("time", { class: "now", "data-key": "now", "aria-label": "Time in this world" }, format.time(now(state))),
      modes(mode),
      mode === "live" ? speeds(speed) : null,
      h("span", { class: "mode-line quiet" }, meaning(mode, speed))),
    h("div", { class: "steps" },
      step("+1 min", { seconds: 60 }),
      step("+10 min", { seconds: 600 }),
      step("+1 h", { seconds: 3600 }),
      step("Next step", state.clock.next_due && { to: later(state) }),
      step("Until idle", { until: "idle" })),
    h("div", { class: "due" }, due(state)));
  if (mode === "live" && ticking === null) ticking = setInterval(() => tick(bar), 250);
  if (mode !== "live" && ticking !== null) {
    clearInterval(ticking);
    ticking = null;
  }
}

/** What a mode of the clock means for time. */
function meaning(mode, speed) {
  if (mode === "frozen") return "Time stands still until you advance it.";
  if (mode === "auto") return "Time jumps to each next step by itself.";
  return speed === 1 ? "Time passes as on a wall clock." : `Time passes ${speed} times as fast as on a wall clock.`;
}

function gone() {
  return h("span", { role: "alert" }, `World ${context.world} no longer exists. `, h("a", { href: addressOf("default", "worlds") }, "See all worlds"));
}

/** The time of the next step; a live clock may have passed it since the last message. */
function later(state) {
  const shown = now(state);
  return Date.parse(shown) > Date.parse(state.clock.next_due) ? shown : state.clock.next_due;
}

function tick(bar) {
  const shown = bar.querySelector("time.now");
  const text = format.time(now());
  if (shown && shown.textContent !== text) shown.textContent = text;
  const wait = bar.querySelector(".in");
  if (wait && live.state?.clock.next_due) wait.textContent = away(live.state);
}

function modes(mode) {
  const change = (event) => attempt(() => ask("/clock", { method: "PUT", body: { mode: event.currentTarget.value } }));
  return h("select", { "aria-label": "Clock mode", title: "Clock mode", "data-key": `mode ${mode}`, on: { change } },
    ["live", "frozen", "auto"].map((each) => h("option", { value: each, selected: each === mode }, each)));
}

function speeds(speed) {
  const known = [1, 10, 60, 600];
  const change = (event) => attempt(() => ask("/clock", { method: "PUT", body: { speed: Number(event.currentTarget.value) } }));
  return h("select", { "aria-label": "Speed", title: "Speed", "data-key": `speed ${speed}`, on: { change } },
    (known.includes(speed) ? known : [...known, speed]).map((each) =>
      h("option", { value: each, selected: each === speed }, `\u00d7${each}`)));
}

function step(text, passing) {
  const click = async () => {
    busy = true;
    document.querySelectorAll(".steps button").forEach((each) => { each.disabled = true; });
    const done = await attempt(() => ask("/clock/advance", { method: "POST", body: passing }));
    busy = false;
    document.querySelectorAll(".steps button").forEach((each) => { each.disabled = false; });
    if (done) {
      const { steps, callbacks } = done.counts;
      toast(`${text}: ${format.counted(steps, "step")}, ${format.counted(callbacks, "callback attempt")}`);
    }
  };
  return h("button", { type: "button", class: "button small", disabled: busy || !passing, on: { click } }, text);
}

function away(state) {
  return `in ${format.span(Math.max(0, format.between(now(state), state.clock.next_due)))}`;
}

function due(state) {
  const [next] = state.next;
  if (!next) return h("span", { class: "quiet" }, "Nothing is due.");
  const [what, address] = described(next);
  return [
    h("span", { class: "quiet" }, "Next "),
    h("span", { class: "in", "data-key": "in" }, away(state)),
    h("span", {}, ": ", address ? h("a", { href: address }, what) : what),
    state.waiting > 1 ? h("span", { class: "quiet" }, ` (${format.count(state.waiting)} waiting)`) : null,
  ];
}

function described(next) {
  switch (next.kind) {
    case "call":
      return [`call to ${format.number(next.to)} becomes ${format.words(next.status)}`, href("calls", next.id)];
    case "batch":
      return [`a batch dials the next of ${format.counted(next.left, "call")}`, href("batches", next.id)];
    case "callback":
      return [`attempt ${next.attempt} at ${next.event}`, href("callbacks", next.id)];
    case "fault":
      return [`fault: ${format.words(next.effect)}`, href("faults")];
    default:
      return wake(next);
  }
}

/** What a vendor does of itself, in the words that it declares. */
function wake(next) {
  const { text, screen } = platformNamed(next.platform)?.steps[next.step] ?? { text: format.words(next.step.replace(/.*\./, "")) };
  return [`${next.platform}: ${text}`, screen && href(screen, next.id)];
}
