// Types of client.mjs.

export type Json = any;
export type Scenario = string | Record<string, unknown>;

export interface WorldSettings {
  name?: string;
  seed?: number;
  clock?: { mode?: "frozen" | "live" | "auto"; speed?: number; now?: string };
  auth?: "open" | "strict";
  calls_per_second?: number;
  options?: Record<string, Record<string, unknown>>;
  /** Fork another world, or a snapshot. */
  from?: string;
}

export interface FaultMark {
  id: string;
  kind: string | null;
}

export interface Call {
  id: string;
  platform: string;
  direction: "inbound" | "outbound";
  from: string;
  to: string;
  status: "queued" | "ringing" | "in_progress" | "completed" | "busy" | "no_answer" | "failed" | "canceled";
  outcome: string | null;
  scenario: string;
  keys: string | null;
  workflow_id: string;
  batch_id: string | null;
  created_at: string;
  ended_at: string | null;
  fault?: FaultMark;
  [field: string]: Json;
}

export interface Attempt {
  number: number;
  started_at: string;
  ended_at: string;
  status: number | null;
  error: string | null;
  body: string;
  fault?: FaultMark;
}

export interface Callback {
  id: string;
  platform: string;
  event: string;
  method: string;
  url: string;
  status: "pending" | "delivered" | "failed" | "refused" | "dropped";
  attempts: Attempt[];
  fault?: FaultMark;
  [field: string]: Json;
}

export interface Message {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The decoded body; null if it is not JSON. */
  json: Json;
  body: string;
  received_at: string;
}

export interface FaultMatch {
  platform?: string;
  /** A name that `voicebot-emulator operations` lists; `place_calls` means all that place calls. */
  operation?: string;
  event?: string;
  number?: string;
  workflow_id?: string;
  nth?: number;
  every?: number;
  probability?: number;
}

export interface FaultOptions {
  match?: FaultMatch;
  times?: number;
  starts_in?: number;
  expires_in?: number;
  expires_in_real?: number | null;
  /** The fields of the kind. */
  [field: string]: Json;
}

export interface FaultRule {
  id: string;
  match: FaultMatch;
  effect: { kind: string; [field: string]: Json };
  /** How many requests, calls or callbacks matched. */
  seen: number;
  /** How many of them it was applied to. */
  hits: number;
  /** Why it was never applied; null if it was. */
  why_unused: string | null;
  [field: string]: Json;
}

export interface Advanced {
  now: string;
  counts: { steps: number; events: number; callbacks: number };
  events: Json[];
  callbacks: Callback[];
}

export interface Explanation {
  kind: "call" | "batch" | "callback";
  id: string;
  platform: string;
  status: string;
  steps: { step: string; at: string | null; text: string; [field: string]: Json }[];
  text: string;
}

export interface Snapshot {
  name: string;
  world: string;
  now: string;
  calls: number;
}

export interface ControlOptions {
  body?: Json;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
}

export class EmulatorError extends Error {
  problem: Json;
}

export function connect(options?: { url?: string; token?: string }): Emulator;

export class Emulator {
  readonly url: string;
  readonly token?: string;
  readonly headers: Record<string, string>;
  /** The emulator that has a new world, with the token of this world. */
  ownerOf(made: Json): Promise<Emulator>;
  control(method: string, path: string, options?: ControlOptions): Promise<Json>;
  world(settings?: WorldSettings): Promise<World>;
  test<Given extends unknown[]>(
    settings: WorldSettings,
    body: (world: World, ...given: Given) => unknown,
  ): (...given: Given) => Promise<void>;
}

export class World {
  readonly emulator: Emulator;
  readonly name: string;
  readonly seed: number;
  readonly credentials: Record<string, Record<string, string>>;
  readonly baseUrls: Record<string, string>;
  readonly inboxUrl: string;
  readonly dashboardUrl: string;
  readonly headers: Record<string, string>;
  control(method: string, path: string, options?: ControlOptions): Promise<Json>;
  readAll(path: string, query?: ControlOptions["query"]): Promise<Json[]>;
  now(): Promise<Date>;
  advance(by?: number | Date): Promise<Advanced>;
  placeCalls(platform: string, fields?: Record<string, unknown>): Promise<Json>;
  calls(filters?: ControlOptions["query"]): Promise<Call[]>;
  call(id: string): Promise<Call>;
  callbacks(filters?: ControlOptions["query"]): Promise<Callback[]>;
  behave(scenario: Scenario, match?: Record<string, string | number>): Promise<void>;
  inbox(name?: string): Inbox;
  fault(kind: string, options?: FaultOptions): Promise<Fault>;
  unusedFaults(): Promise<FaultRule[]>;
  snapshot(name?: string): Promise<Snapshot>;
  restore(snapshot: Snapshot | string): Promise<Snapshot>;
  explain(about: string | { id: string }): Promise<Explanation>;
  history(query?: ControlOptions["query"]): Promise<Json[]>;
  story(): Promise<string>;
  telling<Result>(body: () => Result | Promise<Result>): Promise<Result>;
  close(): Promise<null>;
}

export class Inbox {
  readonly world: World;
  readonly name: string;
  readonly url: string;
  messages(): Promise<Message[]>;
  wait(count?: number, options?: { timeout?: number }): Promise<Message[]>;
  answer(...answers: (number | { status?: number; json?: Json; body?: string })[]): Promise<Json>;
  empty(): Promise<null>;
}

export class Fault {
  readonly world: World;
  readonly id: string;
  readonly kind: string;
  rule(): Promise<FaultRule>;
  delete(): Promise<void>;
}
