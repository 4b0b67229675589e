// Two sides of sound on one time axis, as an SVG drawing is made of it.

import { h } from "./h.js";

export const WIDTH = 960;
export const LANE = 56;
export const AXIS = 20;
export const SIDES = ["Person", "Bot"];
export const HEIGHT = SIDES.length * LANE + AXIS;
const MAX_TICKS = 12;

/** What is drawn of each side, with its name. */
export function lanes(drawn) {
  return SIDES.map((side, index) => [drawn[index], h("text", { x: 4, y: index * LANE + 14 }, side)]);
}

/** The times below a drawing of this height. */
export function axis(seconds, height) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((each) => seconds / each <= MAX_TICKS) || 1800;
  const ticks = [];
  for (let at = step; at < seconds; at += step) ticks.push(h("text", { class: "at", x: at / seconds * WIDTH, y: height - 5, "text-anchor": "middle" }, `${at} s`));
  return ticks;
}
