"use strict";
// before anything is drawn, so that a dark page never flashes white
(() => {
  try {
    const { theme } = JSON.parse(localStorage.getItem("voicebot-emulator") || "{}");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // what was kept cannot be read: as the system has it
  }
})();
