// A week of appointments: a column for each day, a block for each booking, at its time.

import * as format from "../../format.js";
import { h } from "../../h.js";
import { href } from "../../router.js";

const MINUTE_HEIGHT = 0.9;
const DAY_LENGTH = 1440;

/** The days of a week; `name(booking)` and `colour(booking)` say whose appointment it is, and which agent's. */
export function week(days, { businessId, today, name, detail, colour }) {
  const times = days.flatMap((day) => [
    ...day.open.flatMap((each) => [minutes(each.from), until(each.from, each.until)]),
    ...taken(day).flatMap((each) => [minutes(each.start), until(each.start, each.end)]),
  ]);
  const from = Math.floor(Math.min(...times, 8 * 60) / 60) * 60;
  const to = Math.ceil(Math.max(...times, 17 * 60) / 60) * 60;
  const height = (to - from) * MINUTE_HEIGHT;
  const place = (at) => `${(minutes(at) - from) * MINUTE_HEIGHT}px`;
  const length = (start, end) => `${(until(start, end) - minutes(start)) * MINUTE_HEIGHT - 2}px`;
  const hours = Array.from({ length: (to - from) / 60 }, (_, index) => from / 60 + index);
  return h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Week" }, h("div", { class: "week" },
    h("div", { class: "hours mono", "aria-hidden": "true", style: { height: `${height}px` } }, hours.map((hour) =>
      h("span", { style: { top: `${(hour * 60 - from) * MINUTE_HEIGHT}px` } }, `${String(hour).padStart(2, "0")}:00`))),
    days.map((day) => h("section", { class: day.day === today ? "day today" : "day", "aria-label": day.day },
      h("h3", {}, h("a", { href: href("bookings", "", { business_id: businessId, view: "day", day: day.day }) }, dayTitle(day.day))),
      h("p", { class: "quiet" }, day.open.length ? `${format.counted(taken(day).length, "booking")}, ${freeSlots(day)} free` : "closed"),
      h("ol", { style: { height: `${height}px` } },
        day.open.map((each) => h("li", { class: "open", "aria-hidden": "true", style: { top: place(each.from), height: length(each.from, each.until) } })),
        columns(taken(day)).map(({ booking, column, of }) => h("li", {
          class: `booking agent-${colour(booking)}`, "data-key": booking.id, title: `${clock(booking.start)}\u2013${clock(booking.end)} ${name(booking)}, ${detail(booking)}`,
          style: { top: place(booking.start), height: length(booking.start, booking.end), left: `${100 * column / of}%`, width: `${100 / of}%` },
        }, h("b", { class: "mono" }, clock(booking.start)), " ", name(booking), h("span", { class: "quiet" }, ` ${detail(booking)}`))))))));
}

export function taken(day) {
  return day.bookings.filter((each) => each.status !== "cancelled");
}

function freeSlots(day) {
  return Object.values(day.free).reduce((sum, each) => sum + each.length, 0);
}

/** Side by side where bookings overlap: [{ booking, column, of }]. */
function columns(bookings) {
  const found = [];
  let group = [];
  let end = "";
  const close = () => {
    const of = Math.max(1, ...group.map((each) => each.column + 1));
    for (const each of group) found.push({ ...each, of });
    group = [];
  };
  for (const booking of [...bookings].sort((one, other) => one.start.localeCompare(other.start))) {
    if (group.length && booking.start >= end) close();
    const busy = new Set(group.filter((each) => each.booking.end > booking.start).map((each) => each.column));
    let column = 0;
    while (busy.has(column)) column += 1;
    group.push({ booking, column });
    end = group.length === 1 || booking.end > end ? booking.end : end;
  }
  close();
  return found;
}

/** Minutes since midnight of a local time. */
function minutes(at) {
  return Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16));
}

/** The same for an end, which may be the midnight after. */
function until(start, end) {
  const found = minutes(end);
  return found <= minutes(start) ? DAY_LENGTH : found;
}

export function clock(at) {
  return at.slice(11, 16);
}

function dayTitle(day) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
}

/** The Monday of a day's week. */
export function monday(day) {
  return later(day, -((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7));
}

export function later(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
