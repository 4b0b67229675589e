// A client of the emulator for tests written in JavaScript: no dependencies, Node 18 or newer.
//
//   const { connect } = await import(process.env.VOICEBOT_EMULATOR_CLIENT);
//   test("a patient is called", connect().test({ seed: 7 }, async (world) => { ... }));

const MAX_LINES = 60;
const PAGE_SIZE = 1000;

/** The emulator refuses a request; the message says why, `problem` has all of the response. */
export class EmulatorError extends Error {
  constructor(message, problem) {
    super(message);
    this.name = "EmulatorError";
    this.problem = problem;
  }
}

/** Return the emulator at a URL; by default the one that `voicebot-emulator exec` has started. */
export function connect({ url, token } = {}) {
  const environment = globalThis.process?.env ?? {};
  const base = url ?? environment.VOICEBOT_EMULATOR_URL;
  if (!base) throw new EmulatorError("there is no emulator: run the tests by `voicebot-emulator exec -- COMMAND`, or give a url");
  return new Emulator(base.replace(/\/+$/, ""), token ?? environment.VOICEBOT_EMULATOR_TOKEN);
}

/** An emulator that runs. */
export class Emulator {
  constructor(url, token) {
    this.url = url;
    this.token = token;
    this.headers = token ? { "X-Emulator-Token": token } : {};
  }

  /** Send a request to the control API; EmulatorError if it is refused. */
  async control(method, path, { body, query, headers } = {}) {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const search = given.length ? `?${new URLSearchParams(given)}` : "";
    const response = await fetch(`${this.url}/_emulator${path}${search}`, {
      method,
      headers: { ...this.headers, ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(method, path, response.status, text);
    return text ? JSON.parse(text) : null;
  }

  /** Create a world, on a frozen clock unless `clock` says otherwise. */
  async world({ clock = { mode: "frozen" }, ...settings } = {}) {
    const made = await this.control("POST", "/worlds", { body: { clock, ...settings } });
    return new World(await this.ownerOf(made), made);
  }

  /** Return the emulator that has a new world, with the token of this world. */
  async ownerOf(made) {
    const [here, there] = [new URL(this.url), new URL(made.url ?? this.url)];
    const url = here.protocol === there.protocol ? there.href.replace(/\/+$/, "") : this.url;
    const reached = here.href === there.href || await fetch(`${url}/_emulator/health`).then(() => true, () => false);
    return new Emulator(reached ? url : this.url, made.control_token ?? this.token);
  }

  /** Return a test function for any runner: it gets a new world, and a failure shows its story.
   *  After a success, a warning names each fault rule that was never applied. */
  test(settings, body) {
    return async (...given) => {
      const world = await this.world(settings);
      try {
        await world.telling(() => body(world, ...given));
        for (const each of await world.unusedFaults()) {
          console.warn(`world ${world.name}: fault ${each.effect.kind} was never applied: ${each.why_unused}`);
        }
      } finally {
        await world.close();
      }
    };
  }
}

/** An isolated world: its credentials, addresses, clock, inboxes and faults. */
export class World {
  constructor(emulator, made) {
    this.emulator = emulator;
    this.name = made.name;
    this.seed = made.seed;
    this.credentials = made.credentials;
    this.baseUrls = made.base_urls;
    this.inboxUrl = made.inbox_url;
    this.dashboardUrl = made.dashboard_url;
    this.headers = { "X-Emulator-World": made.name };
  }

  control(method, path, options = {}) {
    return this.emulator.control(method, path, { ...options, headers: { ...this.headers, ...options.headers } });
  }

  /** Read every entry of a list, page by page. */
  async readAll(path, query = {}) {
    const found = [];
    for (;;) {
      const page = await this.control("GET", path, { query: { ...query, limit: PAGE_SIZE, offset: found.length } });
      found.push(...page);
      if (page.length < PAGE_SIZE) return found;
    }
  }

  async now() {
    return new Date((await this.control("GET", "/clock")).now);
  }

  /** Let time pass: by seconds, to a Date, or until nothing is due. Return when all has settled. */
  advance(by) {
    let body = { until: "idle" };
    if (by instanceof Date) body = { to: by.toISOString() };
    else if (by !== undefined) body = { seconds: by };
    return this.control("POST", "/clock/advance", { body });
  }

  /** Place a call or a batch; takes the fields of the vendor's call request. */
  placeCalls(platform, fields = {}) {
    return this.control("POST", "/calls", { body: { platform, ...fields } });
  }

  calls(filters) {
    return this.readAll("/calls", filters);
  }

  call(id) {
    return this.control("GET", `/calls/${encodeURIComponent(id)}`);
  }

  callbacks(filters) {
    return this.readAll("/callbacks", filters);
  }

  /** Set how callees behave from now on: `behave("busy", { number: "+234..." })`. */
  async behave(scenario, match = {}) {
    const { rules } = await this.control("GET", "/scenarios");
    await this.control("PUT", "/scenarios", { body: { rules: [...rules, { match, scenario }] } });
  }

  inbox(name = "inbox") {
    return new Inbox(this, name);
  }

  /** Add a fault rule: `fault("error", { match: { operation: "place_calls" }, status: 429, times: 1 })`. */
  async fault(kind, { match, times, starts_in, expires_in, expires_in_real, ...fields } = {}) {
    const body = { effect: { kind, ...fields }, match, times, starts_in, expires_in, expires_in_real };
    return new Fault(this, await this.control("POST", "/faults", { body }));
  }

  /** List the fault rules that were never applied, with the reason of each in `why_unused`. */
  unusedFaults() {
    return this.control("GET", "/faults/unused");
  }

  snapshot(name) {
    return this.control("POST", "/snapshots", { body: name === undefined ? {} : { name } });
  }

  restore(snapshot) {
    return this.control("POST", `/snapshots/${encodeURIComponent(snapshot.name ?? snapshot)}/restore`);
  }

  /** Explain a call, a batch or a callback, or the one with this id. */
  explain(about) {
    return this.control("GET", `/explain/${encodeURIComponent(about.id ?? about)}`);
  }

  history(query) {
    return this.control("GET", "/history", { query: { limit: PAGE_SIZE, ...query } });
  }

  /** Tell in lines what happened so far, what is pending, and which faults were never applied. */
  async story() {
    const [clock, history, callbacks, unused] = await Promise.all([
      this.control("GET", "/clock"),
      this.history(),
      this.callbacks(),
      this.unusedFaults(),
    ]);
    const lines = [`emulator world ${this.name} (seed ${this.seed}), dashboard ${this.dashboardUrl}`];
    lines.push(`clock ${clock.now} (${clock.mode}), ${clock.next_due ? `next due ${clock.next_due}` : "nothing is due"}`);
    for (const each of unused) lines.push(`fault ${each.effect.kind} was never applied: ${each.why_unused}`);
    if (history.length > MAX_LINES) lines.push(`... ${history.length - MAX_LINES} entries before these`);
    for (const entry of history.slice(-MAX_LINES)) lines.push(`${entry.at}  ${lineOf(entry)}`);
    for (const each of callbacks.filter(({ status }) => status === "pending" || status === "failed")) {
      const results = each.attempts.map((attempt) => attempt.status ?? attempt.error).join(", ");
      lines.push(`${each.status}: ${each.platform} ${each.event} to ${each.url}${results && ` (${results})`}`);
    }
    return lines.join("\n");
  }

  /** Run a function; if it fails, add the story of this world to its error. */
  async telling(body) {
    try {
      return await body();
    } catch (error) {
      const story = await this.story().catch((problem) => `the story cannot be told: ${problem.message}`);
      throw withStory(error, story);
    }
  }

  /** Delete the world. */
  close() {
    return this.emulator.control("DELETE", `/worlds/${encodeURIComponent(this.name)}`);
  }
}

/** An endpoint inside the emulator: give its `url` to a vendor, and read what it receives. */
export class Inbox {
  constructor(world, name) {
    this.world = world;
    this.name = name;
    this.url = `${world.inboxUrl}${name}`;
    this.path = `/inboxes/${encodeURIComponent(name)}`;
  }

  messages() {
    return this.world.readAll(this.path);
  }

  /** Wait up to `timeout` real seconds for `count` messages; on a frozen clock `advance` first. */
  wait(count = 1, { timeout = 5 } = {}) {
    return this.world.control("GET", `${this.path}/wait`, { query: { count, timeout } });
  }

  /** Script the next responses: statuses, or `{ status, json }`. */
  answer(...answers) {
    return this.world.control("PUT", this.path, { body: { answers } });
  }

  empty() {
    return this.world.control("DELETE", this.path);
  }
}

/** A fault rule that was added; with `await using` it is deleted at the end of the block. */
export class Fault {
  constructor(world, rule) {
    this.world = world;
    this.id = rule.id;
    this.kind = rule.effect.kind;
  }

  /** Return the rule as it is now: `seen`, `hits`, `why_unused`. */
  rule() {
    return this.world.control("GET", `/faults/${this.id}`);
  }

  async delete() {
    const rules = await this.world.control("GET", "/faults");
    if (rules.some(({ id }) => id === this.id)) await this.world.control("DELETE", `/faults/${this.id}`);
  }
}

if (Symbol.asyncDispose) Fault.prototype[Symbol.asyncDispose] = Fault.prototype.delete;

function refusal(method, path, status, text) {
  let problem = null;
  try {
    problem = JSON.parse(text);
  } catch {
    // not the emulator's own response
  }
  const wrong = (problem?.errors ?? []).map(({ field, detail }) => `${field} ${detail}`);
  const why = wrong.length ? wrong : [problem?.detail, problem?.hint].filter(Boolean);
  return new EmulatorError(`${method} ${path} got status ${status}: ${why.join("; ") || text.slice(0, 2000)}`, problem);
}

function lineOf(entry) {
  const mark = entry.fault ? ` [fault ${entry.fault.id}, ${entry.fault.kind}]` : "";
  switch (entry.kind) {
    case "call":
      return `call ${entry.call_id} ${entry.previous} -> ${entry.status}`;
    case "batch":
      return `batch ${entry.batch_id} ${entry.previous} -> ${entry.status}`;
    case "attempt":
      return `callback ${entry.url} -> ${entry.status ?? entry.error} (${entry.platform} ${entry.event}, attempt ${entry.attempt})${mark}`;
    case "fault":
      return `fault ${entry.fault_id}: ${entry.effect} of ${entry.operation ?? entry.callback_id ?? entry.call_id}`;
    case "link":
      return `link ${entry.source} -> ${entry.target}: ${entry.error ?? "followed"}`;
    case "stream":
      return `stream ${entry.stream_id} ${entry.event}: ${entry.text}${mark}`;
    case "tool":
      return `tool ${entry.tool} ${entry.status}: ${entry.text}`;
    default:
      return `${entry.method} ${entry.target} -> ${entry.status ?? "connection reset"}${mark}`;
  }
}

/** Add a story to what a test threw; runners print the message, the stack, or both. */
function withStory(error, story) {
  if (!(error instanceof Error)) return new Error(`${error}\n\n${story}`, { cause: error });
  const stack = error.stack;
  error.message = `${error.message}\n\n${story}`;
  if (stack) error.stack = `${stack}\n\n${story}`;
  return error;
}
