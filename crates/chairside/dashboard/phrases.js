// @ts-check
// How a text of the service is taken apart into phrases that it is known to make, each put into
// words anew. A text of which any part is not known is not taken apart: nothing is guessed. No DOM.

import { t } from "./language.js";
import { figure, spelled } from "./words.js";

/** A number as the service writes it. */
export const NUMBER = "[−-]?\\d+(?:\\.\\d+)?";

/** @typedef {{shape: RegExp, words: (parts: string[]) => string}} Phrase */

/**
 * @param {string} shape
 * @param {(parts: string[]) => string} words
 * @returns {Phrase}
 */
export function phrase(shape, words) {
  return { shape: new RegExp(`(?:${shape})(?=[.,;: ]|$)`, "y"), words };
}

/**
 * Returns phrases of a table, the longest first: one may begin as another does.
 * @param {Record<string, string>} table
 * @returns {Phrase[]}
 */
export function fixed(table) {
  /** @param {string} text */
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const longest = Object.keys(table).sort((a, b) => b.length - a.length);
  return longest.map((english) => phrase(escaped(english), () => t(table[english])));
}

/** @param {string} text of numbers, units and arrows */
export function numbers(text) {
  return figure(spelled(text));
}

/**
 * Takes a text apart into phrases and puts it together in the page's language.
 * @param {string} text
 * @param {readonly Phrase[]} phrases
 * @returns {string | null} null when a part of it is not known
 */
export function composed(text, phrases) {
  let words = "";
  let at = 0;
  while (at < text.length) {
    let found = false;
    for (const { shape, words: put } of phrases) {
      shape.lastIndex = at;
      const match = shape.exec(text);
      if (!match) continue;
      words += put(match.slice(1));
      at += match[0].length;
      found = true;
      break;
    }
    if (!found) return null;
    const between = /(?:[.,;:] |[.;:]$| |$)/y;
    between.lastIndex = at;
    const separator = between.exec(text);
    if (!separator) return null;
    words += separator[0];
    at += separator[0].length;
  }
  return words;
}
