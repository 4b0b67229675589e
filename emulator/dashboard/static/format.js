// Formats of times, numbers and bodies.

import { prefs } from "./prefs.js";

const formats = new Map();

function formatFor(zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-CA", {
      timeZone: zone === "UTC" ? "UTC" : undefined,
      year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
      timeZoneName: "short",
    }));
  }
  return formats.get(zone);
}

function parts(moment) {
  const found = {};
  for (const { type, value } of formatFor(prefs.zone).formatToParts(moment)) found[type] = value;
  return found;
}

const MAX_KEPT = 500;
const kept = new Map();

/** 2026-01-01 00:00:42 UTC */
export function time(moment) {
  if (!moment) return "";
  const key = `${prefs.zone} ${moment}`;
  if (!kept.has(key)) {
    if (kept.size === MAX_KEPT) kept.clear();
    kept.set(key, timeOf(moment));
  }
  return kept.get(key);
}

function timeOf(moment) {
  const at = parts(new Date(moment));
  return `${at.year}-${at.month}-${at.day} ${at.hour}:${at.minute}:${at.second} ${at.timeZoneName}`;
}

/** 00:00:42.250 UTC; milliseconds only where there are any */
export function clock(moment) {
  if (!moment) return "";
  const date = new Date(moment);
  const at = parts(date);
  const ms = date.getUTCMilliseconds();
  return `${at.hour}:${at.minute}:${at.second}${ms ? `.${String(ms).padStart(3, "0")}` : ""} ${at.timeZoneName}`;
}

export function zone() {
  return parts(new Date(0)).timeZoneName;
}

/** Compare two things by their `at`; times differ in length. */
export function soonest(one, other) {
  return Date.parse(one.at) - Date.parse(other.at);
}

/** Seconds between two times. */
export function between(from, to) {
  return (new Date(to) - new Date(from)) / 1000;
}

/** 1 h 02 min, 3 min 05 s, 42 s, 0.25 s */
export function span(seconds) {
  const sign = seconds < 0 ? "\u2212" : "";
  let left = Math.abs(seconds);
  if (left < 10) return `${sign}${Math.round(left * 100) / 100} s`;
  left = Math.round(left);
  if (left < 60) return `${sign}${left} s`;
  if (left < 3600) return `${sign}${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s`;
  if (left < 172800) return `${sign}${Math.floor(left / 3600)} h ${String(Math.floor((left % 3600) / 60)).padStart(2, "0")} min`;
  return `${sign}${Math.round(left / 86400)} days`;
}

/** The duration of a call so far. */
export function duration(call, now) {
  const until = call.ended_at || (call.status === "queued" ? null : now);
  const since = call.ringing_at || call.created_at;
  return until ? span(Math.max(0, between(since, until))) : "";
}

const numbers = new Intl.NumberFormat("en-GB");

export function count(number) {
  return numbers.format(Number(number));
}

export function counted(number, noun, plural = `${noun}s`) {
  return `${count(number)} ${number === 1 ? noun : plural}`;
}

function hidden(digits) {
  return digits.length < 8 ? digits : `${digits.slice(0, 4)}${"\u2022".repeat(digits.length - 6)}${digits.slice(-2)}`;
}

/** A phone number, masked if that is the setting. */
export function number(text) {
  if (!text) return "";
  return prefs.mask && /^\+?[\d\s()-]{7,20}$/.test(text) ? hidden(text) : text;
}

/** A text, with its phone numbers masked if that is the setting. */
export function plain(text) {
  if (!prefs.mask) return String(text);
  return String(text).replace(/(?:\+|%2B)\d{7,15}/gi, hidden).replace(/(?<=")\d{9,15}(?=")/g, hidden);
}

/** JSON with indents; any other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function words(status) {
  return String(status ?? "").replaceAll("_", " ");
}

/** A scenario: its name, or what a user's own one says, in a few words. */
export function scenario(name) {
  const own = name?.startsWith("own:") ? described(name.slice(4)) : null;
  if (!own) return words(name);
  const seconds = (label, value) => (typeof value === "number" ? `${label} ${value} s` : "");
  const count = (label, list) => (Array.isArray(list) && list.length ? `${list.length} ${label}${list.length === 1 ? "" : "s"}` : "");
  return [
    plain(words(own.behavior)), seconds("rings", own.ring_seconds), seconds("talks", own.talk_seconds), own.keys && `key ${plain(own.keys)}`,
    own.language && `speaks ${plain(own.language)}`, own.voice && `voice ${plain(own.voice)}`,
    count("scripted step", own.script), count("tool", own.tools),
  ].filter(Boolean).join(", ");
}

function described(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

export function short(id) {
  return id && id.length > 13 ? `${id.slice(0, 8)}\u2026` : id || "";
}
