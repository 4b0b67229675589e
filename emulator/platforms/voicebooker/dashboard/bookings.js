// The appointments of a business by day, and the calls to its bot.

import { ask, query } from "../../api.js";
import { pasted } from "../../curl.js";
import * as format from "../../format.js";
import { h, show } from "../../h.js";
import { refreshing } from "../../live.js";
import { go, href } from "../../router.js";
import { badge, callLink, command, empty, panel, select } from "../../ui.js";

export function screen({ filters }) {
  const node = h("div", { class: "page" });
  let businesses = [];
  let book = null;
  let calls = [];
  let day = null;
  const read = async () => {
    businesses = await ask("/voicebooker/businesses");
    if (!businesses.length) {
      show(node, empty("No business", "Appointments belong to a business. Create the first one again:"), command(pasted("/_emulator/reset", { method: "POST" })));
      return;
    }
    [book, calls] = await Promise.all([
      ask(`/voicebooker/book${query({ business_id: filters.business_id, day: filters.day, days: filters.day ? 1 : 7 })}`),
      ask(`/calls${query({ platform: "voicebooker", limit: 20 })}`),
    ]);
    day = book.days.find((each) => each.bookings.length) || book.days.find((each) => each.open.length) || book.days[0];
    draw();
  };
  const live = refreshing(read, 500);

  function draw() {
    const business = businesses.find((each) => each.id === book.business_id);
    const to = (step) => {
      const date = new Date(`${day.day}T12:00:00Z`);
      date.setUTCDate(date.getUTCDate() + step);
      return href("bookings", "", { business_id: book.business_id, day: date.toISOString().slice(0, 10) });
    };
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Bookings"),
        select("Business", book.business_id, businesses.map((each) => [each.id, each.name]), (id) => go(href("bookings", "", { ...filters, business_id: id }))),
        h("div", { class: "actions" }, h("a", { class: "button", href: to(-1), "aria-label": "The day before" }, "\u2039"), h("b", { class: "mono day" }, day.day), h("a", { class: "button", href: to(1), "aria-label": "The day after" }, "\u203a"))),
      panel(`Appointments of ${book.business}, ${weekday(day.day)} ${day.day}`,
        h("p", { class: "quiet" }, day.open.length ? `Open ${day.open.map((each) => `${hours(each.from)}\u2013${hours(each.until)}`).join(", ")}, ${book.timezone}.` : `Closed on this day (${book.timezone}).`),
        h("div", { class: "agents" }, business.agents.map((agent) => column(agent, day, business)))),
      panel("Calls to the bot", calls.length ? h("ul", { class: "rows" }, calls.map((each) => h("li", {}, badge(each.status), callLink(each.id, format.number(each.direction === "inbound" ? each.from : each.to)), h("span", {}, format.words(each.outcome)), h("span", { class: "quiet at" }, format.time(each.created_at)))))
        : empty("No calls", "Place a call that books an appointment:", pasted("/_emulator/calls", { body: { platform: "voicebooker", intent: "book" } }))));
  }

  return { title: () => "Bookings", count: () => day?.bookings.length ?? null, node, enter: read, leave: live.stop };
}

function column(agent, day, business) {
  const booked = day.bookings.filter((each) => each.agentId === agent.id && each.status !== "cancelled");
  const free = day.free[agent.id] || [];
  const slots = [...booked.map((each) => ({ at: each.start, booking: each })), ...free.map((at) => ({ at }))].sort(format.soonest);
  const product = (id) => business.products.find((each) => each.id === id)?.name || id;
  return h("section", { class: "agent", "aria-label": agent.name }, h("h3", {}, agent.name),
    h("p", { class: "quiet" }, `${format.counted(booked.length, "booking")}, ${free.length} free`),
    h("ol", {}, slots.map(({ at, booking }) => (booking
      ? h("li", { class: "taken", "data-key": booking.id }, h("b", { class: "mono" }, `${hours(booking.start)}\u2013${hours(booking.end)}`), " ", `${booking.participant?.firstname ?? ""} ${booking.participant?.lastname ?? ""}`, h("span", { class: "quiet" }, ` ${product(booking.productId)}`))
      : h("li", { class: "free mono" }, hours(at))))));
}

function hours(at) {
  return at.slice(11, 16);
}

function weekday(day) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}
