// The recording of a call: both sides as waveforms on one time axis, played in place.

import { media } from "./api.js";
import { attempt } from "./dialog.js";
import { h, show } from "./h.js";
import { button } from "./ui.js";

const WIDTH = 960;
const LANE = 56;
const AXIS = 20;
const COLUMNS = 480;
const MAX_TICKS = 12;
const SIDES = ["Person", "Bot"];

/** A recording that is fetched when it is asked for: { node, stop }; `path` is under /_emulator. */
export function recordingOf(path) {
  const node = h("div", { class: "recording", "data-keep": true });
  let url = "";
  const load = async () => {
    const blob = await attempt(() => media(`${path}?channels=dual`));
    if (!blob) return;
    url = URL.createObjectURL(blob);
    const audio = h("audio", { controls: true, src: url, "aria-label": "Recording of the call" });
    show(node, audio, drawn(read(await blob.arrayBuffer()), audio));
    node.querySelector("audio").play().catch(() => {}); // a browser may forbid it
  };
  show(node, button("Play the recording", load));
  return { node, stop: () => url && URL.revokeObjectURL(url) };
}

/** The rate of a WAV file and the peaks of both channels, for each column the largest sample. */
export function read(buffer) {
  const view = new DataView(buffer);
  const rate = view.getUint32(24, true);
  let at = 12;
  while (view.getUint32(at, false) !== 0x64617461) at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2);
  const frames = view.getUint32(at + 4, true) / 4;
  const peaks = [new Array(COLUMNS).fill(0), new Array(COLUMNS).fill(0)];
  for (let frame = 0; frame < frames; frame += 1) {
    const column = Math.floor(frame / frames * COLUMNS);
    for (const side of [0, 1]) {
      const level = Math.abs(view.getInt16(at + 8 + frame * 4 + side * 2, true)) / 32768;
      if (level > peaks[side][column]) peaks[side][column] = level;
    }
  }
  return { seconds: frames / rate, peaks };
}

function drawn({ seconds, peaks }, audio) {
  const height = SIDES.length * LANE + AXIS;
  const head = h("line", { class: "head", x1: 0, y1: 0, x2: 0, y2: height - AXIS });
  const place = () => {
    const x = seconds ? audio.currentTime / seconds * WIDTH : 0;
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
  };
  audio.ontimeupdate = place;
  audio.onseeking = place;
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    audio.currentTime = (event.clientX - box.left) / box.width * seconds;
  };
  const lanes = SIDES.map((side, index) => [
    h("path", { class: side.toLowerCase(), d: wave(peaks[index], index * LANE + LANE / 2) }),
    h("text", { x: 4, y: index * LANE + 14 }, side)]);
  return h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Waveforms" },
    h("svg", { class: "waves", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": `The person above, the bot below, ${seconds.toFixed(1)} seconds`, on: { click: seek } },
      lanes, axis(seconds, height), head));
}

function wave(peaks, middle) {
  const step = WIDTH / COLUMNS;
  return peaks.map((level, index) => {
    const half = Math.max(.5, level * (LANE / 2 - 2));
    return `M${(index * step).toFixed(1)} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
  }).join("");
}

function axis(seconds, height) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((each) => seconds / each <= MAX_TICKS) || 1800;
  const ticks = [];
  for (let at = step; at < seconds; at += step) ticks.push(h("text", { class: "at", x: at / seconds * WIDTH, y: height - 5, "text-anchor": "middle" }, `${at} s`));
  return ticks;
}
