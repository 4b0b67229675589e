// Every screen by the name it has in addresses: the dashboard's own, and those that vendors add.

import { fileOf, vendorScreens } from "./platforms.js";
import { batch } from "./screens/batch.js";
import { batches } from "./screens/batches.js";
import { bots } from "./screens/bots.js";
import { call } from "./screens/call.js";
import { callback } from "./screens/callback.js";
import { callbacks } from "./screens/callbacks.js";
import { calls } from "./screens/calls.js";
import { data } from "./screens/data.js";
import { faults } from "./screens/faults.js";
import { inbox, inboxes } from "./screens/inboxes.js";
import { request } from "./screens/request.js";
import { requests } from "./screens/requests.js";
import { start } from "./screens/start.js";
import { worlds } from "./screens/worlds.js";

const listOr = (list, one) => (place) => (place.id ? one(place) : list(place));

const OWN = {
  start,
  calls: listOr(calls, call),
  batches: listOr(batches, batch),
  callbacks: listOr(callbacks, callback),
  requests: listOr(requests, request),
  inboxes: listOr(inboxes, inbox),
  bots,
  data,
  faults,
  worlds,
};

/** The function that makes a screen; null if there is no screen of this name. */
export async function screenNamed(name) {
  if (Object.hasOwn(OWN, name)) return OWN[name];
  const found = vendorScreens().find((each) => each.name === name);
  return found ? (await import(fileOf(found.module))).screen : null;
}

export function navigation() {
  return [
    ["start", "Start"],
    ["calls", "Calls"],
    ["batches", "Batches"],
    ["callbacks", "Callbacks"],
    ["requests", "Requests"],
    ["inboxes", "Inboxes"],
    ...vendorScreens().map(({ name, title }) => [name, title]),
    ["bots", "Bots and workflows"],
    ["data", "Your data"],
    ["faults", "Faults"],
    ["worlds", "Worlds"],
  ];
}
