// The explanation of a call, a batch or a callback, as the control API gives it.

import { ask } from "../api.js";
import * as format from "../format.js";
import { h } from "../h.js";
import { href } from "../router.js";

/** What led to a call, a batch or a callback, step by step; null if there is no explanation. */
export async function explained(id) {
  try {
    const story = await ask(`/explain/${encodeURIComponent(id)}`);
    return h("ol", { class: "rows story" }, story.steps.map((step) =>
      h("li", { class: `told-${step.step}` },
        h("span", { class: "at mono" }, step.at ? format.clock(step.at) : ""),
        h("span", {}, format.plain(step.text)),
        step.step === "request" && step.entry ? h("a", { href: href("requests", step.entry) }, "the request") : null)));
  } catch {
    return null;
  }
}
