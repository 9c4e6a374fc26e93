// @ts-check
// The words of the page in the language that was chosen. The English text is its own key.

import { keep, recall } from "./kept.js";

/** @typedef {Readonly<Record<string, string>>} Catalogue */

/**
 * The languages that there are, by their code, and where their words come from: a page loads those
 * that it speaks. English needs none.
 */
export const LANGUAGES = /** @type {const} */ ({
  en: { name: "English", words: async () => ({}) },
  de: { name: "Deutsch", words: async () => (await import("./languages/de.js")).GERMAN },
});

/** @typedef {keyof typeof LANGUAGES} Language */

const KEPT_AS = "chairside.language";

/** @type {Language} */
let current = "en";

/** @type {Catalogue} */
let catalogue = {};

/** What puts the service's English into the page's language; English needs none. @type {typeof import("./languages/service.js") | null} */
let service = null;

/** Returns the language of the page. */
export function language() {
  return current;
}

/**
 * Tells whether there is such a language.
 * @param {string | null | undefined} code
 * @returns {code is Language}
 */
function is_language(code) {
  return Object.hasOwn(LANGUAGES, code ?? "");
}

/**
 * Speaks another language from now on, and English where its words do not come.
 * @param {Language} code
 */
export async function speak(code) {
  try {
    const words = LANGUAGES[code].words();
    service = code === "en" ? null : await import("./languages/service.js");
    catalogue = await words;
    current = code;
  } catch {
    catalogue = {};
    service = null;
    current = "en";
  }
}

/** Returns what puts the service's English into the page's language; null on an English page. */
export function of_service() {
  return service;
}

/**
 * Returns the language that this browser was told to use here, or else the first of its own that
 * there is.
 * @param {readonly string[]} own the browser's, what it likes best first
 * @returns {Language}
 */
export function wanted_language(own) {
  const kept = recall(KEPT_AS);
  if (is_language(kept)) return kept;
  return own.map((tag) => tag.split("-")[0]).find(is_language) ?? "en";
}

/** @param {string} code */
export function keep_language(code) {
  // Where nothing is kept: the browser's own language after a reload.
  keep(KEPT_AS, code);
}

/**
 * Returns a text of the page in its language, with its blanks `{name}` filled.
 * @param {string} english
 * @param {Readonly<Record<string, string | number>>} [blanks]
 */
export function t(english, blanks = {}) {
  const text = catalogue[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (blank, name) => (name in blanks ? String(blanks[name]) : blank));
}

/**
 * Marks a table whose texts are English and are put into the page's language where they are used.
 * @template {Record<string, string>} T
 * @param {T} table
 * @returns {T}
 */
export function in_english(table) {
  return table;
}

/** What of the document is words besides its text. */
const WORDED = ["aria-label", "title", "placeholder"];

/**
 * Puts the words that stand in the document itself into the page's language.
 * @param {Element} root
 */
export function translate(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = node.nodeValue ?? "";
    const words = text.trim();
    if (words !== "") node.nodeValue = text.replace(words, () => t(words));
  }
  for (const name of WORDED) {
    for (const one of root.querySelectorAll(`[${name}]`)) one.setAttribute(name, t(one.getAttribute(name) ?? ""));
  }
  for (const one of root.querySelectorAll("option[value]")) one.setAttribute("value", t(one.getAttribute("value") ?? ""));
}
