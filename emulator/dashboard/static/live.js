// The stream of summaries of the world, sent whenever it has changed.

import { BASE, context, headers } from "./api.js";

export const live = { state: null, status: "connecting", messages: 0 };
const followers = new Set();
let aborter = null;
let lastId = "";
let drawn = false;

/** Call a function when the world has changed, at most once a frame; returns a function that stops this. */
export function follow(follower) {
  followers.add(follower);
  return () => followers.delete(follower);
}

function notify() {
  if (drawn) return;
  drawn = true;
  const draw = () => {
    drawn = false;
    for (const follower of [...followers]) follower();
  };
  if (document.hidden) setTimeout(draw, 500);
  else requestAnimationFrame(draw);
}

function setStatus(status) {
  if (live.status === status) return;
  live.status = status;
  if (status === "gone") live.state = null;
  notify();
}

/** Listen to the present world, and reconnect after every failure. */
export async function listen() {
  aborter?.abort();
  const mine = (aborter = new AbortController());
  live.state = null;
  lastId = "";
  let wait = 500;
  setStatus("connecting");
  while (!mine.signal.aborted) {
    try {
      await read(mine.signal, () => { wait = 500; });
      setStatus("offline");
    } catch (error) {
      if (mine.signal.aborted) return;
      setStatus(error.gone ? "gone" : "offline");
    }
    if (mine.signal.aborted) return;
    await new Promise((done) => { setTimeout(done, wait); });
    wait = Math.min(wait * 2, 8000);
  }
}

async function read(signal, received) {
  const more = lastId ? { "Last-Event-ID": lastId } : {};
  const response = await fetch(`${BASE}/_emulator/events`, { headers: headers(more), signal, cache: "no-store" });
  if (!response.ok || !response.body) {
    if (response.status === 401) context.onToken?.();
    throw Object.assign(new Error(`answered ${response.status}`), { gone: [404, 410].includes(response.status) });
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const whole = text.split("\n\n");
    text = whole.pop();
    if (whole.length) received();
    for (const message of whole) take(message);
  }
}

function take(message) {
  let data = "";
  for (const line of message.split("\n")) {
    if (line.startsWith("id: ")) lastId = line.slice(4);
    if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (!data) return;
  live.state = { ...JSON.parse(data), heard: performance.now() };
  live.messages += 1;
  setStatus("live");
  notify();
}

/** Run a task whenever the world changes, one at a time, at most once in `every` milliseconds. */
export function refreshing(task, every = 300) {
  let running = false;
  let again = false;
  let timer = null;
  let stopped = false;
  let last = 0;
  async function run() {
    timer = null;
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    last = performance.now();
    try {
      await task();
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error.message);
    }
    running = false;
    document.dispatchEvent(new Event("screen-drawn"));
    if (again) {
      again = false;
      soon();
    }
  }
  function soon() {
    if (timer === null && !stopped) timer = setTimeout(run, Math.max(0, last + every - performance.now()));
  }
  let seen = live.state;
  const stop = follow(() => {
    if (live.state !== seen) {
      seen = live.state;
      soon();
    }
  });
  return { now: run, soon, stop: () => { stopped = true; stop(); clearTimeout(timer); } };
}
