// Every screen by the name it has in addresses.

import { bookings } from "./screens/bookings.js";
import { bots } from "./screens/bots.js";
import { call } from "./screens/call.js";
import { callback } from "./screens/callback.js";
import { callbacks } from "./screens/callbacks.js";
import { calls } from "./screens/calls.js";
import { chat } from "./screens/chat.js";
import { faults } from "./screens/faults.js";
import { inboxes } from "./screens/inboxes.js";
import { request } from "./screens/request.js";
import { requests } from "./screens/requests.js";
import { worlds } from "./screens/worlds.js";

const listOr = (list, one) => (place) => (place.id ? one(place) : list(place));

export const screens = {
  calls: listOr(calls, call),
  callbacks: listOr(callbacks, callback),
  requests: listOr(requests, request),
  inboxes,
  bookings,
  chat,
  bots,
  faults,
  worlds,
};

export const NAVIGATION = [
  ["calls", "Calls"],
  ["callbacks", "Callbacks"],
  ["requests", "Requests"],
  ["inboxes", "Inboxes"],
  ["bookings", "Bookings"],
  ["chat", "Chat"],
  ["bots", "Bots and workflows"],
  ["faults", "Faults"],
  ["worlds", "Worlds"],
];
