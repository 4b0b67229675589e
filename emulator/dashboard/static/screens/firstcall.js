// A call that was placed from Start, followed until its callbacks have arrived.

import { ask } from "../api.js";
import { attempt } from "../dialog.js";
import * as format from "../format.js";
import { h } from "../h.js";
import { live } from "../live.js";
import { href } from "../router.js";
import { badge, button, callbackLink, callLink } from "../ui.js";

export class FirstCall {
  /** `made` is the response of `POST /first-call`, `vendor` an entry of `GET /platforms`. */
  constructor(made, vendor) {
    this.vendor = vendor;
    this.inbox = made.inbox;
    this.subject = made.batch_id ? `batch_id=${encodeURIComponent(made.batch_id)}` : `call_id=${encodeURIComponent(made.calls[0].id)}`;
    this.ids = made.calls.map((each) => each.id);
    this.calls = made.calls.map((each) => ({ ...each, steps: [], planned: [] }));
    this.callbacks = [];
  }

  /** Read the calls and their callbacks; a call that is gone (after a reset) stays as it was. */
  async read() {
    try {
      const [callbacks, ...calls] = await Promise.all([
        ask(`/callbacks?${this.subject}`),
        ...this.ids.map((id) => ask(`/calls/${encodeURIComponent(id)}`)),
      ]);
      this.callbacks = callbacks.reverse();
      this.calls = calls;
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }

  node() {
    const waits = live.state?.clock?.mode === "frozen" && this.calls.some((each) => each.planned.length);
    const finish = () => attempt(() => ask("/clock/advance", { method: "POST", body: { until: "idle" } }));
    return h("div", { class: "first-call", role: "status", "aria-label": "First call" },
      this.calls.map((call) => this.callNode(call)),
      h("h3", {}, "Callbacks"),
      this.callbacks.length
        ? h("ul", { class: "rows" }, this.callbacks.map((each) => callbackNode(each)))
        : h("p", { class: "quiet" }, this.vendor.sends_callbacks ? "None yet." : "This platform sends no callbacks; clients poll the status."),
      this.callbacks.length > 0 && h("p", {}, h("a", { href: href("inboxes", this.inbox) }, `Inbox ${this.inbox}: what an endpoint receives`)),
      waits && h("p", { class: "line" }, "The clock of this world is frozen.", button("Advance to the end", finish, { kind: "small" })));
  }

  callNode(call) {
    return h("div", { class: "line", "data-key": call.id },
      callLink(call.id, format.number(call.direction === "inbound" ? call.from : call.to)),
      call.steps.map((step) => h("span", { class: "reached" }, badge(step.status), at(step.at))),
      call.planned.map((step) => h("span", { class: "planned quiet" }, `${format.words(step.status)} due at `, at(step.at))));
  }
}

function at(moment) {
  return h("time", { datetime: moment, title: moment }, format.clock(moment));
}

function callbackNode(callback) {
  const last = callback.attempts[callback.attempts.length - 1];
  return h("li", { "data-key": callback.id }, badge(callback.status), callbackLink(callback.id, format.words(callback.event)),
    last && h("span", { class: "quiet" }, last.error ?? `answered ${last.status}`), last && at(last.started_at));
}
