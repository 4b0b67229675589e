// A form made from a JSON Schema: strings, numbers, booleans, choices, lists, objects.
// It sends what differs from the defaults.
// The server validates; what it refuses is shown at the field it names.

import * as format from "./format.js";
import { h, show } from "./h.js";
import { form, submit } from "./ui.js";

const SCALARS = new Set(["string", "number", "integer"]);
let identifiers = 0;

/**
 * `fixed`: fields that the body has unseen; `values`: what fields hold at first; `labels` and
 * `choices`: other words for fields and for their values; `main(name, schema)`: whether a field is
 * seen before "More fields" is unfolded; `before`: nodes above the fields; `send(body)` does the work.
 * Returns { node, field(name) }.
 */
export function schemaForm(schema, { fixed = {}, values = {}, labels = {}, choices = {}, main, before = [], action, send }) {
  const resolve = resolver(schema);
  const general = h("p", { class: "bad wide", role: "alert" });
  const asked = Object.entries(schema.properties).filter(([name, each]) => !(name in fixed) && each.const === undefined);
  const fields = new Map(asked.map(([name, each]) => [name, makeField(resolve, each, {
    name, path: name, value: values[name], required: schema.required?.includes(name), label: labels[name], choices: choices[name],
  })]));
  const parts = { true: [], false: [] };
  for (const [name, each] of asked) parts[main(name, resolve(each))].push(fields.get(name).node);
  const disclosure = h("details", { class: "wide more", hidden: !parts.false.length }, h("summary", {}, "More fields"), h("div", { class: "form" }, parts.false));

  async function onsubmit() {
    for (const field of fields.values()) field.complain(null);
    show(general);
    try {
      const body = { ...constants(schema), ...fixed, ...read(fields) };
      await send(body);
    } catch (error) {
      const left = refuse(fields, error.errors ?? []);
      if (disclosure.querySelector(".wrong")) disclosure.open = true;
      show(general, [...left, ...(error.errors?.length ? [] : [error.text || error.message])].join("; "));
    }
  }

  const node = form(onsubmit, before, parts.true, disclosure, submit(action), general);
  return { node, field: (name) => fields.get(name), read: () => read(fields) };
}

/** Show each problem at the field that it names; return those that no field has. */
function refuse(fields, errors) {
  return errors
    .filter(({ field: path, detail }) => {
      const name = /^[^.[]*/.exec(path)[0];
      return !fields.get(name)?.complain({ path, detail });
    })
    .map(({ field: path, detail }) => `${path} ${detail}`);
}

function constants(schema) {
  const known = Object.entries(schema.properties).filter(([, each]) => each.const !== undefined);
  return Object.fromEntries(known.map(([name, each]) => [name, each.const]));
}

function read(fields) {
  const found = [...fields].map(([name, field]) => [name, field.read()]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found);
}

/** Follow references, and take of several possible types the first that is not null. */
function resolver(root) {
  return function resolve(schema) {
    if (schema.$ref) return resolve({ ...root.$defs[schema.$ref.split("/").pop()], ...schema, $ref: undefined });
    const variant = (schema.anyOf ?? schema.oneOf)?.find((each) => each.type !== "null");
    const found = variant ? { ...resolve(variant), ...schema, anyOf: undefined, oneOf: undefined } : schema;
    return Array.isArray(found.type) ? { ...found, type: found.type.find((each) => each !== "null") } : found;
  };
}

function makeField(resolve, given, options) {
  const schema = resolve(given);
  if (schema.enum || schema.type === "boolean") return choice(schema, options);
  if (schema.type === "array" && SCALARS.has(resolve(schema.items ?? {}).type) && !resolve(schema.items).enum) return lines(resolve, schema, options);
  if (schema.type === "array") return list(resolve, schema, options);
  if (schema.type === "object" && schema.properties) return nested(resolve, schema, options);
  if (schema.type === "object" && schema.additionalProperties?.type === "array") return ranges(schema, options);
  if (schema.type === "object" && schema.additionalProperties?.type !== "object" && !schema.additionalProperties?.$ref) return map(schema, options);
  if (schema.type !== "string" && !SCALARS.has(schema.type) && schema.type !== undefined) return written(schema, options);
  return text(schema, options);
}

function titled(name) {
  return name[0].toUpperCase() + format.words(name.slice(1));
}

/** A labelled control with room for a complaint. */
function labelled(control, schema, { name, path, label, wide, hint }) {
  const wrong = h("small", { class: "bad wrong-text", id: `problem-${(identifiers += 1)}`, role: "alert" });
  control.name = path;
  control.setAttribute("aria-describedby", wrong.id);
  const note = hint ?? schema.description;
  const node = h("label", { class: wide ? "field wide" : "field" }, h("span", {}, label ?? titled(name)), control, note ? h("small", {}, note) : null, wrong);
  const complain = (problem) => {
    node.classList.toggle("wrong", Boolean(problem));
    control.setAttribute("aria-invalid", String(Boolean(problem)));
    const inside = problem?.path.slice(path.length) ?? "";
    wrong.textContent = problem ? `${inside} ${problem.detail}`.trim() : "";
    return true;
  };
  return { node, control, complain };
}

function text(schema, options) {
  const isNumber = schema.type === "number" || schema.type === "integer";
  const control = h("input", {
    type: isNumber ? "number" : "text",
    step: schema.type === "number" ? "any" : null,
    min: schema.minimum, max: schema.maximum, maxlength: schema.maxLength,
    required: options.required, autocomplete: "off", spellcheck: "false",
  });
  control.value = options.value ?? (options.required ? schema.default ?? "" : "");
  if (schema.default !== undefined && schema.default !== null) control.placeholder = String(schema.default);
  const field = labelled(control, schema, options);
  return { ...field, read: () => (control.value === "" ? undefined : isNumber ? Number(control.value) : control.value) };
}

function choice(schema, options) {
  const known = schema.enum ?? [true, false];
  const isOptional = !options.required && (schema.default === undefined || schema.default === null);
  const first = options.value ?? schema.default;
  const words = (value) => options.choices?.[value] ?? (schema.enum ? format.words(value) : value ? "yes" : "no");
  const control = h("select", {}, isOptional ? h("option", { value: "" }, "not given") : null,
    known.map((value, index) => h("option", { value: index, selected: value === first }, words(value))));
  const field = labelled(control, schema, options);
  const chosen = () => (control.value === "" ? undefined : known[Number(control.value)]);
  return { ...field, read: () => (chosen() === schema.default && !options.required ? undefined : chosen()) };
}

/** A list of plain values, one a line. */
function lines(resolve, schema, options) {
  const isNumber = resolve(schema.items).type !== "string";
  const control = h("textarea", { rows: 4, spellcheck: "false", required: options.required });
  control.value = [options.value ?? []].flat().join("\n");
  const field = labelled(control, schema, { ...options, wide: true, label: `${options.label ?? titled(options.name)}, one a line` });
  const found = () => control.value.split("\n").map((each) => each.trim()).filter(Boolean);
  return { ...field, read: () => (found().length ? found().map((each) => (isNumber ? Number(each) : each)) : undefined) };
}

/** Names of the reader's own with their values, one pair a line. */
function map(schema, options) {
  const control = h("textarea", { rows: 3, spellcheck: "false", placeholder: "name=value" });
  control.value = Object.entries(options.value ?? {}).map(([name, value]) => `${name}=${value}`).join("\n");
  const field = labelled(control, schema, { ...options, wide: true, label: `${options.label ?? titled(options.name)}, one name=value a line` });
  const isNumber = ["number", "integer"].includes(schema.additionalProperties?.type);
  const pairs = () => control.value.split("\n").filter((each) => each.trim()).map((each) => {
    const at = each.indexOf("=");
    const value = at < 0 ? "" : each.slice(at + 1).trim();
    return [at < 0 ? each.trim() : each.slice(0, at).trim(), isNumber && value !== "" ? Number(value) : value];
  });
  return { ...field, read: () => (pairs().length ? Object.fromEntries(pairs()) : undefined) };
}

/** Names with pairs of values, such as opening hours: one name a line, with its pairs. */
function ranges(schema, options) {
  const control = h("textarea", { rows: 7, spellcheck: "false", required: options.required, placeholder: "mon=08:00-12:00, 13:00-18:00" });
  control.value = Object.entries(options.value ?? {}).map(([name, pairs]) => `${name}=${pairs.map((each) => each.join("-")).join(", ")}`).join("\n");
  const field = labelled(control, schema, { ...options, wide: true, label: `${options.label ?? titled(options.name)}, one name=from-until a line` });
  const found = () => control.value.split("\n").filter((each) => each.trim()).map((each) => {
    const [name, pairs = ""] = each.split("=");
    return [name.trim(), pairs.split(",").filter((pair) => pair.trim()).map((pair) => pair.split("-").map((part) => part.trim()))];
  });
  return { ...field, read: () => (found().length || options.required ? Object.fromEntries(found()) : undefined) };
}

/** Anything else: JSON as text. */
function written(schema, options) {
  const control = h("textarea", { rows: 5, spellcheck: "false", placeholder: "JSON", required: options.required });
  control.value = options.value === undefined ? "" : JSON.stringify(options.value, null, 2);
  const field = labelled(control, schema, { ...options, wide: true, label: `${options.label ?? titled(options.name)}, as JSON` });
  const read = () => {
    if (!control.value.trim()) return undefined;
    try {
      return JSON.parse(control.value);
    } catch (error) {
      field.complain({ path: options.path, detail: `is not JSON: ${error.message}` });
      throw error;
    }
  };
  return { ...field, read };
}

/** An object: a group of fields. */
function nested(resolve, schema, options) {
  const fields = new Map(Object.entries(schema.properties).map(([name, each]) =>
    [name, makeField(resolve, each, { name, path: `${options.path}.${name}`, value: options.value?.[name], required: false })]));
  const wrong = h("small", { class: "bad wrong-text", role: "alert" });
  const node = h("fieldset", { class: "wide" }, h("legend", {}, options.label ?? titled(options.name)), [...fields.values()].map((each) => each.node), wrong);
  const complain = (problem) => {
    if (!problem) for (const each of fields.values()) each.complain(null);
    const name = problem && /^[^.[]*/.exec(problem.path.slice(options.path.length + 1))[0];
    if (problem && fields.get(name)?.complain(problem)) return true;
    node.classList.toggle("wrong", Boolean(problem));
    wrong.textContent = problem?.detail ?? "";
    return true;
  };
  return { node, complain, read: () => (Object.keys(read(fields)).length || options.required ? read(fields) : undefined) };
}

/** A list of objects or of choices: entries that can be added and removed. */
function list(resolve, schema, options) {
  let entries = [];
  const rows = h("div", { class: "entries" });
  const wrong = h("small", { class: "bad wrong-text", role: "alert" });
  const add = (value) => {
    const entry = makeField(resolve, schema.items ?? {}, { name: "entry", path: `${options.path}[${entries.length}]`, value, required: true });
    entry.row = h("div", { class: "entry" }, entry.node, h("button", { type: "button", class: "button small", on: { click: () => remove(entry) } }, "Remove"));
    entries.push(entry);
    rows.append(entry.row);
  };
  const remove = (entry) => {
    const kept = entries.filter((each) => each !== entry).map((each) => each.read());
    entries = [];
    rows.replaceChildren();
    kept.forEach(add);
  };
  [options.value ?? (options.required && schema.minItems ? [undefined] : [])].flat().forEach(add);
  const node = h("fieldset", { class: "wide" }, h("legend", {}, options.label ?? titled(options.name)), rows,
    h("button", { type: "button", class: "button small", on: { click: () => add() } }, "Add"), wrong);
  const complain = (problem) => {
    if (!problem) for (const each of entries) each.complain(null);
    const index = problem && /^\[(\d+)\]/.exec(problem.path.slice(options.path.length))?.[1];
    if (index && entries[Number(index)]?.complain(problem)) return true;
    node.classList.toggle("wrong", Boolean(problem));
    wrong.textContent = problem?.detail ?? "";
    return true;
  };
  return { node, complain, read: () => (entries.length ? entries.map((each) => each.read()).filter((each) => each !== undefined) : undefined) };
}
