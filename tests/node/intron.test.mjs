// A client of Intron's in another language: what `exec` sets is all it knows of the emulator.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

const { INTRON_BASE_URL, INTRON_API_KEY } = process.env;

async function intron(method, path, body) {
  const response = await fetch(`${INTRON_BASE_URL}/voicebot/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${INTRON_API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return (await response.json()).data;
}

async function receiver(t) {
  const taken = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    taken.push(JSON.parse(Buffer.concat(chunks).toString()));
    // an integrator's handler asks the vendor before it answers
    await intron("GET", `/workflows`);
    response.end();
    server.emit("taken");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { taken, server, url: `http://127.0.0.1:${server.address().port}/done` };
}

function reminder(fields) {
  const body = { name: "Reminder", workflow_type: "ROBOCALL", message: "Hello [name]", ...fields };
  return intron("POST", "/workflows", body);
}

function place(workflow, ...numbers) {
  return intron("POST", "/robocall/call", {
    workflow_id: workflow.id,
    workflow_params: numbers.map((phone_number) => ({
      phone_number,
      workflow_variables: { name: "Ada" },
    })),
  });
}

test("a batch's callback arrives, and time passes without anybody asking", async (t) => {
  const { taken, server, url } = await receiver(t);
  const workflow = await reminder({ call_back_url: url });
  const arrived = once(server, "taken");

  const batch = await place(workflow, "+2348055599010", "+2348055599011");
  await arrived;

  assert.equal(taken.length, 1);
  assert.equal(taken[0].request_id, batch.batch_id);
  assert.deepEqual(
    taken[0].request_calls.map((call) => call.status),
    ["COMPLETED", "TIMEOUT"],
  );
});

test("who polls sees calls end", async () => {
  const workflow = await reminder({});
  await place(workflow, "+2348055599010");

  let status;
  for (let asked = 0; asked < 1000 && status !== "COMPLETED"; asked += 1) {
    const { items } = await intron("GET", `/workflows/${workflow.id}/calls`);
    status = items[0].status;
  }

  assert.equal(status, "COMPLETED");
});
