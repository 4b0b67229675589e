// The worlds of this emulator: create, fork, save, reset and delete them.

import { ask, context, forgetWorlds, pageOfWorlds, world } from "../api.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { addressOf, go } from "../router.js";
import { badge, button, code, disclosure, form, input, moment, panel, select, submit } from "../ui.js";

/** Worlds that the emulator lists at once, if it is not asked for another number. */
const PAGE = 50;

export function worlds() {
  const node = h("div", { class: "page" });
  const making = maker(() => read());
  let all = [];
  let total = 0;
  let cursor = null;
  let missing = null;
  let wanted = "";
  let here = null;
  let snapshots = [];
  const finder = () => h("input", { "data-keep": true, type: "search", placeholder: "Part of a name", "aria-label": "Find worlds", autocomplete: "off", spellcheck: "false", on: { input: (event) => find(event.currentTarget.value.trim()) } });
  const page = (from) => pageOfWorlds({ name: wanted, cursor: from });
  const read = async () => {
    const shown = Math.max(1, Math.ceil(all.length / PAGE));
    const asked = wanted;
    const found = [];
    let next = null;
    for (let number = 0; number < shown && (number === 0 || next); number += 1) {
      const part = await page(next);
      found.push(...part.value);
      [next, total, missing] = [part.cursor, part.total, part.missing];
    }
    const [own, kept] = await Promise.all([world().catch(() => null), ask("/snapshots")]);
    if (asked !== wanted) return;
    [all, cursor, here, snapshots] = [found, next, own, kept];
    draw();
  };
  const more = async () => {
    const part = await page(cursor);
    all = [...all, ...part.value];
    [cursor, total, missing] = [part.cursor, part.total, part.missing];
    draw();
  };
  async function find(part) {
    [wanted, all] = [part, []];
    await read();
  }
  const live = refreshing(read, 1000);

  const act = async (task, message) => {
    const done = await attempt(task);
    if (done !== null) toast(message);
    forgetWorlds();
    await read();
  };

  async function affected(name) {
    const holds = await ask("/summary", { of: name });
    return [[holds.calls, "call"], [holds.callbacks, "callback"], [holds.messages, "message in inboxes", "messages in inboxes"], [holds.waiting, "pending step"]]
      .map(([number, one, many]) => format.counted(number, one, many)).join(", ");
  }

  async function reset(name) {
    if (!(await confirm(`Reset ${name}?`, `The world keeps its credentials and settings. Deleted: ${await affected(name)}.`, "Reset world"))) return;
    await act(() => ask("/reset", { method: "POST", of: name }), `${name} was reset.`);
  }

  async function remove(name) {
    const kept = await ask("/snapshots", { of: name });
    if (!(await confirm(`Delete ${name}?`, `Deleted for good: ${await affected(name)}, ${format.counted(kept.length, "snapshot")}.`, "Delete world"))) return;
    await act(() => ask(`/worlds/${encodeURIComponent(name)}`, { method: "DELETE" }).then(() => true), `${name} was deleted.`);
    if (name === context.world) go(addressOf("default", "worlds"));
  }

  async function restore(name) {
    if (!(await confirm(`Restore ${name}?`, `${context.world} returns to the state of the snapshot. Replaced: ${await affected(context.world)}.`, "Restore snapshot"))) return;
    await act(() => ask(`/snapshots/${encodeURIComponent(name)}/restore`, { method: "POST" }), `${context.world} was restored from ${name}.`);
  }

  async function drop(name, calls) {
    if (!(await confirm(`Delete ${name}?`, `The snapshot and its ${format.counted(calls, "call")} are deleted for good; the world is kept.`, "Delete snapshot"))) return;
    await act(() => ask(`/snapshots/${encodeURIComponent(name)}`, { method: "DELETE" }).then(() => true), `${name} was deleted.`);
  }

  function draw() {
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Worlds"), finder(), h("span", { class: "quiet" }, format.counted(total, "world"))),
      h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Worlds" }, h("table", { class: "plain wide" },
        h("thead", {}, h("tr", {}, ["World", "Time", "Clock", "Seed", "Auth", "Actions"].map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, all.map((each) => h("tr", { "data-key": each.name, class: each.name === context.world ? "here" : null },
          h("td", {}, h("a", { href: addressOf(each.name, "calls") }, each.name)),
          h("td", {}, moment(each.clock.now)),
          h("td", {}, badge(each.clock.mode, "odd")),
          h("td", { class: "mono" }, each.seed),
          h("td", {}, each.auth),
          h("td", { class: "actions" },
            button("Snapshot", () => act(() => ask("/snapshots", { method: "POST", of: each.name }), `Snapshot of ${each.name} created.`), { kind: "small" }),
            button("Fork", () => act(() => ask("/worlds", { method: "POST", body: { from: each.name } }), `Fork of ${each.name} created.`), { kind: "small" }),
            button("Reset", () => reset(each.name), { kind: "small danger", title: `Reset ${each.name}` }),
            each.name === "default" ? null : button("Delete", () => remove(each.name), { kind: "small danger", title: `Delete ${each.name}` }))))))),
      cursor ? h("p", {}, button("More worlds", more)) : null,
      missing ? h("p", { class: "bad", role: "alert" }, unlisted(missing.split(","))) : null,
      panel(`Snapshots of ${context.world} (${snapshots.length})`,
        snapshots.length ? h("table", { class: "plain" }, h("tbody", {}, snapshots.map((each) => h("tr", { "data-key": each.name },
          h("th", { scope: "row" }, each.name), h("td", {}, moment(each.now)), h("td", {}, format.counted(each.calls, "call")),
          h("td", { class: "actions" },
            button("Restore", () => restore(each.name), { kind: "small" }),
            button("Fork", () => act(() => ask("/worlds", { method: "POST", body: { from: each.name } }), "Fork of the snapshot created."), { kind: "small" }),
            button("Delete", () => drop(each.name, each.calls), { kind: "small danger" }))))))
          : h("p", { class: "quiet" }, "None. A snapshot keeps the whole world, its clock and its pending steps, and can be restored any number of times.")),
      making,
      here ? panel(`Credentials of ${context.world}`, h("p", { class: "quiet" }, "Requests with these credentials select this world."),
        disclosure("Show credentials", false, code(JSON.stringify({ credentials: here.credentials, base_urls: here.base_urls, inbox_url: here.inbox_url }, null, 2), "credentials"))) : null);
  }

  return { title: () => "Worlds", count: () => total, node, enter: read, leave: live.stop };
}

function unlisted(shards) {
  return shards.length === 1 ? `Not listed: the worlds of shard ${shards[0]}, which does not answer.` : `Not listed: the worlds of shards ${shards.join(", ")}, which do not answer.`;
}

function maker() {
  const make = async (fields) => {
    const wanted = { clock: { mode: fields.mode } };
    if (fields.name) wanted.name = fields.name;
    if (fields.seed) wanted.seed = Number(fields.seed);
    const made = await attempt(() => ask("/worlds", { method: "POST", body: wanted }));
    if (made) go(addressOf(made.name, "calls"));
  };
  return panel("Create a world", form(make,
    input("Name", { name: "name", placeholder: "chosen by the emulator" }),
    input("Seed", { name: "seed", type: "number", placeholder: "0" }),
    select2("Clock", "mode", ["frozen", "live", "auto"]),
    submit("Create")));
}

function select2(label, name, options) {
  const field = select(label, options[0], options, () => {});
  field.querySelector("select").name = name;
  return field;
}

