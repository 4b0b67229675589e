// The appointments of a business by week or by day, and the calls to its bot.

import { ask, query } from "../../api.js";
import { pasted } from "../../curl.js";
import * as format from "../../format.js";
import { h, show } from "../../h.js";
import { downloadMenu, queryBox } from "../../listbar.js";
import { refreshing } from "../../live.js";
import { go, href } from "../../router.js";
import { badge, callLink, command, empty, panel, select } from "../../ui.js";
import { EXAMPLE, found } from "./found.js";
import { clock, later, monday, taken, week } from "./week.js";

const COLOURS = 6;
const AHEAD = 14;
const MAX_CALLS = 20;
const MAX_NUMBERS = 8;

export function screen(place) {
  return place.filters.q ? found(place) : calendar(place);
}

function calendar({ filters }) {
  const node = h("div", { class: "page" });
  const view = filters.view === "day" ? "day" : "week";
  let businesses = [];
  let book = null;
  let calls = [];
  let chosen = null;
  let first = null;
  let today = null;
  const read = async () => {
    businesses = await ask("/voicebooker/businesses");
    if (!businesses.length) {
      show(node, empty("No business", "Appointments belong to a business. Create the first one again:"), command(pasted("/_emulator/reset", { method: "POST" })));
      return;
    }
    chosen = filters.business_id || chosen || await lastCalled(businesses);
    const business_id = chosen;
    const ahead = await ask(`/voicebooker/book${query({ business_id, days: filters.day ? 1 : AHEAD })}`);
    today = ahead.days[0].day;
    const day = filters.day || (ahead.days.find((each) => taken(each).length) || ahead.days.find((each) => each.open.length) || ahead.days[0]).day;
    first = view === "week" ? monday(day) : day;
    book = await ask(`/voicebooker/book${query({ business_id, day: first, days: view === "week" ? 7 : 1 })}`);
    calls = await callsTo(book.sip_ids);
    draw();
  };
  const live = refreshing(read, 500);
  const box = queryBox({ nouns: "bookings", value: "", example: EXAMPLE, address: ({ q }) => to({ day: null, view: null, q }) });
  const to = (changes) => href("bookings", "", { business_id: book.business_id, view, day: first, ...changes });

  function draw() {
    const business = businesses.find((each) => each.id === book.business_id);
    const step = view === "week" ? 7 : 1;
    const noun = view;
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Bookings"),
        select("Business", book.business_id, businesses.map((each) => [each.id, each.name]), (id) => go(to({ business_id: id }))),
        select("View", view, ["week", "day"], (chosen) => go(to({ view: chosen }))),
        h("div", { class: "actions" },
          h("a", { class: "button", href: to({ day: later(first, -step) }), "aria-label": `The ${noun} before` }, "\u2039"),
          dateField(first, (day) => go(to({ day }))),
          h("a", { class: "button", href: to({ day: later(first, step) }), "aria-label": `The ${noun} after` }, "\u203a"),
          h("a", { class: "button", href: to({ day: today }) }, "Today"),
          downloadMenu("/voicebooker/bookings", { business_id: book.business_id, day: first, until: later(first, step - 1) }))),
      box.node,
      view === "week" ? weekPanel(book, business, today) : dayPanel(book, business),
      panel(`Calls to the bot of ${book.business}`, calls.length ? h("ul", { class: "rows" }, calls.map((each) => h("li", {}, badge(each.status), callLink(each.id, format.number(each.direction === "inbound" ? each.from : each.to)), h("span", {}, format.words(each.outcome)), h("span", { class: "quiet at" }, format.time(each.created_at)))))
        : empty("No calls", "Place a call that books an appointment:", pasted("/_emulator/calls", { body: { platform: "voicebooker", intent: "book" } }))));
  }

  const counted = () => book?.days.reduce((sum, each) => sum + taken(each).length, 0) ?? null;
  return { title: () => "Bookings", count: counted, node, enter: read, leave: live.stop };
}

/** The business whose bot got the latest call, if one is known. */
async function lastCalled(businesses) {
  const calls = await ask(`/calls${query({ platform: "voicebooker", limit: MAX_CALLS })}`);
  const owners = calls.map((call) => businesses.find((each) => each.sip_ids.includes(call.to))?.id);
  return owners.find(Boolean);
}

/** The latest calls to the numbers of a business. */
async function callsTo(numbers) {
  const found = await Promise.all(numbers.slice(0, MAX_NUMBERS).map((id) =>
    ask(`/calls${query({ platform: "voicebooker", workflow_id: id, limit: MAX_CALLS })}`)));
  return found.flat().sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at)).slice(0, MAX_CALLS);
}

function dateField(value, change) {
  const field = h("input", { type: "date", "aria-label": "Date", required: true, on: { change: (event) => event.currentTarget.value && change(event.currentTarget.value) } });
  field.setAttribute("value", value);
  return field;
}

function weekPanel(book, business, today) {
  const index = new Map(business.agents.map((agent, at) => [agent.id, at % COLOURS]));
  const agentNamed = (id) => business.agents.find((each) => each.id === id)?.name || id;
  return panel(`Appointments of ${book.business}, week of ${book.days[0].day}`,
    h("p", { class: "quiet" }, `Times of ${book.timezone}. A day's name shows its free times.`),
    h("p", { class: "legend" }, business.agents.map((agent) => h("span", { class: `agent-${index.get(agent.id)}` }, agent.name))),
    week(book.days, {
      businessId: book.business_id,
      today,
      name: person,
      detail: (booking) => `${productOf(business, booking.productId)}, ${agentNamed(booking.agentId)}`,
      colour: (booking) => index.get(booking.agentId) ?? 0,
    }));
}

function dayPanel(book, business) {
  const [day] = book.days;
  return panel(`Appointments of ${book.business}, ${weekday(day.day)} ${day.day}`,
    h("p", { class: "quiet" }, day.open.length ? `Open ${day.open.map((each) => `${clock(each.from)}\u2013${clock(each.until)}`).join(", ")}, ${book.timezone}.` : `Closed on this day (${book.timezone}).`),
    h("div", { class: "agents" }, business.agents.map((agent) => column(agent, day, business))));
}

function column(agent, day, business) {
  const booked = taken(day).filter((each) => each.agentId === agent.id);
  const free = day.free[agent.id] || [];
  const slots = [...booked.map((each) => ({ at: each.start, booking: each })), ...free.map((at) => ({ at }))].sort(format.soonest);
  return h("section", { class: "agent", "aria-label": agent.name }, h("h3", {}, agent.name),
    h("p", { class: "quiet" }, `${format.counted(booked.length, "booking")}, ${free.length} free`),
    h("ol", {}, slots.map(({ at, booking }) => (booking
      ? h("li", { class: "taken", "data-key": booking.id }, h("b", { class: "mono" }, `${clock(booking.start)}\u2013${clock(booking.end)}`), " ", person(booking), h("span", { class: "quiet" }, ` ${productOf(business, booking.productId)}`))
      : h("li", { class: "free mono" }, clock(at))))));
}

function person(booking) {
  return `${booking.participant?.firstname ?? ""} ${booking.participant?.lastname ?? ""}`.trim() || "unnamed";
}

function productOf(business, id) {
  return business.products.find((each) => each.id === id)?.name || id;
}

function weekday(day) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}
