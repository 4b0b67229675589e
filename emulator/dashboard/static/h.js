// Create elements, and update a tree on the page to match another. Text is only set as text.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "line", "rect", "circle", "text", "polygon", "title", "tspan"]);
const SAFE = /^(?:\/|#|\?|https?:\/\/)/i;

/** Create an element. `on` has its listeners, `style` what the style sheet cannot know. */
export function h(tag, props, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") listen(element, value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "href" && !SAFE.test(value)) continue;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

function listen(element, listeners) {
  element.listeners = listeners;
  for (const [type, listener] of Object.entries(listeners)) element[`on${type}`] = listener;
}

function add(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(element, child);
    else element.append(child instanceof Node ? standIn(child) : String(child));
  }
}

/**
 * What stands for an element on the page that updates itself, while the tree around it is built: to
 * move the element would take the focus from it.
 */
function standIn(child) {
  if (child.nodeType !== Node.ELEMENT_NODE || !child.isConnected || !child.hasAttribute("data-keep")) return child;
  const stand = child.cloneNode(false);
  stand.original = child;
  return stand;
}

/** Put back what stands for others in a tree that comes onto the page. */
function settled(node) {
  if (node.original) return node.original;
  if (node.nodeType !== Node.ELEMENT_NODE) return node;
  for (const each of node.querySelectorAll("[data-keep]")) if (each.original) each.replaceWith(each.original);
  return node;
}

/** Replace the children of an element, changing only what differs. */
export function show(element, ...children) {
  const next = element.cloneNode(false);
  add(next, children);
  matchChildren(element, next);
}

function match(old, next) {
  if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName || keyOf(old) !== keyOf(next)) {
    old.replaceWith(settled(next));
    return;
  }
  if (next.original) {
    if (next.original !== old) old.replaceWith(next.original);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  if (old.hasAttribute("data-keep")) return; // it updates itself
  matchAttributes(old, next);
  for (const type of Object.keys(old.listeners || {})) old[`on${type}`] = null;
  listen(old, next.listeners || {});
  matchChildren(old, next);
}

function matchAttributes(old, next) {
  for (const { name } of [...old.attributes]) {
    const mine = name === "style" || (name === "open" && old.nodeName === "DETAILS");
    if (!mine && !next.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if ((old.hasAttribute("style") || next.hasAttribute("style")) && old.style.cssText !== next.style.cssText) old.style.cssText = next.style.cssText;
}

function matchChildren(old, next) {
  const wanted = [...next.childNodes];
  wanted.forEach((child, index) => {
    const there = old.childNodes[index];
    const key = keyOf(child);
    if (there && key !== null && keyOf(there) !== key) {
      const elsewhere = [...old.childNodes].slice(index).find((each) => keyOf(each) === key);
      if (elsewhere) old.insertBefore(elsewhere, there);
      else old.insertBefore(settled(child), there);
    }
    const now = old.childNodes[index];
    if (!now) old.append(settled(child));
    else if (now !== child) match(now, child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}
