// Shows the OpenAPI document of one platform. All text goes in as text, never as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEPEST = 8;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const badge = (basis) => (basis ? element("span", { class: `basis ${basis}` }, basis) : null);

function link(address, text) {
  const safe = /^https?:\/\//.test(address) || address.startsWith("/");
  return safe ? element("a", { href: address, rel: "noreferrer" }, text) : element("span", {}, text);
}

class Reader {
  constructor(whole) {
    this.whole = whole;
  }

  // What a reference stands for, with what stands beside it.
  of(value) {
    if (!value || !value.$ref) return value || {};
    const found = value.$ref.slice(2).split("/").reduce(
      (at, part) => at && at[part.replace(/~1/g, "/").replace(/~0/g, "~")], this.whole);
    const { $ref, ...beside } = value;
    return { ...this.of(found), ...beside };
  }

  // The first choice that says something.
  chosen(schema) {
    const whole = this.of(schema);
    const choices = whole.properties ? null : whole.oneOf || whole.anyOf;
    if (!choices) return whole;
    return this.of(choices.find((each) => each.type !== "null") || choices[0]);
  }

  kind(schema) {
    const name = schema.$ref ? schema.$ref.split("/").pop() : "";
    const whole = this.of(schema);
    const choices = whole.properties ? null : whole.oneOf || whole.anyOf;
    if (choices) return [...new Set(choices.map((each) => this.kind(each)))].join(" or ");
    if ("const" in whole) return JSON.stringify(whole.const);
    if (whole.enum) return whole.enum.map((each) => JSON.stringify(each)).join(", ");
    if (whole.type === "array") return `list of ${this.kind(whole.items || {})}`;
    if (name) return name;
    return [whole.type || "anything"].flat().join(" or ");
  }

  limits(schema) {
    const words = {
      minimum: "at least", maximum: "at most", minLength: "characters from",
      maxLength: "characters up to", minItems: "entries from", maxItems: "entries up to",
      pattern: "like", default: "by default",
    };
    const whole = this.chosen(schema);
    return Object.entries(words)
      .filter(([word]) => whole[word] !== undefined)
      .map(([word, text]) => `${text} ${JSON.stringify(whole[word])}`)
      .join("; ");
  }

  example(schema, depth = 0) {
    const whole = this.chosen(schema);
    if (whole.examples) return whole.examples[0];
    if ("const" in whole) return whole.const;
    if (whole.enum) return whole.enum.find((each) => each) ?? whole.enum[0];
    if (whole.default !== undefined) return whole.default;
    const type = [whole.type || (whole.properties ? "object" : "any")].flat()[0];
    if (type === "object") {
      if (depth > DEEPEST) return {};
      return Object.fromEntries(Object.entries(whole.properties || {})
        .map(([name, field]) => [name, this.example(field, depth + 1)]));
    }
    if (type === "array") return depth > DEEPEST ? [] : [this.example(whole.items || {}, depth + 1)];
    if (type === "integer" || type === "number") return Math.max(whole.minimum ?? 1, 1);
    if (type === "boolean") return true;
    if (type === "null") return null;
    const pattern = whole.pattern || "";
    if (pattern.startsWith("^https?")) return "http://127.0.0.1:9000/hook";
    if (pattern.includes("[0-9]{7,15}") || pattern.startsWith("^\\+")) return "+2348055599001";
    if (pattern.includes("@")) return "ada@example.com";
    return "string";
  }
}

function rowsOf(reader, schema, depth = 0) {
  let whole = reader.chosen(schema);
  if (whole.type === "array") whole = reader.chosen(whole.items || {});
  return Object.entries(whole.properties || {}).flatMap(([name, field]) => {
    const told = reader.of(field);
    const needed = (whole.required || []).includes(name) ? " *" : "";
    const source = field["x-source"];
    const row = element("tr", {},
      element("td", {}, element("code", {}, `${"  ".repeat(depth)}${name}${needed}`)),
      element("td", {}, element("code", {}, reader.kind(field))),
      element("td", {}, badge(field["x-basis"] || told["x-basis"]),
        field["x-note"] ? ` ${field["x-note"]}` : "",
        source ? element("span", {}, " ", link(source, "source")) : ""),
      element("td", { class: "quiet" }, reader.limits(field), field.description ? ` ${field.description}` : ""));
    return depth < 3 ? [row, ...rowsOf(reader, field, depth + 1)] : [row];
  });
}

function table(rows) {
  if (!rows.length) return null;
  const head = ["field", "what it holds", "basis", ""].map((text) => element("th", {}, text));
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

function parameterRows(reader, parameters) {
  return (parameters || []).map((each) => element("tr", {},
    element("td", {}, element("code", {}, each.name + (each.required ? " *" : ""))),
    element("td", {}, element("code", {}, `${each.in}: ${reader.kind(each.schema)}`)),
    element("td", {}, badge(each["x-basis"]), each["x-note"] ? ` ${each["x-note"]}` : ""),
    element("td", { class: "quiet" }, reader.limits(each.schema), each.description ? ` ${each.description}` : "")));
}

// One pair of JSON or form content: the media type and its schema.
function contentOf(part) {
  return part && part.content ? Object.entries(part.content)[0] : [null, null];
}

const quoted = (text) => `'${text.replace(/'/g, `'\\''`)}'`;

function credentialOf(whole, operation) {
  const first = (operation.security || []).find((each) => Object.keys(each).length);
  if (!first) return { headers: [], query: [] };
  const scheme = whole.components.securitySchemes[Object.keys(first)[0]];
  if (scheme.type === "http" && scheme.scheme === "basic") return { headers: ["-u 'KEY:TOKEN'"], query: [] };
  if (scheme.type === "http") return { headers: ["-H 'Authorization: Bearer KEY'"], query: [] };
  if (scheme.in === "query") return { headers: [], query: [`${scheme.name}=KEY`] };
  return { headers: [`-H '${scheme.name}: KEY'`], query: [] };
}

function curl(reader, method, path, item, operation) {
  const shown = credentialOf(reader.whole, operation);
  const root = (operation.servers || item.servers || [{ url: "" }])[0].url;
  const asked = (operation.parameters || []).filter((each) => each.in === "query" && each.required)
    .map((each) => `${each.name}=${encodeURIComponent(reader.example(each.schema))}`);
  const query = [...asked, ...shown.query].join("&");
  const base = root.startsWith("http") ? location.origin + new URL(root).pathname : location.origin;
  const parts = [`curl -X ${method.toUpperCase()} ${quoted(base + path + (query ? `?${query}` : ""))}`, ...shown.headers];
  if (root.startsWith("http")) parts.push(`-H ${quoted(`Host: ${new URL(root).hostname}`)}`);
  const [type, media] = contentOf(operation.requestBody);
  if (media && type.startsWith("multipart")) {
    for (const [name, value] of Object.entries(reader.example(media.schema))) parts.push(`-F ${quoted(`${name}=${value}`)}`);
  } else if (media) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(reader.example(media.schema)))}`);
  }
  return parts.join(" \\\n  ");
}

function bodyPart(reader, title, part) {
  const [type, media] = contentOf(part);
  if (!media) return [];
  const shown = media.schema && type.includes("json")
    ? element("details", {}, element("summary", {}, "example"),
      element("pre", {}, JSON.stringify(reader.example(media.schema), null, 2)))
    : null;
  return [element("h3", {}, `${title}: ${type}`), table(rowsOf(reader, media.schema || {})), shown];
}

function operationPart(reader, method, path, item, operation, isOurs) {
  const answers = Object.entries(operation.responses || {}).map(([status, each]) => [status, reader.of(each)]);
  const done = answers.find(([status]) => status.startsWith("2"));
  const refused = answers.filter(([status]) => !status.startsWith("2"));
  const parameters = table(parameterRows(reader, operation.parameters));
  const callbacks = Object.entries(operation.callbacks || {}).flatMap(([name, expressions]) =>
    Object.entries(expressions).flatMap(([expression, inner]) => [
      element("h3", {}, `callback ${name} to `, element("code", {}, expression)),
      operationPart(reader, "post", name, inner, inner.post, false),
    ]));
  const summary = element("summary", {},
    element("span", { class: "method" }, method.toUpperCase()),
    element("code", {}, (item.servers ? item.servers[0].url : "") + path), " ",
    badge(operation["x-basis"]), " ", operation.summary || "");
  return element("details", { "data-words": `${path} ${JSON.stringify(operation)}`.toLowerCase() }, summary,
    operation.description ? element("p", {}, operation.description) : null,
    operation.externalDocs ? element("p", { class: "quiet" }, link(operation.externalDocs.url, operation.externalDocs.url)) : null,
    ...(parameters ? [element("h3", {}, "parameters"), parameters] : []),
    ...bodyPart(reader, "body", operation.requestBody),
    ...(done ? bodyPart(reader, `answer ${done[0]}`, done[1]) : []),
    ...(refused.length ? [element("h3", {}, "errors"), element("ul", {}, ...refused.map(([status, each]) =>
      element("li", {}, element("code", {}, status), ` ${each.description} `, badge(each["x-basis"]))))] : []),
    ...(isOurs ? [element("h3", {}, "curl"), element("pre", {}, curl(reader, method, path, item, operation))] : []),
    ...callbacks);
}

// What a description marks as `code` and as *stressed*.
function written(text) {
  return text.split(/(`[^`]+`|\*[^*\s]+\*)/).map((part, index) => (index % 2
    ? element(part[0] === "`" ? "code" : "em", {}, part.slice(1, -1))
    : part));
}

function show(whole, address) {
  const reader = new Reader(whole);
  const parts = Object.entries(whole.paths).flatMap(([path, item]) => METHODS
    .filter((method) => item[method])
    .map((method) => operationPart(reader, method, path, item, item[method], true)));
  const hooks = Object.entries(whole.webhooks || {})
    .map(([name, item]) => operationPart(reader, "post", name, item, item.post, false));
  const options = table(rowsOf(reader, whole["x-emulator-options"].schema));
  const main = document.getElementById("main");
  main.replaceChildren(
    element("h2", {}, whole.info.title),
    element("p", {}, link(address, address), ` (OpenAPI ${whole.openapi})`),
    ...whole.info.description.split("\n\n").map((text) => element("p", { class: "quiet" }, ...written(text))),
    element("h2", {}, "Operations"), ...parts,
    ...(hooks.length ? [element("h2", {}, "Webhooks: what your server is asked"), ...hooks] : []),
    element("h2", {}, "Options of a world"), options || "");
  find();
}

function find() {
  const words = document.getElementById("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const each of document.querySelectorAll("#main > details")) {
    each.hidden = !words.every((word) => each.dataset.words.includes(word));
  }
}

async function read(name) {
  for (const each of document.querySelectorAll("nav a")) {
    if (each.textContent === name) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  const address = `/_emulator/openapi/${name}.json`;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} was answered ${response.status}`);
  show(await response.json(), address);
}

async function start() {
  const response = await fetch("/_emulator/operations");
  if (!response.ok) throw new Error(`the list of operations was answered ${response.status}`);
  const names = [...new Set((await response.json()).map((each) => each.platform))];
  document.getElementById("platforms").append(
    ...names.map((name) => element("a", { href: `#${name}` }, name)));
  const chosen = () => read(names.includes(location.hash.slice(1)) ? location.hash.slice(1) : names[0]).catch(tell);
  window.addEventListener("hashchange", chosen);
  document.getElementById("find").addEventListener("input", find);
  await chosen();
}

function tell(error) {
  document.getElementById("main").replaceChildren(element("p", {}, `This did not work: ${error.message}`));
}

start().catch(tell);
