// What whoever looks has chosen; it stays in this browser.

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
    // not kept, and still in force
  }
  applyTheme();
  for (const follower of followers) follower();
}

export function applyTheme() {
  if (prefs.theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = prefs.theme;
}
