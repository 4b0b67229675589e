// Compiled by the tests, and never run: the types of the client fit how it is used.
import { type Callback, type FaultRule, type World, connect, EmulatorError } from "./client.mjs";

const emulator = connect({ url: "http://127.0.0.1:8080", token: "t" });

export const check = emulator.test({ seed: 7, clock: { mode: "auto" } }, async (world: World, name: string) => {
  const fault = await world.fault("error", { match: { operation: "place_calls" }, status: 429, times: 1 });
  const rule: FaultRule = await fault.rule();
  const { counts } = await world.advance(new Date());
  const callbacks: Callback[] = await world.callbacks({ platform: name, limit: counts.callbacks });
  const [message] = await world.inbox().wait(1, { timeout: 2 });
  await world.restore(await world.snapshot());
  // @ts-expect-error: a status of a callback is one of five
  const wrong: boolean = callbacks[0].status === "ringing";
  const text: string = (await world.explain(callbacks[0])).text + message.body + rule.why_unused;
  return world.telling(() => text.length + Number(wrong));
});

export const problem: unknown = new EmulatorError().problem;
