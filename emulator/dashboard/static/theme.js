"use strict";
// runs before anything is drawn, so that a dark page does not flash white
(() => {
  try {
    const { theme } = JSON.parse(localStorage.getItem("voicebot-emulator") || "{}");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // the settings cannot be read: use the theme of the system
  }
})();
