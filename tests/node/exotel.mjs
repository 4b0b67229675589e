// Uses the public client of Exotel's Calls API, with its host replaced by the emulator's.
import { createRequire } from "node:module";
import { promisify } from "node:util";

const [address, tools, account, token, exophone, from, to] = process.argv.slice(2);
const load = createRequire(`${tools}/`);
const request = load("request");
const emulator = new URL(address);

for (const method of ["get", "post"]) {
  const send = request[method];
  request[method] = (url, ...rest) => {
    const replaced = new URL(url);
    replaced.protocol = emulator.protocol;
    replaced.host = emulator.host;
    return send(replaced.href, ...rest);
  };
}

const client = load("exotel-node");
client.init(account, token, exophone);
const placed = await promisify(client.connectCall.bind(client))(from, to);
await fetch(new URL("/_emulator/clock/advance", emulator), {
  method: "POST",
  body: JSON.stringify({ until: "idle" }),
});
const shown = await promisify(client.getCallDetails.bind(client))(placed.Sid);
console.log(JSON.stringify({ placed, shown }));
