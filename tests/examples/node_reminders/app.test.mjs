// Reminders of the Node service, from the request to what is recorded.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startClinic } from "./app.mjs";

const { connect } = await import(process.env.VOICEBOT_EMULATOR_CLIENT);
const emulator = connect();

/** Run a test in a world of its own, with a clinic that uses this world instead of Intron. */
function inClinic(body) {
  return emulator.test({ auth: "strict" }, async (world) => {
    const { api_key: apiKey } = world.credentials.intron;
    const clinic = await startClinic({ baseUrl: world.baseUrls.intron, apiKey });
    try {
      await body(clinic, world);
    } finally {
      clinic.stop();
    }
  });
}

test("who confirms is recorded, and who does not answer is called again", inClinic(async (clinic, world) => {
  await clinic.remind("+2348055599001", "+2348055599011");
  assert.equal(clinic.patients.get("+2348055599001"), "reminded");

  await world.advance();

  assert.equal(clinic.patients.get("+2348055599001"), "confirmed");
  assert.equal(clinic.patients.get("+2348055599011"), "call again");
}));

test("a callback that comes twice is recorded once", inClinic(async (clinic, world) => {
  const fault = await world.fault("duplicate", { match: { platform: "intron" }, times: 1 });
  await clinic.remind("+2348055599001");

  await world.advance();

  assert.equal((await fault.rule()).hits, 1);
  assert.deepEqual([...clinic.patients.values()], ["confirmed"]);
}));

test("a request that is refused places no call", inClinic(async (clinic, world) => {
  await world.fault("error", { match: { operation: "place_calls" }, status: 429 });

  await assert.rejects(clinic.remind("+2348055599001"), /Intron answered 429/);

  assert.deepEqual([await world.calls(), await world.unusedFaults()], [[], []]);
}));
