// Chooses light or dark before anything is drawn: as the dashboard's settings or the system say.
"use strict";

(() => {
  let theme = "system";
  try {
    theme = JSON.parse(localStorage.getItem("voicebot-emulator") || "{}").theme || "system";
  } catch {
    // as the system says
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = theme === "dark" || (theme === "system" && system.matches);
    document.documentElement.classList.toggle("dark-mode", dark);
  };
  system.addEventListener("change", apply);
  apply();
})();
