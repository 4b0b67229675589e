// The vendors of this emulator: titles, call requests, commands to paste, screens of their own.

import { ask, context, world } from "./api.js";
import { pasted } from "./curl.js";

let listed = null;

/** Read the vendors, once; what does not depend on a world can be read from then on. */
export async function loadPlatforms(name) {
  listed ??= await ask("/platforms", { of: "default" }).catch((error) => {
    if (error.status !== 403) throw error;
    return ask("/platforms", { of: name }); // the token is for this world only
  });
}

export function platforms() {
  return listed ?? [];
}

export function platformNamed(name) {
  return platforms().find((each) => each.name === name);
}

/** The options of a filter: any vendor, or one of them. */
export function platformOptions() {
  return [["", "any"], ...platforms().map(({ name }) => [name, name])];
}

export function vendorScreens() {
  return platforms().flatMap((each) => each.screens);
}

/** What a vendor adds to the page of a call: `panel(call)` and `entries(call, callbacks)`, or neither. */
export async function callParts(name) {
  const path = platformNamed(name)?.call_panel;
  return path ? import(fileOf(path)) : {};
}

/** The address of a vendor's file, in the version of this one: they import the same modules. */
export function fileOf(path) {
  return new URL(path.slice(path.indexOf("platforms/")), import.meta.url).href;
}

/** The vendors' commands for the present world, each with the header that names it. */
export async function commands() {
  const [all, { base_urls: bases }] = await Promise.all([ask("/platforms"), world()]);
  return all.map((each) => {
    const here = (command) => command && `${command.replaceAll(new URL(bases[each.name]).origin, location.origin)} -H 'X-Emulator-World: ${context.world}'`;
    return { name: each.name, command: here(each.command), createBot: here(each.create_bot) };
  });
}

/** The vendors as they are for the present world: their addresses and snippets lead to this origin. */
export async function listForWorld() {
  const [all, { base_urls: bases }] = await Promise.all([ask("/platforms"), world()]);
  return all.map((each) => {
    const here = (text) => text.replaceAll(new URL(bases[each.name]).origin, location.origin);
    const snippets = each.snippets.map((one) => ({ ...one, code: here(one.code) }));
    return { ...each, address: here(bases[each.name]), snippets };
  });
}

/** Commands that place a call with nothing prepared, for the vendors that need nothing. */
export function placeCommands() {
  return platforms()
    .filter((each) => each.call_request?.required?.every((name) => name === "platform"))
    .map((each) => pasted("/_emulator/calls", { body: { platform: each.name } }));
}
