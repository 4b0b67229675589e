// The fault rules of the world, and a form that adds one.

import { ask, query } from "../api.js";
import { pasted } from "../curl.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { queryBox } from "../listbar.js";
import { refreshing } from "../live.js";
import { platformOptions } from "../platforms.js";
import { href } from "../router.js";
import { button, command, form, input, moment, panel, select, submit } from "../ui.js";

const TARGETS = { route: "Requests", call: "Calls", callback: "Callbacks" };
const LIMITS = [["", "every match"], ["nth", "only the Nth match"], ["every", "every Nth match"], ["probability", "with a probability"]];

export function faults({ filters }) {
  const node = h("div", { class: "page" });
  const q = filters.q || "";
  const box = queryBox({ nouns: "faults", value: q, example: 'kind:error operation:place_calls text:"…"', address: (changed) => href("faults", "", { q, ...changed }) });
  let rules = [];
  let kinds = null;
  let operations = [];
  let chosen = null;
  let making = null;
  const read = async () => {
    if (!kinds) [kinds, operations] = await Promise.all([ask("/faults/kinds"), ask("/operations")]);
    chosen ??= kinds[0];
    making ??= maker();
    rules = await found();
    draw();
  };
  const live = refreshing(read, 500);

  async function found() {
    try {
      const rules = await ask(`/faults${query({ q })}`);
      box.say("");
      return rules;
    } catch (error) {
      if (!q || error.status !== 400) throw error;
      box.say(error.errors.map((each) => `The query ${each.detail}.`).join(" ") || error.text);
      return [];
    }
  }

  async function remove(rule) {
    const text = `The rule was applied ${format.counted(rule.hits, "time")}. It will not be applied again.`;
    if (!(await confirm(`Remove ${format.words(rule.effect.kind)}?`, text, "Remove fault"))) return;
    await attempt(() => ask(`/faults/${encodeURIComponent(rule.id)}`, { method: "DELETE" }));
    await read();
  }

  async function clear() {
    if (!(await confirm("Remove all faults?", `${format.counted(rules.length, "fault rule")} will be removed.`, "Remove faults"))) return;
    await attempt(() => ask("/faults", { method: "DELETE" }));
    await read();
  }

  async function add(fields) {
    const effect = { kind: chosen.kind };
    for (const name of Object.keys(chosen.fields)) {
      if (fields[`effect ${name}`]) effect[name] = valueOf(fields[`effect ${name}`]);
    }
    const match = {};
    for (const name of ["platform", "operation", "event", "number", "workflow_id"]) if (fields[name]) match[name] = fields[name];
    if (match.operation) {
      const [platform, name] = match.operation.split(" ");
      match.operation = name;
      if (platform) match.platform = platform;
    }
    if (fields.limit && fields.amount) match[fields.limit] = Number(fields.amount);
    const body = { effect, match };
    if (fields.times) body.times = Number(fields.times);
    if (await attempt(() => ask("/faults", { method: "POST", body }))) toast(`Fault ${format.words(chosen.kind)} added.`);
    await read();
  }

  /** The operations to choose from: of one platform, or of all; first what places calls anywhere. */
  function choices(platform) {
    const aliases = [...new Set(operations.map((each) => each.alias).filter(Boolean))];
    const own = operations.filter((each) => !platform || each.platform === platform);
    const names = new Map(own.map((each) => [`${each.platform} ${each.operation}`, `${each.platform}: ${each.operation} (${each.method} ${each.path})`]));
    return [["", "any"], ...aliases.map((alias) => [` ${alias}`, `all of ${alias}`]), ...names];
  }

  function maker() {
    const operation = named(select("Operation", "", choices(""), () => {}), "operation");
    const list = operation.querySelector("select");
    const narrow = (platform) => list.replaceChildren(...choices(platform).map(([value, text]) => h("option", { value }, text)));
    const effects = select("Kind of fault", chosen.kind, kinds.map((each) => [each.kind, `${TARGETS[each.target] || each.target}: ${format.words(each.kind)}`]), (kind) => {
      chosen = kinds.find((each) => each.kind === kind);
      making = maker();
      draw();
    });
    return form(add,
      effects,
      Object.entries(chosen.fields).map(([name, value]) => input(titled(name), { name: `effect ${name}`, value: value === null ? "" : plainOf(value) })),
      named(select("Platform", "", platformOptions(), narrow), "platform"),
      chosen.target === "route" ? operation : null,
      chosen.target === "callback" ? input("Event", { name: "event", placeholder: "any: request.completed" }) : null,
      input("Number", { name: "number", placeholder: "any" }),
      input("Bot or workflow", { name: "workflow_id", placeholder: "any" }),
      named(select("How often", "", LIMITS, () => {}), "limit"),
      input("N, or the probability", { name: "amount" }),
      input("Maximum number of times", { name: "times", type: "number", min: 1 }),
      submit("Add fault"),
      h("p", { class: "wide quiet" }, chosen.does, " A good client: ", chosen.wants));
  }

  function draw() {
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Faults"), rules.length && !q ? button("Remove all", clear, { kind: "danger" }) : null),
      box.node,
      panel(q ? `Matching faults (${rules.length})` : `Active faults (${rules.length})`, rules.length ? h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Active faults" }, h("table", { class: "plain wide" },
        h("thead", {}, h("tr", {}, ["Fault", "Matches", "Applied", "Expires", "Actions"].map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, rules.map((rule) => h("tr", { "data-key": rule.id },
          h("td", {}, h("b", {}, format.words(rule.effect.kind)), " ", h("span", { class: "quiet" }, pairs(rule.effect, "kind"))),
          h("td", {}, pairs(rule.match) || "everything"),
          h("td", {}, `${rule.hits} of ${rule.seen}${rule.times ? `, at most ${rule.times}` : ""}`, rule.why_unused ? h("div", { class: "quiet" }, `Not applied yet: ${format.plain(rule.why_unused)}.`) : null),
          h("td", {}, rule.ends_at ? moment(rule.ends_at) : rule.expires_in_real ? `${format.span(rule.expires_in_real)} of real time` : "never"),
          h("td", {}, button("Remove", () => remove(rule), { kind: "small danger", title: `Remove ${format.words(rule.effect.kind)}` })))))))
        : q ? h("p", { class: "quiet" }, "No fault matches the query.") : [h("p", { class: "quiet" }, "No faults. Add one below, or paste:"), command(pasted("/_emulator/faults", { body: { effect: { kind: "error", status: 503 }, times: 1 } }))]),
      panel("Add a fault", h("div", { "data-key": `maker ${chosen.kind}` }, making)));
  }

  return { title: () => "Faults", count: () => rules.length, node, enter: read, leave: live.stop };
}

function named(field, name) {
  field.querySelector("select").name = name;
  return field;
}

function pairs(values, without) {
  return Object.entries(values).filter(([name]) => name !== without).map(([name, value]) => `${format.words(name)} ${format.plain(plainOf(value))}`).join(", ");
}

function titled(name) {
  return name[0].toUpperCase() + format.words(name.slice(1));
}

function plainOf(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
