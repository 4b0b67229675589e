// How far a batch is and what was answered, drawn as plain SVG.

import * as format from "./format.js";
import { h } from "./h.js";
import { href } from "./router.js";

/** The statuses from the left of a bar to its right: what is done, what is under way, what waits. */
export const STATUSES = ["completed", "no_answer", "busy", "failed", "canceled", "in_progress", "ringing", "queued"];
const WIDTH = 1000;
const [NARROWEST, WIDEST, ROUGHLY] = [46, 72, 900];
const HEIGHT = 120;
const ROOM = 22;

export function percent(part, whole) {
  if (!whole) return "0%";
  const share = part / whole * 100;
  return share > 0 && share < 1 ? "<1%" : `${share > 99 && part < whole ? Math.floor(share) : Math.round(share)}%`;
}

/** One bar with a stretch for each status. */
export function progress(batch) {
  let from = 0;
  const parts = STATUSES.filter((status) => batch.statuses[status]).map((status) => {
    const width = batch.statuses[status] / batch.calls * WIDTH;
    const part = h("rect", { class: `fill ${status}`, x: from, y: 0, width, height: 10 });
    from += width;
    return part;
  });
  const label = STATUSES.filter((status) => batch.statuses[status]).map((status) => `${format.count(batch.statuses[status])} ${format.words(status)}`).join(", ");
  return h("svg", { class: "progress", viewBox: `0 0 ${WIDTH} 10`, preserveAspectRatio: "none", role: "img", "aria-label": `Calls: ${label}` }, parts);
}

/** What the colours of the bar mean, with counts; each leads to its calls. */
export function legend(batch) {
  return h("ul", { class: "statuses" }, STATUSES.filter((status) => batch.statuses[status]).map((status) =>
    h("li", { "data-key": status }, h("a", { href: href("calls", "", { batch_id: batch.id, status }) },
      h("span", { class: `swatch fill ${status}`, "aria-hidden": "true" }),
      h("span", { class: "meaning" }, format.words(status)), " ",
      h("b", {}, format.count(batch.statuses[status])), " ",
      h("span", { class: "quiet" }, percent(batch.statuses[status], batch.calls))))));
}

/** Rows with a bar each: { key, name, count, query }; the bars are parts of `whole`. */
export function shares(batch, rows, whole) {
  const most = Math.max(1, ...rows.map((each) => each.count));
  return h("ul", { class: "shares" }, rows.map(({ key, name, count, q }) => h("li", { "data-key": `${key} ${name}` },
    h("a", { href: href("calls", "", { batch_id: batch.id, q }) }, key && h("kbd", {}, key), h("span", { class: "meaning" }, name)),
    h("svg", { viewBox: `0 0 ${WIDTH} 10`, preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect", { class: "fill back", x: 0, y: 0, width: WIDTH, height: 10 }),
      h("rect", { class: key ? "fill answer" : "fill none", x: 0, y: 0, width: count / most * WIDTH, height: 10 })),
    h("b", {}, format.count(count)), h("span", { class: "quiet" }, percent(count, whole)))));
}

/** A column for each hour: the calls that were dialed in it, and those of them answered. */
export function hourly(hours) {
  const most = Math.max(1, ...hours.map((each) => each.dialed));
  const column = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(ROUGHLY / Math.max(1, hours.length))));
  const width = Math.max(1, hours.length) * column;
  const tall = (count) => count / most * HEIGHT;
  const label = hours.map((each) => `${hour(each.at)}: ${percent(each.answered, each.dialed)} of ${format.count(each.dialed)} answered`).join("; ");
  return h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Answers by hour" },
    h("p", { class: "statuses", "aria-hidden": "true" }, h("span", {}, h("span", { class: "swatch fill completed" }), "answered"), h("span", {}, h("span", { class: "swatch fill back" }), "dialed, not answered")),
    h("svg", { class: "hourly", width, height: HEIGHT + 2 * ROOM, viewBox: `0 0 ${width} ${HEIGHT + 2 * ROOM}`, role: "img", "aria-label": label },
      hours.map((each, index) => {
        const left = index * column;
        const [dialed, answered] = [tall(each.dialed), tall(each.answered)];
        return h("g", {},
          h("rect", { class: "fill back", x: left + 5, y: ROOM + HEIGHT - dialed, width: column - 10, height: dialed, rx: 3 }),
          h("rect", { class: "fill completed", x: left + 5, y: ROOM + HEIGHT - answered, width: column - 10, height: answered, rx: 3 }),
          h("text", { class: "name", x: left + column / 2, y: ROOM + HEIGHT - dialed - 6, "text-anchor": "middle" }, percent(each.answered, each.dialed)),
          h("text", { class: "at", x: left + column / 2, y: HEIGHT + 2 * ROOM - 6, "text-anchor": "middle" }, hour(each.at, index)));
      })));
}

/** The hour; where a day begins, its date. */
function hour(at, index = 0) {
  const shown = format.time(at);
  return index && shown.slice(11, 16) === "00:00" ? shown.slice(5, 10) : shown.slice(11, 16);
}

/** In a few words: how many have ended, how many answered, how long it still takes. */
export function standing(batch) {
  const said = [`${format.count(batch.ended)} of ${format.counted(batch.calls, "call")} ended`];
  if (batch.ended) said.push(`${percent(batch.answered, batch.ended)} answered`);
  const left = timeLeft(batch);
  if (batch.status !== "completed" && left) said.push(left);
  return said.join(" \u00b7 ");
}

/** How long it takes until the last call is dialed: as the reader's clock has it, if the world's is live. */
export function timeLeft(batch) {
  if (batch.real_seconds_left) return `${format.span(batch.real_seconds_left)} left`;
  if (batch.seconds_left) return `${format.span(batch.seconds_left)} left on the world's clock`;
  return batch.seconds_left === 0 ? "all dialed" : "";
}

/** A batch as a link: its name, its bar, and how it stands. */
export function batchCard(batch) {
  return h("a", { class: "card batch", href: href("batches", batch.id), "data-key": batch.id },
    h("span", { class: "line" }, h("b", {}, batch.bot || format.short(batch.workflow_id)), h("span", { class: "quiet" }, batch.platform), h("span", { class: "at" }, standing(batch))),
    progress(batch));
}
