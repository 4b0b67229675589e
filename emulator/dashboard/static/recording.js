// The recording of a call: both sides as waveforms on one time axis, played in place.

import { ask, media } from "./api.js";
import { attempt } from "./dialog.js";
import * as format from "./format.js";
import { h } from "./h.js";
import { axis, HEIGHT, LANE, lanes, SIDES, WIDTH } from "./soundaxis.js";
import { button } from "./ui.js";

const COLUMNS = 480;
const LABELS = 42;
const TURN = 8;

const SPEAKERS = ["person", "bot"];

/** A recording with who speaks when, and its waves once it is played; `path` is under /_emulator. */
export function recordingOf(path) {
  const node = h("div", { class: "recording", "data-keep": true });
  const begin = async () => {
    const { seconds, turns } = await ask(`${path}/turns`);
    const over = () => turns.map((turn) => h("rect", {
      class: turn.speaker, x: turn.from / seconds * WIDTH, width: Math.max(1, (turn.until - turn.from) / seconds * WIDTH),
      y: (SPEAKERS.indexOf(turn.speaker) + 1) * LANE - TURN, height: TURN,
    }, h("title", {}, format.plain(turn.text))));
    const label = `Who speaks when: the person above, the bot below, ${seconds.toFixed(1)} seconds`;
    node.replaceChildren(recordingOn(`${path}?channels=dual`, { seconds, sides: [null, null], over, label, labels: 0 }));
  };
  const stop = () => URL.revokeObjectURL(node.querySelector("audio")?.src ?? "");
  return { node, begin, stop };
}

/** What is known of a sound, and its recording, if any: fetched and drawn when it is asked for. */
export function recordingOn(path, { seconds, sides, over, label, labels = over ? LABELS : 0 }) {
  const node = h("div", { class: "recording" });
  const load = async () => {
    const blob = await attempt(() => media(path));
    if (!blob) return;
    const audio = player(URL.createObjectURL(blob));
    const { peaks, seconds: recorded } = read(await blob.arrayBuffer());
    node.replaceChildren(audio, drawn({ seconds, sides: waves(peaks, recorded / seconds), over, label, labels }, audio));
    audio.play().catch(() => {}); // a browser may forbid it
  };
  node.append(...(path ? [button("Play the recording", load)] : []), drawn({ seconds, sides, over, label, labels }));
  return node;
}

function player(url) {
  return h("audio", { controls: true, src: url, "aria-label": "Recording of the call" });
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

/** A drawing of both sides; with a player it has a play head, and a click seeks. */
function drawn({ seconds, sides, over, label, labels }, audio) {
  const height = HEIGHT + labels;
  const head = h("line", { class: "head", x1: 0, y1: 0, x2: 0, y2: SIDES.length * LANE });
  const place = () => {
    const x = seconds ? audio.currentTime / seconds * WIDTH : 0;
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
  };
  const seek = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    audio.currentTime = (event.clientX - box.left) / box.width * seconds;
  };
  if (audio) {
    audio.ontimeupdate = place;
    audio.onseeking = place;
  }
  return h("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Waveforms" },
    h("svg", { class: "waves", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": label, on: audio ? { click: seek } : {} },
      lanes(sides), axis(seconds, height), over?.(seconds), audio ? head : null));
}

/** The waveforms of both sides, which take so much of the width. */
function waves(peaks, part = 1) {
  return SIDES.map((side, index) => h("path", { class: side.toLowerCase(), d: wave(peaks[index], index * LANE + LANE / 2, part) }));
}

function wave(peaks, middle, part) {
  const step = WIDTH / COLUMNS * part;
  return peaks.map((level, index) => {
    const half = Math.max(.5, level * (LANE / 2 - 2));
    return `M${(index * step).toFixed(1)} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
  }).join("");
}
