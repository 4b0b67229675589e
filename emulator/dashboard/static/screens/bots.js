// What calls can be placed with on each platform, and a form that places them.

import { ask, query, vendor, world } from "../api.js";
import { attempt, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { go, href } from "../router.js";
import { area, empty, form, input, panel, select, submit } from "../ui.js";

const PREFIXES = { intron: "+23480555", exotel: "+91987655", bimpe: "+23480123", voicebooker: "+49170555" };
const TITLES = { bimpe: "Bimpe: agents", exotel: "Exotel: voicebots", intron: "Intron: workflows", voicebooker: "VoiceBooker: businesses" };
const PASTE = {
  exotel: (own) => `curl ${location.origin}/exotel/voicebot/api/v2/accounts/${own.account_id}/bot-generation -H 'Authorization: Basic ${btoa(`${own.api_key}:${own.api_token}`)}' -F 'text_content=A clinic assistant that reminds patients of appointments'`,
  intron: (own) => `curl ${location.origin}/intron/voicebot/v1/workflows -H 'Authorization: Bearer ${own.api_key}' -d '{"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello [name]"}'`,
};

export function bots({ id, filters }) {
  const node = h("div", { class: "page" });
  let count = null;
  async function enter() {
    try {
      const [all, numbers, here] = await Promise.all([ask(`/bots${query({ limit: 1000 })}`), ask("/numbers"), world()]);
      count = all.length;
      draw(all, numbers, here);
    } catch (error) {
      show(node, empty("Nothing to show", error.text || error.message));
    }
  }

  function draw(all, numbers, here) {
    const chosen = all.find((each) => each.id === id && each.platform === filters.platform);
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Bots and workflows")),
      chosen ? placing(chosen, numbers, here) : h("p", { class: "quiet" }, "Choose one to place calls with."),
      Object.keys(TITLES).map((platform) => {
        const own = all.filter((each) => each.platform === platform);
        return panel(TITLES[platform], own.length
          ? h("ul", { class: "cards" }, own.map((each) => h("li", {}, h("a", { class: "card", href: href("bots", each.id, { platform }), "aria-current": each === chosen ? "true" : null },
            h("b", {}, each.name), h("span", { class: "quiet" }, each.kind), each.message ? h("span", { class: "quiet" }, format.plain(each.message)) : null))))
          : empty("None yet", "This makes one:", PASTE[platform]?.(here.credentials[platform])));
      }));
  }

  return { title: () => "Bots and workflows", count: () => count, node, enter };
}

function placing(bot, numbers, here) {
  const prefix = PREFIXES[bot.platform];
  const choices = numbers.map((each) => [prefix + each.suffix, `\u2026${each.suffix} ${format.words(each.scenario)}: ${each.effect[bot.platform]}`]);
  const first = choices.find(([number]) => number.endsWith("99001"))?.[0] ?? choices[0][0];
  const parts = { intron, exotel, bimpe, voicebooker }[bot.platform](bot, first, here);
  let picked = first;
  const pick = select("What is to happen (magic numbers)", first, choices, (number) => {
    const field = pick.closest("form").querySelector("[name=number]");
    const others = field.value.trim().split(/\s+/).filter((each) => each && each !== picked);
    field.value = field.nodeName === "TEXTAREA" ? [...others, number].join("\n") : number;
    picked = number;
  });
  pick.classList.add("wide");
  const send = async (fields) => {
    const placed = await attempt(() => parts.place(fields));
    if (!placed) return;
    toast("Placed.");
    go(placed.id ? href("calls", placed.id) : href("calls", "", { workflow_id: bot.id }));
  };
  return panel(`Place calls with ${bot.name}`, form(send, pick, parts.fields, submit("Place")));
}

function intron(bot, first, here) {
  const names = [...new Set([...(bot.message || "").matchAll(/\[\s*([\w ]+?)\s*\]|\{\{\s*([\w ]+?)\s*\}\}/g)].map((found) => found[1] || found[2]))];
  const path = bot.kind.startsWith("conversation") ? "convobot/call" : "robocall/call";
  return {
    fields: [area("Numbers, one a line", { name: "number", value: first, rows: 4 }), names.map((name) => input(name, { name: `var ${name}`, value: name === "name" ? "Ada" : "" }))],
    place: (fields) => {
      const variables = Object.fromEntries(names.map((name) => [name, fields[`var ${name}`]]));
      const params = fields.number.split(/\s+/).filter(Boolean).map((number) => ({ phone_number: number, workflow_variables: variables }));
      return vendor(`/intron/voicebot/v1/${path}`, {
        method: "POST",
        body: { workflow_id: bot.id, workflow_params: params },
        credential: { Authorization: `Bearer ${here.credentials.intron.api_key}` },
      });
    },
  };
}

function simulated(platform, own) {
  return (body) => ask("/calls", { method: "POST", body: { platform, ...own, ...body } });
}

function directions() {
  const field = select("Direction", "inbound", [["inbound", "the person calls"], ["outbound", "the bot calls"]], () => {});
  field.querySelector("select").name = "direction";
  return field;
}

function exotel(bot, first) {
  const place = simulated("exotel", { bot_id: bot.id });
  return {
    fields: [directions(), input("The person's number", { name: "number", value: first, required: true }), input("The bot's number", { name: "line", value: "+911234567890", required: true })],
    place: ({ direction, number, line }) => place(direction === "inbound" ? { direction, from: number, to: line } : { direction, from: line, to: number }),
  };
}

function bimpe(bot, first) {
  const place = simulated("bimpe", { agent_id: bot.id });
  return {
    fields: [directions(), input("The person's number", { name: "number", value: first, required: true })],
    place: ({ direction, number }) => place({ direction, is_test_call: true, [direction === "inbound" ? "from" : "to"]: number }),
  };
}

function voicebooker(bot, first) {
  const intents = select("Wants to", "book", [["book", "book"], ["modify", "move an appointment"], ["cancel", "cancel one"]], () => {});
  intents.querySelector("select").name = "intent";
  const place = simulated("voicebooker", { sip_id: bot.id });
  return {
    fields: [intents, input("The caller's number", { name: "number", value: first, required: true }), input("Day", { name: "day", placeholder: "tomorrow, monday, 2026-01-05" }), input("Not before", { name: "time", placeholder: "10:00" })],
    place: ({ intent, number, day, time }) => {
      const wishes = Object.fromEntries(Object.entries({ day, time }).filter(([, value]) => value));
      return place({ intent, from: number, wishes });
    },
  };
}
