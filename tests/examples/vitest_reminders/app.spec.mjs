// vitest runs files in parallel: each test has a world of its own, with its own calls and clock.
import { expect, test } from "vitest";

import { remind } from "./app.mjs";

const { connect } = await import(/* @vite-ignore */ process.env.VOICEBOT_EMULATOR_CLIENT);
const emulator = connect();

function intron(world) {
  return {
    baseUrl: world.baseUrls.intron,
    apiKey: world.credentials.intron.api_key,
    callbackUrl: world.inbox("reminders").url,
  };
}

test("a batch is reported once, when all of its calls have ended", emulator.test({ seed: 7 }, async (world) => {
  const batch = await remind(intron(world), "+2348055599010", "+2348055599011");
  expect(await world.inbox("reminders").messages()).toEqual([]);

  await world.advance();

  const [{ json: report }] = await world.inbox("reminders").wait();
  expect(report.request_id).toBe(batch.batch_id);
  expect(report.request_calls.map((call) => call.status)).toEqual(["COMPLETED", "TIMEOUT"]);
}));

test("an endpoint that fails is tried again", emulator.test({ seed: 7 }, async (world) => {
  await world.inbox("reminders").answer(500, 200);
  await remind(intron(world), "+2348055599012");

  await world.advance();

  const [callback] = await world.callbacks();
  expect(callback.attempts.map((attempt) => attempt.status)).toEqual([500, 200]);
  expect((await world.explain(callback)).text).toContain("attempt 2");
}));

test("one call can end in two ways", emulator.test({ seed: 7 }, async (world) => {
  await remind(intron(world), "+2348055599010");
  const placed = await world.snapshot();
  await world.advance();
  expect((await world.calls())[0].status).toBe("completed");

  await world.restore(placed);
  await world.fault("outage");
  await world.advance();
  expect((await world.calls())[0].status).toBe("failed");
}));
