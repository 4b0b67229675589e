// A request of the history as a program to paste, in the languages that users of APIs write.

import { curl, sentHeaders } from "./curl.js";

function python(exchange, origin) {
  const lines = ["import httpx", "", "response = httpx.request(", `    ${JSON.stringify(exchange.method)},`, `    ${JSON.stringify(origin + exchange.target)},`];
  const headers = sentHeaders(exchange);
  if (headers.length) lines.push("    headers=[", ...headers.map(([name, value]) => `        (${JSON.stringify(name)}, ${JSON.stringify(value)}),`), "    ],");
  if (exchange.body) lines.push(`    content=${JSON.stringify(exchange.body)},`);
  return [...lines, ")", "print(response.status_code, response.text)"].join("\n");
}

function node(exchange, origin) {
  const lines = [`const response = await fetch(${JSON.stringify(origin + exchange.target)}, {`, `  method: ${JSON.stringify(exchange.method)},`];
  const headers = sentHeaders(exchange);
  if (headers.length) lines.push("  headers: [", ...headers.map((each) => `    ${JSON.stringify(each)},`), "  ],");
  if (exchange.body) lines.push(`  body: ${JSON.stringify(exchange.body)},`);
  return [...lines, "});", "console.log(response.status, await response.text());"].join("\n");
}

/** [{ name, code }] of a request. */
export function snippetsOf(exchange, origin) {
  return [
    { name: "curl", code: curl(exchange, origin) },
    { name: "Python", code: python(exchange, origin) },
    { name: "Node", code: node(exchange, origin) },
  ];
}
