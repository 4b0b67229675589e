// Requests as commands to paste.

import { ORIGIN, context, token } from "./api.js";

/** What a client adds by itself. */
export const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"]);

function quoted(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

/** The headers of a request without those that a client adds by itself. */
export function sentHeaders(exchange) {
  return exchange.headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
}

export function curl(exchange, origin) {
  const lines = [`curl -X ${exchange.method.replace(/[^A-Z]/g, "")} ${quoted(origin + exchange.target)}`];
  for (const [name, value] of sentHeaders(exchange)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (exchange.body) lines.push(`--data-raw ${quoted(exchange.body)}`);
  return lines.join(" \\\n  ");
}

/** Return a command for the control API about the world that is shown; $TOKEN is for the reader to fill in. */
export function pasted(path, { method, body } = {}) {
  const parts = ["curl", method && `-X ${method}`, ORIGIN + path, `-H ${quoted(`X-Emulator-World: ${context.world}`)}`];
  if (token()) parts.push('-H "X-Emulator-Token: $TOKEN"');
  if (body) parts.push(`-d ${quoted(JSON.stringify(body))}`);
  return parts.filter(Boolean).join(" ");
}
