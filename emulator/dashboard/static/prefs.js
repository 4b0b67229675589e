// Settings of the reader, kept in this browser.

const KEY = "voicebot-emulator";
const FIRST = { theme: "system", zone: "UTC", mask: false };

function read() {
  try {
    return { ...FIRST, ...JSON.parse(localStorage.getItem(KEY) || "{}") };
  } catch {
    return { ...FIRST };
  }
}

export const prefs = read();
const followers = new Set();

export function onPrefs(follower) {
  followers.add(follower);
}

export function setPref(name, value) {
  prefs[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // not kept, but in force until the page is closed
  }
  applyTheme();
  for (const follower of followers) follower();
}

export function applyTheme() {
  if (prefs.theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = prefs.theme;
}
