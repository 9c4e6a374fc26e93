// @ts-check
// The few things that every view does with the document. Text only ever goes in as text.

/**
 * Makes an element.
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Makes a button.
 * @param {string} label
 * @param {string} css
 * @param {() => void} pressed
 */
export function button(label, css, pressed) {
  const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: css }, label));
  made.addEventListener("click", pressed);
  return made;
}

/**
 * Finds an element that the page is known to have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function by_id(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Sets the text of an element that holds nothing else, if it is another one.
 * @param {Element} target
 * @param {string} text
 */
export function set_text(target, text) {
  const child = target.firstChild;
  if (child === null) {
    if (text !== "") target.append(text);
  } else if (child.nodeValue !== text) {
    child.nodeValue = text;
  }
}

/**
 * Sets an attribute if it is another one; null takes it away.
 * @param {Element} target
 * @param {string} name
 * @param {string | null} value
 */
export function set_attribute(target, name, value) {
  if (value === null) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
  } else if (target.getAttribute(name) !== value) {
    target.setAttribute(name, value);
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** Makes the wrench that marks a technical alarm. */
export function wrench() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "wrench");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M16 2a6 6 0 0 0-5.6 8.1L2 18.5 5.5 22l8.4-8.4A6 6 0 0 0 22 8l-4 2-3-3 2-4z");
  svg.append(path);
  return svg;
}

/** Makes the crossed triangle that marks a number without limits: nothing watches it. */
export function crossed_triangle() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "crossed");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M12 4 22 21H2zM3 3l18 19M21 3 3 22");
  svg.append(path);
  return svg;
}

/**
 * Shows on an element how an alarm is drawn.
 * @param {Element} target
 * @param {import("./present.js").Mark | null} mark
 */
export function set_mark(target, mark) {
  set_attribute(target, "data-priority", mark ? mark.priority : null);
  set_attribute(target, "data-look", mark ? mark.look : null);
  set_attribute(target, "data-technical", mark?.technical ? "" : null);
}
