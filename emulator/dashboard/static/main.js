// Starts the dashboard: puts the screens into the frame.

import { BASE, ask, context, headers, setToken, takeToken } from "./api.js";
import { heldFocus } from "./focus.js";
import { drawFrame, frame } from "./frame.js";
import { h, show } from "./h.js";
import { startKeys } from "./keys.js";
import { closeMenus } from "./listbar.js";
import { follow, listen, live } from "./live.js";
import { count } from "./format.js";
import { loadPlatforms } from "./platforms.js";
import { applyTheme, onPrefs } from "./prefs.js";
import { addressOf, go, href, present, start } from "./router.js";
import { screenNamed } from "./screens.js";
import { empty } from "./ui.js";

let screen = null;
let entered = 0;
let shown = "";
/** Puts the focus back once the screen is there. */
let refocus = null;

async function route({ back }) {
  const mine = (entered += 1);
  const place = present();
  const makeScreen = await found(place);
  if (mine !== entered) return;
  if (!place.world || makeScreen === null) {
    go(addressOf(place.world || "default", place.world ? "calls" : "start"), { replace: true });
    return;
  }
  const moved = context.world !== place.world || live.messages === 0;
  context.world = place.world;
  refocus = shown === place.screen ? heldFocus(frame.main) ?? refocus : null;
  shown = place.screen;
  screen?.leave?.();
  screen = makeScreen({ ...place, back, again: () => route({ back: false }) });
  show(frame.main, h("div", { class: `screen ${place.screen}`, "data-key": `${mine}` }, screen.node));
  drawFrame(place);
  title();
  if (moved) listen();
  if (!back) frame.main.scrollTop = 0;
  try {
    await screen.enter?.();
    if (mine === entered) {
      refocus?.();
      refocus = null;
    }
  } catch (error) {
    if (mine === entered) show(frame.main, empty("This screen cannot be shown", error.text || error.message));
  }
  title();
}

/** The function that makes the screen of an address; null if there is no such screen. */
async function found(place) {
  try {
    await loadPlatforms(place.world);
    return await screenNamed(place.screen);
  } catch (error) {
    return () => ({ title: () => "Error", node: empty("This screen cannot be shown", error.text || error.message) });
  }
}

function title() {
  if (!screen) return;
  const number = screen.count?.();
  const counted = number === undefined || number === null ? "" : ` (${count(number)})`;
  document.title = `${screen.title()}${counted} \u00b7 ${context.world} \u00b7 voicebot-emulator`;
}

function askForToken() {
  if (document.querySelector("dialog.token")) return;
  const field = h("input", { type: "password", name: "token", required: true, autocomplete: "current-password" });
  const wrong = h("p", { class: "bad", role: "alert" });
  const dialog = h("dialog", { class: "token", "aria-label": "Token" },
    h("h2", {}, "Token"),
    h("p", {}, "This emulator was started with --token. Enter that token."),
    h("form", {
      class: "form",
      on: {
        submit: async (event) => {
          event.preventDefault();
          setToken(field.value);
          const response = await fetch(`${BASE}/_emulator/clock`, { headers: headers() });
          if (response.status === 401) {
            wrong.textContent = "Wrong token.";
            return;
          }
          dialog.remove();
          listen();
          route({ back: false });
        },
      },
    }, h("label", { class: "field" }, h("span", {}, "Token"), field), h("button", { class: "button primary" }, "Continue"), wrong));
  document.body.append(dialog);
  dialog.showModal();
}

function up() {
  const place = present();
  if (place.id) go(href(place.screen));
}

takeToken();
applyTheme();
context.onToken = askForToken;
document.body.append(frame.node);
onPrefs(() => route({ back: true }));
const FRAME_PAUSE = 200;
let framed = -Infinity;
let waiting = null;

/** Draw the frame after a change of the world, but not as often as a busy world changes. */
function drawSoon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    framed = performance.now();
    drawFrame(present());
    title();
  }, Math.max(0, framed + FRAME_PAUSE - performance.now()));
}

follow(drawSoon);
document.addEventListener("screen-drawn", title);
closeMenus();
startKeys({ screen: () => screen, search: () => frame.search(), up, to: (name) => go(href(name)) });
start(route);
window.emulator = { live, ask, screen: () => screen };
