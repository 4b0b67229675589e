// Every screen by the name it has in addresses.

import { calls } from "./screens/calls.js";
import { call } from "./screens/call.js";
import { callbacks } from "./screens/callbacks.js";
import { callback } from "./screens/callback.js";
import { requests } from "./screens/requests.js";
import { request } from "./screens/request.js";
import { inboxes } from "./screens/inboxes.js";
import { worlds } from "./screens/worlds.js";

const listOr = (list, one) => (place) => (place.id ? one(place) : list(place));

export const screens = {
  calls: listOr(calls, call),
  callbacks: listOr(callbacks, callback),
  requests: listOr(requests, request),
  inboxes,
  worlds,
};

export const NAVIGATION = [
  ["calls", "Calls"],
  ["callbacks", "Callbacks"],
  ["requests", "Requests"],
  ["inboxes", "Inboxes"],
  ["worlds", "Worlds"],
];
