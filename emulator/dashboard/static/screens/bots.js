// What calls can be placed with at each vendor, and a form that places them.

import { ask, query } from "../api.js";
import { csvPanel } from "../csvpanel.js";
import { toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { Search, queryBox } from "../listbar.js";
import { commands, platformNamed, platforms } from "../platforms.js";
import { go, href } from "../router.js";
import { schemaForm } from "../schemaform.js";
import { empty, panel, select } from "../ui.js";

const MAX_SHOWN = 200;
const ROLE = "x-emulator-role";
const PREFIX = "x-emulator-prefix";
const ENTRY = "x-emulator-entry";
const NUMBER_COLUMN = /^(phone|number|to|mobile|telephone|msisdn)([ _-]?(number|no))?$/i;
const FIRST = "99001";
const DIRECTIONS = { inbound: "the person calls", outbound: "the bot calls" };

export function bots({ id, filters }) {
  const node = h("div", { class: "page" });
  const q = filters.q || "";
  const box = queryBox({ nouns: "bots and workflows", value: q, example: 'name:reminder kind:workflow text:"…"', address: (changed) => href("bots", "", { q, ...changed }) });
  const search = q ? new Search("/bots", { q, limit: MAX_SHOWN }, box) : null;
  let count = null;
  async function enter() {
    try {
      const [all, chosen, numbers, pasted] = await Promise.all([listed(), one(), ask("/numbers"), commands()]);
      count = all.length;
      draw(all, chosen, numbers, pasted);
    } catch (error) {
      show(node, empty("Nothing to show", error.text || error.message));
    }
  }

  async function listed() {
    return search ? (await search.fetch(0, Infinity)).rows : ask(`/bots${query({ limit: MAX_SHOWN })}`);
  }

  /** The bot of the address. */
  async function one() {
    if (!id) return null;
    const found = await ask(`/bots${query({ platform: filters.platform, q: `id:"${id.replaceAll('"', "*")}"` })}`);
    return found.find((each) => each.id === id) ?? null;
  }

  function draw(all, chosen, numbers, pasted) {
    const isChosen = (each) => each.id === id && each.platform === filters.platform;
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Bots and workflows")),
      box.node, search?.node,
      chosen ? placing(chosen, numbers, pasted) : h("p", { class: "quiet" }, "Select a bot or a workflow to place calls with it."),
      platforms().map(({ name, title, bots: noun, forms }) => {
        const own = all.filter((each) => each.platform === name);
        if (!own.length && (q || all.length === MAX_SHOWN)) return null;
        return panel(`${title}: ${noun}`, own.length
          ? h("ul", { class: "cards" }, own.map((each) => card(each, isChosen(each))))
          : none(name, forms, pasted.find((each) => each.name === name)?.createBot));
      }),
      !q && all.length === MAX_SHOWN ? h("p", { class: "quiet" }, `The first ${format.count(MAX_SHOWN)} are shown; search for others.`) : null);
  }

  if (search) search.onMore = async () => { await search.further(); await enter(); };
  return { title: () => "Bots and workflows", count: () => count, node, enter };
}

/** How to create the first one: by form where there is one, or by the API. */
function none(name, forms, command) {
  const form = forms.find((each) => each.operation.startsWith("create_"));
  const made = empty("None yet", "Create one:", command);
  if (form) made.querySelector("p").after(h("a", { class: "button", href: href("data", `${name}.${form.operation}`) }, `${form.title} by form`));
  return made;
}

function card(bot, isChosen) {
  return h("li", {}, h("a", { class: "card", href: href("bots", bot.id, { platform: bot.platform }), "aria-current": isChosen ? "true" : null },
    h("b", {}, bot.name), h("span", { class: "quiet" }, bot.kind), bot.message ? h("span", { class: "quiet" }, format.plain(bot.message)) : null));
}

function placing(bot, numbers, pasted) {
  const { call_request: schema } = platformNamed(bot.platform);
  const title = `Place calls with ${bot.name}`;
  if (!schema) {
    const { command } = pasted.find((each) => each.name === bot.platform);
    return panel(title, h("p", { class: "quiet" }, "Calls are placed through the vendor's API:"), empty("", "", command));
  }
  return panel(title, placingForm(bot, schema, numbers).node, entriesPanel(bot, schema));
}

/** The form of a vendor's call request; a magic number is chosen by what it does. */
function placingForm(bot, schema, numbers) {
  const named = (role) => Object.keys(schema.properties).find((name) => schema.properties[name][ROLE] === role);
  const [number, variables] = [named("number"), named("variables")];
  const prefix = schema.properties[number]?.[PREFIX] ?? "";
  const choices = numbers.map((each) => [prefix + each.suffix, `\u2026${each.suffix} ${format.words(each.scenario)}: ${each.effect[bot.platform]}`]);
  const [first] = choices.find(([each]) => each.endsWith(FIRST)) ?? choices[0];
  const pick = picker(choices, first, () => form.field(number).control);
  const form = schemaForm(schema, {
    fixed: { [named("bot")]: bot.id },
    values: { [number]: first, [variables]: Object.fromEntries(bot.variables.map((name) => [name, name === "name" ? "Ada" : ""])) },
    labels: { [number]: "Number" },
    choices: { direction: DIRECTIONS },
    main: (name, each) => name === number || name === variables || name === "direction" || Boolean(each.enum),
    before: [pick],
    action: "Place",
    send: async (body) => {
      const placed = await ask("/calls", { method: "POST", body });
      toast("Placed.");
      go(placed.batch_id && placed.calls ? href("calls", "", { batch_id: placed.batch_id }) : href("calls", placed.id));
    },
  });
  return form;
}

/** Calls from a CSV file: a column for the numbers, and one for each variable. */
function entriesPanel(bot, schema) {
  const name = Object.keys(schema.properties).find((each) => schema.properties[each][ROLE] === "entries");
  if (!name) return null;
  const { number, variables } = schema.properties[name][ENTRY];
  const numberOf = (values, columns) => columns.find((each) => NUMBER_COLUMN.test(each)) ?? columns[0];
  return csvPanel({
    label: "Or call the numbers of a CSV file",
    hint: `The first line names the columns: phone_number${bot.variables.map((each) => `, ${each}`).join("")}. Every other column is a variable.`,
    action: "Place calls",
    check: (values, columns) => {
      const missing = bot.variables.find((each) => !columns.includes(each));
      if (missing) return `there is no column "${missing}", which the message needs.`;
      const found = values[numberOf(values, columns)];
      return /^\+?[0-9]{7,15}$/.test(found.replace(/[\s()-]/g, "")) ? null : `"${found}" is not a phone number.`;
    },
    send: async (rows, report) => {
      report("Placing\u2026");
      const columns = Object.keys(rows[0].values);
      const column = numberOf(rows[0].values, columns);
      const entries = rows.map(({ values: { [column]: given, ...rest } }) => ({ [number]: international(given), [variables]: rest }));
      const bots = Object.keys(schema.properties).find((each) => schema.properties[each][ROLE] === "bot");
      const placed = await ask("/calls", { method: "POST", body: { platform: bot.platform, [bots]: bot.id, [name]: entries } });
      toast("Placed.");
      go(href("calls", "", { batch_id: placed.batch_id }));
    },
  });
}

/** A number as the APIs take it: spreadsheets lose the plus, people write spaces. */
function international(text) {
  const digits = text.replace(/[\s()-]/g, "");
  return digits.startsWith("+") ? digits : `+${digits}`;
}

function picker(choices, first, control) {
  let picked = first;
  const pick = select("Outcome (magic numbers)", first, choices, (chosen) => {
    const field = control();
    const others = field.value.trim().split(/\s+/).filter((each) => each && each !== picked);
    field.value = field.nodeName === "TEXTAREA" ? [...others, chosen].join("\n") : chosen;
    picked = chosen;
  });
  pick.classList.add("wide");
  return pick;
}
