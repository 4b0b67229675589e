// An API page: the document of one API, in Swagger UI, with the credentials of one world.

import { BASE, ORIGIN, ask, context, headers, takeToken, token } from "../../ui/-/api.js";
import { plugin } from "./plugin.js";
import { addSamples } from "./samples.js";

const ROOT = `${BASE}/_emulator/docs`;
const CONTROL = "control";

/** The API and the world that the address names. */
function asked() {
  const name = location.pathname.slice(ROOT.length).replaceAll("/", "") || location.hash.slice(1).replace(/\/.*/, "");
  return { name, world: new URLSearchParams(location.search).get("world") || "default" };
}

function addressOf(name, world) {
  return `${ROOT}/${name}?world=${encodeURIComponent(world)}`;
}

function link(text, address, here) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = text;
  if (here) made.setAttribute("aria-current", "page");
  return made;
}

function drawHeader(pages, worlds, name) {
  document.getElementById("pages").replaceChildren(...pages.map((each) => link(each.title, addressOf(each.name, context.world), each.name === name)));
  document.getElementById("start").href = `${BASE}/_emulator/ui/${encodeURIComponent(context.world)}/start`;
  const select = document.getElementById("world");
  select.replaceChildren(...worlds.map((each) => new Option(each, each, false, each === context.world)));
  select.addEventListener("change", () => location.assign(addressOf(name, select.value)));
}

/** The value that a security scheme takes, out of the headers that show a credential. */
function authorize(ui, schemes, credential) {
  for (const [name, scheme] of Object.entries(schemes ?? {})) {
    const value = credential[scheme.type === "http" ? "Authorization" : scheme.name];
    if (!value || (scheme.type === "apiKey" && scheme.in !== "header")) continue;
    if (scheme.type === "http" && scheme.scheme === "basic") {
      const [user, ...password] = atob(value.split(" ")[1]).split(":");
      ui.preauthorizeBasic(name, user, password.join(":"));
    } else {
      ui.preauthorizeApiKey(name, scheme.type === "http" ? value.split(" ")[1] : value);
    }
  }
}

const plain = (name) => name.toLowerCase().replaceAll("_", "");

/** Fill in what the world's credentials say about parameters: an account, the world itself. */
function prefill(whole, credentials) {
  const known = new Map(Object.entries(credentials).map(([name, value]) => [plain(name), value]));
  known.set("x-emulator-world", context.world);
  for (const item of Object.values(whole.paths)) {
    for (const operation of Object.values(item)) {
      for (const parameter of operation.parameters ?? []) {
        const value = known.get(plain(parameter.name));
        if (value !== undefined && parameter.in !== "query") parameter.example = value;
      }
    }
  }
}

/** Leave the servers that this page may use, and say what the groups are. */
function prepared(whole) {
  whole.servers = whole.servers.filter(({ url }) => url.startsWith("/"));
  for (const item of Object.values(whole.paths)) {
    for (const operation of Object.values(item)) if (operation.responses) operation.tags ??= ["Operations"];
  }
  return whole;
}

async function show(page) {
  const whole = prepared(await ask(`/openapi/${page.name}.json`));
  prefill(whole, page.credentials);
  addSamples(whole, `${ORIGIN}/_emulator/inbox/${context.world}/api-page`);
  document.title = `${page.title} API - voicebot-emulator`;
  const ui = window.SwaggerUIBundle({
    spec: whole,
    dom_id: "#reference",
    plugins: [plugin(whole, page)],
    deepLinking: true,
    filter: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    displayRequestDuration: true,
    showExtensions: true,
    tryItOutEnabled: true,
    requestSnippetsEnabled: true,
    requestSnippets: { defaultExpanded: true },
    requestInterceptor: (request) => {
      if (page.name === CONTROL && token()) request.headers["X-Emulator-Token"] = token();
      return request;
    },
    onComplete: () => authorize(ui, whole.components?.securitySchemes, page.headers),
  });
}

/** The world that is asked for; null if there is none of this name. */
const worldOf = (name) => ask(`/worlds/${encodeURIComponent(name)}`, { of: "default" }).catch((error) => {
  if (error.status === 404) return null;
  throw error;
});

/** The names of the worlds that were used last; none with the token of one world. */
const namesOfWorlds = async () => (await ask("/worlds?sort=activity", { of: "default" }).catch((error) => {
  if (error.status === 403) return [];
  throw error;
})).map((each) => each.name);

async function start() {
  takeToken();
  const { name, world } = asked();
  context.world = world;
  const [platforms, here, names] = await Promise.all([ask("/platforms"), worldOf(world), namesOfWorlds()]);
  const credentials = here?.credentials ?? {};
  const pages = platforms.map((each) => ({ ...each, credentials: credentials[each.name] ?? {} }));
  pages.push({ name: CONTROL, title: "Control API", headers: headers(), credentials: {} });
  const page = pages.find((each) => each.name === name) ?? pages[0];
  drawHeader(pages, here && !names.includes(world) ? [world, ...names] : names, page.name);
  await show(page);
}

start().catch((error) => {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = error.text || error.message;
  document.getElementById("reference").replaceChildren(message);
});
