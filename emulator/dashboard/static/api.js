// Requests to the control API and to the vendors' APIs, about the world that is shown.

const TOKEN = "voicebot-emulator-token";
/** The path that a proxy serves the emulator below: empty without one. */
export const BASE = location.pathname.slice(0, Math.max(0, location.pathname.indexOf("/_emulator/")));
/** The start of the emulator's addresses, as this browser reaches it. */
export const ORIGIN = location.origin + BASE;
export const context = { world: "default", onToken: null };

/** An error of the emulator: what is wrong, and a hint. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.message || body.error || `status ${status}`);
    this.status = status;
    this.hint = body.hint || "";
    this.errors = body.errors || [];
  }

  get text() {
    const fields = this.errors.map((each) => `${each.field} ${each.detail}`).join("; ");
    return [this.message, fields, this.hint].filter(Boolean).join(" \u2014 ");
  }
}

export function token() {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

export function setToken(value) {
  try {
    sessionStorage.setItem(TOKEN, value);
  } catch {
    // then the page asks for it again
  }
}

/** Read the token from an address like .../ui#token=abc, and remove it from the address bar. */
export function takeToken() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (!found) return;
  setToken(decodeURIComponent(found[1]));
  history.replaceState(history.state, "", location.pathname + location.search);
}

export function headers(more = {}) {
  const given = { "X-Emulator-World": context.world, ...more };
  if (token()) given["X-Emulator-Token"] = token();
  return given;
}

/** Make a request under /_emulator and return its JSON; throws Problem for a refusal. */
export async function ask(path, options) {
  return (await answer(path, options)).value;
}

/** Make a request under /_emulator; return its JSON and the headers of the response. */
export async function answer(path, { method = "GET", body, signal, of = context.world } = {}) {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const own = headers({ "X-Emulator-World": of });
  return request(`/_emulator${path}`, { method, body: content, headers: own, signal });
}

/** Fetch a file under /_emulator; throws Problem for a refusal. */
export async function media(path) {
  const response = await fetch(`${BASE}/_emulator${path}`, { headers: headers(), cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response.blob();
}

/** Make a request to a vendor's API with the credential of this world. */
export async function vendor(path, { method = "GET", body, credential, signal } = {}) {
  const own = { ...credential, "X-Emulator-World": context.world };
  const content = body === undefined ? undefined : JSON.stringify(body);
  if (content !== undefined) own["Content-Type"] = "application/json";
  return (await request(path, { method, body: content, headers: own, signal })).value;
}

async function request(path, options) {
  const response = await fetch(BASE + path, { ...options, cache: "no-store", credentials: "omit" });
  const text = await response.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = { detail: text.slice(0, 300) };
  }
  if (!response.ok) {
    if (response.status === 401 && path.startsWith("/_emulator/") && context.onToken) context.onToken();
    throw new Problem(response.status, value && typeof value === "object" ? value : {});
  }
  return { value, headers: response.headers };
}

const worlds = new Map();

/** The world that is shown, with its credentials and addresses. */
export async function world() {
  const name = context.world;
  if (!worlds.has(name)) worlds.set(name, await ask(`/worlds/${encodeURIComponent(name)}`));
  return worlds.get(name);
}

/** A page of the list of worlds, and the shards whose worlds are missing from it; with the token of one world, this world alone. */
export async function pageOfWorlds(asked, options) {
  try {
    const { value, headers: found } = await answer(`/worlds${query(asked)}`, options);
    return { value, total: Number(found.get("X-Total-Count")), cursor: found.get("X-Next-Cursor"), missing: found.get("X-Emulator-Missing-Shards") };
  } catch (error) {
    if (error.status !== 403) throw error;
    return { value: [await world()], total: 1, cursor: null, missing: null };
  }
}

export function forgetWorlds() {
  worlds.clear();
}

/** Return a query string, without empty values. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
