// Addresses: /_emulator/ui/{world}/{screen}/{id}?filters

import { BASE, context } from "./api.js";

const ROOT = `${BASE}/_emulator/ui`;
let onRoute = () => {};

/** The address of a screen of the present world. */
export function href(screen, id, filters) {
  return addressOf(context.world, screen, id, filters);
}

export function addressOf(world, screen, id, filters) {
  const parts = [world, screen, id].filter((each) => each !== undefined && each !== null && each !== "");
  const given = Object.entries(filters || {}).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = given.length ? `?${new URLSearchParams(given)}` : "";
  return `${ROOT}/${parts.map(encodeURIComponent).join("/")}${query}`;
}

/** The present address, in its parts. */
export function present() {
  const [world = "", screen = "", ...rest] = location.pathname
    .slice(ROOT.length)
    .split("/")
    .filter(Boolean)
    .map(decoded);
  return { world, screen, id: rest.join("/"), filters: Object.fromEntries(new URLSearchParams(location.search)) };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function go(address, { replace = false, quiet = false } = {}) {
  if (replace) history.replaceState({}, "", address);
  else if (address !== location.pathname + location.search) history.pushState({}, "", address);
  if (!quiet) onRoute({ back: false });
}

export function start(route) {
  onRoute = route;
  addEventListener("popstate", () => onRoute({ back: true }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
    const to = link.getAttribute("href");
    if (!to.startsWith(ROOT)) return;
    event.preventDefault();
    go(to);
  });
  onRoute({ back: false });
}
