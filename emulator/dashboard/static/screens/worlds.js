// The worlds of this emulator: making, forking, saving, resetting and ending them.

import { ask, context, forgetWorlds } from "../api.js";
import { attempt, confirm, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { refreshing } from "../live.js";
import { addressOf, go } from "../router.js";
import { badge, button, code, folded, form, input, moment, panel, select, submit } from "../ui.js";

export function worlds() {
  const node = h("div", { class: "page" });
  const making = maker(() => read());
  let all = [];
  let snapshots = [];
  const read = async () => {
    [all, snapshots] = await Promise.all([ask("/worlds"), ask("/snapshots")]);
    draw();
  };
  const live = refreshing(read, 1000);

  const act = async (task, said) => {
    const done = await attempt(task);
    if (done !== null) toast(said);
    forgetWorlds();
    await read();
  };

  async function affected(name) {
    const holds = await ask("/summary", { of: name });
    return [[holds.calls, "call"], [holds.callbacks, "callback"], [holds.messages, "message in inboxes", "messages in inboxes"], [holds.waiting, "step still due", "steps still due"]]
      .map(([number, one, many]) => format.counted(number, one, many)).join(", ");
  }

  async function reset(name) {
    if (!(await confirm(`Reset ${name}?`, `It begins anew with the same credentials and settings. Gone will be: ${await affected(name)}.`, "Reset it"))) return;
    await act(() => ask("/reset", { method: "POST", of: name }), `${name} has begun anew.`);
  }

  async function remove(name) {
    const kept = await ask("/snapshots", { of: name });
    if (!(await confirm(`End ${name}?`, `Gone for good will be: ${await affected(name)}, ${format.counted(kept.length, "snapshot")}.`, "End it"))) return;
    await act(() => ask(`/worlds/${encodeURIComponent(name)}`, { method: "DELETE" }).then(() => true), `${name} has ended.`);
    if (name === context.world) go(addressOf("default", "worlds"));
  }

  async function restore(name) {
    if (!(await confirm(`Restore ${name}?`, `${context.world} goes back to that moment. What it holds now is replaced: ${await affected(context.world)}.`, "Restore it"))) return;
    await act(() => ask(`/snapshots/${encodeURIComponent(name)}/restore`, { method: "POST" }), `${context.world} stands as it did in ${name}.`);
  }

  async function drop(name, calls) {
    if (!(await confirm(`Forget ${name}?`, `The snapshot and its ${format.counted(calls, "call")} are gone for good; the world goes on.`, "Forget it"))) return;
    await act(() => ask(`/snapshots/${encodeURIComponent(name)}`, { method: "DELETE" }).then(() => true), `${name} is forgotten.`);
  }

  function draw() {
    const here = all.find((each) => each.name === context.world);
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Worlds")),
      h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Worlds" }, h("table", { class: "plain wide" },
        h("thead", {}, h("tr", {}, ["World", "Time", "Clock", "Seed", "Auth", "Actions"].map((each) => h("th", { scope: "col" }, each)))),
        h("tbody", {}, all.map((each) => h("tr", { "data-key": each.name, class: each.name === context.world ? "here" : null },
          h("td", {}, h("a", { href: addressOf(each.name, "calls") }, each.name)),
          h("td", {}, moment(each.clock.now)),
          h("td", {}, badge(each.clock.mode, "odd")),
          h("td", { class: "mono" }, each.seed),
          h("td", {}, each.auth),
          h("td", { class: "actions" },
            button("Snapshot", () => act(() => ask("/snapshots", { method: "POST", of: each.name }), `How ${each.name} stands is kept.`), { kind: "small" }),
            button("Fork", () => act(() => ask("/worlds", { method: "POST", body: { from: each.name } }), `A fork of ${each.name} goes on by itself.`), { kind: "small" }),
            button("Reset", () => reset(each.name), { kind: "small danger", title: `Reset ${each.name}` }),
            each.name === "default" ? null : button("End", () => remove(each.name), { kind: "small danger", title: `End ${each.name}` }))))))),
      panel(`Snapshots of ${context.world} (${snapshots.length})`,
        snapshots.length ? h("table", { class: "plain" }, h("tbody", {}, snapshots.map((each) => h("tr", { "data-key": each.name },
          h("th", { scope: "row" }, each.name), h("td", {}, moment(each.now)), h("td", {}, format.counted(each.calls, "call")),
          h("td", { class: "actions" },
            button("Restore", () => restore(each.name), { kind: "small" }),
            button("Fork", () => act(() => ask("/worlds", { method: "POST", body: { from: each.name } }), "A world goes on from there."), { kind: "small" }),
            button("Forget", () => drop(each.name, each.calls), { kind: "small danger" }))))))
          : h("p", { class: "quiet" }, "None. A snapshot keeps all of a world, its clock and what it still owes, to go back to any number of times.")),
      making,
      here ? panel(`Credentials of ${context.world}`, h("p", { class: "quiet" }, "Requests with these land in this world."),
        folded("Show them", false, code(JSON.stringify({ credentials: here.credentials, base_urls: here.base_urls, inbox_url: here.inbox_url }, null, 2), "credentials"))) : null);
  }

  return { title: () => "Worlds", count: () => all.length, node, enter: read, leave: live.stop };
}

function maker() {
  const make = async (fields) => {
    const wanted = { clock: { mode: fields.mode } };
    if (fields.name) wanted.name = fields.name;
    if (fields.seed) wanted.seed = Number(fields.seed);
    const made = await attempt(() => ask("/worlds", { method: "POST", body: wanted }));
    if (made) go(addressOf(made.name, "calls"));
  };
  return panel("Make a world", form(make,
    input("Name", { name: "name", placeholder: "as the emulator likes" }),
    input("Seed", { name: "seed", type: "number", placeholder: "0" }),
    select2("Clock", "mode", ["frozen", "live", "auto"]),
    submit("Make it")));
}

function select2(label, name, options) {
  const field = select(label, options[0], options, () => {});
  field.querySelector("select").name = name;
  return field;
}

