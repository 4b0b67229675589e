// Keeps the focus where it was when a screen is made again, as after a filter was chosen by keyboard.

/** What tells a control apart from others: its label, or what it says. */
function nameOf(control) {
  const label = control.closest("label")?.querySelector("span")?.textContent;
  const name = control.getAttribute("aria-label") || control.name || control.title || label || control.textContent;
  return `${control.tagName} ${name}`;
}

/** Remember the control that has the focus in a part of the page; returns a function that puts it back, or null. */
export function heldFocus(part) {
  const held = document.activeElement;
  if (!held || held === part || !part.contains(held)) return null;
  const name = nameOf(held);
  return () => {
    if (document.activeElement !== document.body) return;
    const found = [...part.querySelectorAll("a[href], button, input, select, summary, textarea")].find((each) => nameOf(each) === name);
    found?.focus();
    if (found?.type === "search") found.setSelectionRange(found.value.length, found.value.length);
  };
}
