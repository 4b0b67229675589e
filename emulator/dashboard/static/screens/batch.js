// One batch: how far it is, what was answered and when, its callbacks; live while it runs.

import { ask, query } from "../api.js";
import { hourly, legend, percent, progress, shares, standing, timeLeft } from "../charts.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { downloadMenu } from "../listbar.js";
import { refreshing } from "../live.js";
import { href } from "../router.js";
import { badge, callbackBadge, callbackLink, empty, facts, moment, panel } from "../ui.js";

const SHOWN_FAILURES = 5;

export function batch({ id }) {
  const node = h("div", { class: "page" });
  let shown = null;
  let failed = [];
  const live = refreshing(read, 300);

  async function read() {
    try {
      shown = await ask(`/batches/${encodeURIComponent(id)}`);
    } catch (error) {
      if (error.status !== 404) throw error;
      show(node, empty("No such batch", `This world has no batch ${id}.`), h("p", {}, h("a", { href: href("batches") }, "All batches")));
      return;
    }
    failed = shown.callbacks.failed ? await ask(`/callbacks${query({ batch_id: id, status: "failed", sort: "-changed", limit: SHOWN_FAILURES })}`) : [];
    draw();
  }

  function draw() {
    const name = shown.bot || format.short(shown.workflow_id);
    show(node,
      h("div", { class: "heading" },
        h("div", {}, h("p", { class: "crumb" }, h("a", { href: href("batches") }, "Batches")), h("h1", {}, name, badge(shown.status)),
          h("p", { class: "quiet" }, `${shown.platform}, placed `, moment(shown.created_at))),
        h("div", { class: "actions" },
          shown.statuses.failed ? h("a", { class: "button", href: href("calls", "", { batch_id: id, status: "failed" }) }, `${format.count(shown.statuses.failed)} failed`) : null,
          downloadMenu("/calls", { batch_id: id }),
          h("a", { class: "button primary", href: href("calls", "", { batch_id: id }) }, `All ${format.counted(shown.calls, "call")}`))),
      panel("Progress", h("p", { class: "big" }, h("b", {}, percent(shown.ended, shown.calls)), " ", standing(shown)), progress(shown), legend(shown)),
      h("div", { class: "beside" },
        panel("Answers", answers(shown)),
        panel("Pace", facts(
          ["Dialed", `${shown.calls_per_second} calls per second`],
          ["Until the last call is dialed", shown.status === "completed" ? "ended" : timeLeft(shown)],
          ["That is at", shown.dialed_at && moment(shown.dialed_at)],
          ["Ended", shown.ended_at && moment(shown.ended_at)],
          ["Talk time, average", shown.answered ? format.span(shown.average_talk_seconds) : null]))),
      shown.hours.length ? panel(`Answered by hour (${format.zone()})`, hourly(shown.hours)) : null,
      panel("Callbacks", callbacks(shown, failed)));
  }

  return { title: () => shown?.bot || "Batch", node, enter: read, leave: live.stop };
}

function answers(batch) {
  const pressed = Object.values(batch.keys).reduce((sum, each) => sum + each, 0);
  const keys = [...new Set([...Object.keys(batch.key_names), ...Object.keys(batch.keys)])].sort();
  const completed = batch.statuses.completed;
  const rows = keys.map((key) => ({ key, name: batch.key_names[key] || "pressed", count: batch.keys[key] || 0, q: `pressed:${key}` }));
  if (keys.length) rows.push({ key: "", name: "no key", count: completed - pressed, q: "status:completed -pressed:*" });
  else rows.push(...Object.entries(batch.outcomes).map(([name, count]) => ({ key: "", name: format.words(name), count, q: `outcome:${name}` })));
  if (!completed) return h("p", { class: "quiet" }, "No call is completed yet: advance the clock, or wait for a live one.");
  return [
    h("p", { class: "big" }, h("b", {}, percent(batch.answered, batch.ended)), ` answered: ${format.count(batch.answered)} of the ${format.count(batch.ended)} that have ended`),
    rows.length ? shares(batch, rows, completed) : null,
  ];
}

function callbacks(batch, failed) {
  const order = ["failed", "refused", "dropped", "pending", "delivered"].filter((status) => batch.callbacks[status]);
  if (!order.length) return h("p", { class: "quiet" }, "None yet. The vendor sends them to the callback URL of the workflow or the request.");
  return [
    h("p", { class: "line" }, order.map((status) => h("a", { href: href("callbacks", "", { batch_id: batch.id, status }) }, badge(`${format.count(batch.callbacks[status])} ${status}`, { delivered: "good", pending: "waiting" }[status] ?? "bad")))),
    failed.length ? h("ul", { class: "rows" }, failed.map((each) => h("li", { "data-key": each.id }, callbackBadge(each), callbackLink(each.id, each.event), h("span", { class: "quiet" }, `answered ${each.attempts.at(-1)?.status ?? "nothing"}`), h("span", { class: "at" }, moment(each.attempts.at(-1)?.ended_at))))) : null,
  ];
}
