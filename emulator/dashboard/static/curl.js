// Writing a request as a command to paste.

const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"]);

function quoted(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

export function curl(exchange, origin) {
  const lines = [`curl -X ${exchange.method.replace(/[^A-Z]/g, "")} ${quoted(origin + exchange.target)}`];
  for (const [name, value] of exchange.headers) {
    if (!LEFT_OUT.has(name.toLowerCase())) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (exchange.body) lines.push(`--data-raw ${quoted(exchange.body)}`);
  return lines.join(" \\\n  ");
}
