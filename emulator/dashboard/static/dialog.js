// Dialogs that ask for confirmation, and short messages.

import { h } from "./h.js";

/** Ask for confirmation, and name what is affected; resolves to true or false. */
export function confirm(title, text, action) {
  return new Promise((done) => {
    const dialog = open(title, [
      h("p", {}, text),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", autofocus: true, on: { click: () => dialog.close("no") } }, "Cancel"),
        h("button", { type: "button", class: "button danger", "data-name": "confirm", on: { click: () => dialog.close("yes") } }, action)),
    ]);
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"));
  });
}

/** Open a dialog, which is removed when it is closed. */
export function open(title, children) {
  const dialog = h("dialog", { "aria-label": title }, h("h2", {}, title), children);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close("no"); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

let region = null;

/** Show a message for some seconds. */
export function toast(text, tone = "good") {
  if (!region?.isConnected) {
    region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  const note = h("div", { class: `toast ${tone}` }, text);
  region.append(note);
  while (region.children.length > 4) region.firstChild.remove();
  setTimeout(() => note.remove(), tone === "bad" ? 9000 : 4500);
}

/** Run a task; show the error and return null if it fails. */
export async function attempt(task) {
  try {
    return await task();
  } catch (error) {
    toast(error.text || error.message, "bad");
    return null;
  }
}
