// @ts-check
// The few things that every view does with the document. Text only ever goes in as text.

import { in_english, t } from "./language.js";

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string | Record<string, string>} [given] its class, or all of its attributes
 * @param {...(Node | string)} children
 */
export function element(name, given = {}, ...children) {
  const made = document.createElement(name);
  const attributes = typeof given === "string" ? { class: given } : given;
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
  const made = element("button", { type: "button", class: css }, label);
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
 * Has something done when an element is pressed that the page is known to have.
 * @param {string} id
 * @param {() => void} then
 */
export function on_press(id, then) {
  by_id(id).addEventListener("click", then);
}

/**
 * Gives an element the focus. A page that does not scroll by itself must not be scrolled by that
 * either: it would take the alarms out of sight.
 * @param {HTMLElement | null} target
 */
export function focus_still(target) {
  target?.focus({ preventScroll: !scrolls() });
}

/** Tells whether the page is so narrow that it scrolls. */
export function scrolls() {
  return matchMedia("(max-width: 800px)").matches;
}

/**
 * Sets the text of an element that holds nothing else, if it is another one.
 * @param {Element} target
 * @param {string} [text]
 */
export function set_text(target, text = "") {
  const child = target.firstChild;
  if (child === null) {
    if (text !== "") target.append(text);
  } else if (child.nodeValue !== text) {
    child.nodeValue = text;
  }
}

/**
 * Sets an attribute if it is another one; without a value it is taken away, and true only says that
 * it is there.
 * @param {Element} target
 * @param {string} name
 * @param {string | boolean | null | undefined} value
 */
export function set_attribute(target, name, value) {
  if (!value && value !== "") {
    target.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : value;
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/**
 * Takes an element out of sight, or shows it again.
 * @param {Element} target
 * @param {boolean | null | undefined} away
 */
export function hide(target, away) {
  set_attribute(target, "hidden", away);
}

/**
 * Gives an element so many children, all made alike.
 * @param {Element} target
 * @param {number} count
 * @param {() => Element} make
 */
export function set_count(target, count, make) {
  while (target.children.length > count) target.lastElementChild?.remove();
  while (target.children.length < count) target.append(make());
}

/**
 * Takes what is shown of those that are not there any more off the page.
 * @template {{root: Element, remove?: () => void}} T
 * @param {Map<string, T>} shown by name
 * @param {Iterable<string>} names of those that are there
 */
export function keep_only(shown, names) {
  const kept = new Set(names);
  for (const [name, one] of shown) {
    if (kept.has(name)) continue;
    if (one.remove) one.remove();
    else one.root.remove();
    shown.delete(name);
  }
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes a symbol of lines.
 * @param {string} css
 * @param {...Element} lines
 */
function symbol(css, ...lines) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["class", css], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  svg.append(...lines);
  return svg;
}

/** @param {string} d */
function line(d) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  return path;
}

/** Makes the wrench that marks a technical alarm. */
export function wrench() {
  return symbol("wrench", line("M16 2a6 6 0 0 0-5.6 8.1L2 18.5 5.5 22l8.4-8.4A6 6 0 0 0 22 8l-4 2-3-3 2-4z"));
}

/** A bell and a triangle, and the cross over either. */
const SHAPES = {
  bell: "M6 18v-8a6 6 0 0 1 12 0v8zM3 18h18M10 22h4",
  triangle: "M12 3 23 21H1z",
};

const QUIET_KINDS = in_english({ sound: "sound", alarm: "alarm" });

/** The symbol of each way to be quiet, and its word where there is room: a dashed cross ends by itself, a solid one is off. */
const QUIET = {
  audio_paused: { shape: SHAPES.bell, dashed: true, kind: QUIET_KINDS.sound },
  audio_off: { shape: SHAPES.bell, dashed: false, kind: QUIET_KINDS.sound },
  alarm_paused: { shape: SHAPES.triangle, dashed: true, kind: QUIET_KINDS.alarm },
  rule_off: { shape: SHAPES.triangle, dashed: false, kind: "" },
};

/** A button with the symbol of something quiet; a press ends that. */
export class QuietMark {
  #shape = line("");
  #cross = line("M2 2l20 20M22 2 2 22");
  #kind = element("span", "kind");
  #text = element("span");
  /** @type {import("./quiet.js").Quiet | null} */
  #quiet = null;
  root;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed */
  constructor(pressed) {
    this.#shape.setAttribute("class", "shape");
    this.#cross.setAttribute("class", "cross");
    this.root = button("", "quiet-mark", () => {
      if (this.#quiet) pressed(this.#quiet);
    });
    this.root.append(symbol("crossed", this.#shape, this.#cross), this.#kind, this.#text);
  }

  /** @param {import("./quiet.js").Quiet | null} quiet */
  update(quiet) {
    this.#quiet = quiet;
    hide(this.root, !quiet);
    if (!quiet) return;
    const { shape, dashed, kind } = QUIET[quiet.kind];
    set_attribute(this.root, "data-quiet", quiet.kind);
    set_attribute(this.#shape, "d", shape);
    set_attribute(this.#cross, "stroke-dasharray", dashed && "4.5 3.4");
    const state = quiet.kind.endsWith("paused") ? t("paused") : t("off");
    const of = kind && `${t(kind)} `;
    const text = `${state} ${quiet.text}${quiet.more > 0 ? ` +${quiet.more}` : ""}`;
    set_text(this.#kind, of);
    set_text(this.#text, text);
    const words = t("{what}. Press to end it", { what: quiet.words });
    set_attribute(this.root, "title", words);
    // What is read aloud begins with what is to be seen, so that who speaks to the page can say it.
    set_attribute(this.root, "aria-label", `${of}${text} – ${words}`);
  }
}

/** Makes the crossed triangle that marks a number without limits: nothing watches it. */
export function crossed_triangle() {
  return symbol("crossed", line("M12 4 22 21H2zM3 3l18 19M21 3 3 22"));
}

/**
 * Shows what a bed is called, and with it whether what it shows is nobody's.
 * @param {Element} target
 * @param {string} name
 * @param {boolean | undefined} simulated
 */
export function set_name(target, name, simulated) {
  set_text(target, name);
  set_attribute(target, "data-simulated", simulated && t("SIMULATED"));
}

/**
 * Shows on an element how an alarm is drawn.
 * @param {Element} target
 * @param {import("./present.js").Mark | null} mark
 */
export function set_mark(target, mark) {
  set_attribute(target, "data-priority", mark?.priority);
  set_attribute(target, "data-look", mark?.look);
  set_attribute(target, "data-technical", mark?.technical);
}
