// Data of one's own: forms for whatever the APIs take, made from their OpenAPI documents.

import { ask, context, vendor, world } from "../api.js";
import { csvPanel } from "../csvpanel.js";
import { attempt, toast } from "../dialog.js";
import * as format from "../format.js";
import { h, show } from "../h.js";
import { listForWorld, platforms } from "../platforms.js";
import { go, href } from "../router.js";
import { schemaForm } from "../schemaform.js";
import { body, button, empty, input, panel, select } from "../ui.js";

const OWN_SETTINGS = ["auth", "calls_per_second"];
const documents = new Map();

/** The OpenAPI document of a vendor, or of the control API. */
async function documentOf(name) {
  const key = `${context.world} ${name}`;
  if (!documents.has(key)) documents.set(key, await ask(`/openapi/${name}.json`));
  return documents.get(key);
}

export function data({ id }) {
  const node = h("div", { class: "page" }, h("p", { class: "quiet" }, "Reading\u2026"));
  const all = [
    { group: "World", id: "settings", title: "Credentials and speed", make: settingsForm },
    { group: "World", id: "outcomes", title: "Outcome mix", make: outcomesForm },
    ...platforms().flatMap((each) => [
      ...each.forms.map((form) => ({ group: each.title, id: `${each.name}.${form.operation}`, title: form.title, make: () => operationForm(each, form) })),
      { group: each.title, id: `${each.name}.options`, title: "Options", make: () => optionsForm(each) },
    ]),
  ];
  const chosen = all.find((each) => each.id === id);
  async function enter() {
    const groups = [...new Set(all.map((each) => each.group))];
    const made = chosen ? await chosen.make() : empty("Add your own data", "Select what to add or to change. Each form makes a request that you can repeat: Requests shows it.");
    show(node,
      h("div", { class: "bar" }, h("h1", {}, "Your data")),
      h("div", { class: "catalog" },
        picker(all, chosen),
        h("nav", { "aria-label": "Forms" }, groups.map((group) => h("div", {}, h("h2", {}, group), h("ul", {}, all.filter((each) => each.group === group).map((each) =>
          h("li", {}, h("a", { href: href("data", each.id), "aria-current": each === chosen ? "page" : null }, each.title))))))),
        h("div", { "data-key": id || "none" }, chosen ? panel(`${chosen.group}: ${chosen.title}`, made) : made)));
  }
  return { title: () => (chosen ? chosen.title : "Your data"), node, enter };
}

/** The list of forms where there is no room beside it. */
function picker(all, chosen) {
  const field = select("Form", chosen?.id ?? "", [["", "Select"], ...all.map((each) => [each.id, `${each.group}: ${each.title}`])], (id) => go(href("data", id)));
  field.classList.add("narrow");
  return field;
}

/** The form of an operation, with a field for each part of its path. */
async function operationForm(platform, declared) {
  const document = await documentOf(declared.is_control ? "control" : platform.name);
  const found = operationNamed(document, declared.operation);
  if (!found) return empty("No such operation", `${declared.operation} is not in the OpenAPI document.`);
  const { path, method, operation } = found;
  const schema = schemaOf(document, operation);
  const credentials = (await world()).credentials[platform.name] ?? {};
  const parts = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, field: input(format.words(name), { name: `path.${name}`, required: true, value: guess(credentials, name) }) }));
  const target = () => path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(valueOf(parts.find((each) => each.name === name).field)));
  const result = h("div", { role: "status", "data-keep": true });
  const send = declared.is_control
    ? (content) => ask(target().replace("/_emulator", ""), { method, body: content })
    : async (content) => vendor(`/${platform.name}${target()}`, { method, body: content, credential: (await listForWorld()).find((each) => each.name === platform.name).headers });
  const place = h("div", { "data-keep": true });
  const draw = (values) => show(place, schemaForm(schema, {
    values,
    main: (name) => schema.required?.includes(name) ?? false,
    before: [...parts.map((each) => each.field), method === "POST" || !document.paths[path].get ? null : button("Load what is there", async () => {
      const found = await attempt(() => ask(target().replace("/_emulator", "")));
      if (found) redraw(found);
    }, { kind: "small" })],
    action: method === "POST" ? `Create ${declared.title.toLowerCase()}` : `Save ${declared.title.toLowerCase()}`,
    send: async (content) => {
      const made = await send(content);
      toast(method === "POST" ? "Created." : "Saved.");
      show(result, h("h3", {}, "Response"), body(JSON.stringify(made), "response"));
    },
  }).node);
  const redraw = (values) => {
    place.replaceChildren();
    draw(values);
  };
  draw({});
  return [operation.summary ? h("p", { class: "quiet" }, operation.summary) : null, place, result, declared.rows === null ? null : rowsPanel(declared, send)];
}

/** Creates a record of each row of a CSV file. */
function rowsPanel({ title, rows: property }, send) {
  return csvPanel({
    label: `Several, from a CSV file`,
    hint: "The first line names the columns; each line after it is a record, each column a field.",
    action: `Create a ${title.toLowerCase()} of each row`,
    send: async (rows, report) => {
      const wrong = [];
      for (const [index, { line, values }] of rows.entries()) {
        const fields = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
        try {
          await send(property ? { [property]: fields } : fields);
        } catch (error) {
          wrong.push({ line, detail: error.text || error.message });
        }
        if (index % 20 === 19) report(`${format.count(index + 1)} of ${format.count(rows.length)}`);
      }
      report(`${format.counted(rows.length - wrong.length, "record")} created.`);
      return wrong;
    },
  });
}

async function settingsForm() {
  const document = await documentOf("control");
  const schema = schemaOf(document, operationNamed(document, "change_settings").operation);
  const present = await ask("/settings");
  return changeForm({ ...schema, properties: Object.fromEntries(OWN_SETTINGS.map((name) => [name, schema.properties[name]])) }, present, (changes) =>
    ask("/settings", { method: "PATCH", body: changes }));
}

async function optionsForm(platform) {
  const { options } = await ask("/settings");
  return changeForm(platform.options, options[platform.name], (changes) =>
    ask("/settings", { method: "PATCH", body: { options: { [platform.name]: changes } } }));
}

async function outcomesForm() {
  const { mix, names } = await ask("/scenarios");
  const schema = { properties: { mix: { type: "object", additionalProperties: { type: "number" }, description: `Weights: 80 and 20 mean the same as 4 and 1. Scenarios: ${names.join(", ")}.` } } };
  return changeForm(schema, { mix }, (changes) => ask("/scenarios", { method: "PUT", body: changes }));
}

/** A form of present values that sends those that were changed; an emptied field becomes null. */
function changeForm(schema, present, send) {
  let before = null;
  const form = schemaForm(withoutDefaults(schema), {
    values: present,
    main: () => true,
    action: "Save",
    send: async (content) => {
      const names = new Set([...Object.keys(before), ...Object.keys(content)]);
      const changes = Object.fromEntries([...names].filter((name) => JSON.stringify(content[name]) !== JSON.stringify(before[name])).map((name) => [name, content[name] ?? null]));
      if (!Object.keys(changes).length) {
        toast("Nothing has changed.");
        return;
      }
      await send(changes);
      before = form.read();
      toast(`Saved: ${Object.keys(changes).map(format.words).join(", ")}.`);
    },
  });
  before = form.read();
  return form.node;
}

function withoutDefaults(schema) {
  if (Array.isArray(schema)) return schema.map(withoutDefaults);
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(Object.entries(schema).filter(([name, value]) => name !== "default" || typeof value === "object").map(([name, value]) => [name, withoutDefaults(value)]));
}

function operationNamed(document, name) {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === name) return { path, method: method.toUpperCase(), operation };
    }
  }
  return null;
}

/** The schema of an operation's body, with those that it refers to. */
function schemaOf(document, operation) {
  const { schema } = operation.requestBody.content["application/json"];
  const found = schema.$ref ? document.components.schemas[schema.$ref.split("/").pop()] : schema;
  return { ...found, $defs: document.components.schemas };
}

/** A value of the world's credentials for a part of a path: `accountId` is `account_id`. */
function guess(credentials, name) {
  const plain = (text) => text.toLowerCase().replace(/[^a-z]/g, "").replace(/(sid|id)$/, "");
  return Object.entries(credentials).find(([each]) => plain(each) === plain(name))?.[1] ?? "";
}

function valueOf(label) {
  return label.querySelector("input").value.trim();
}
