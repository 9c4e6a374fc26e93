// @ts-check
// What a screen reader is told: not more than one announcement in five seconds, alarms first.

import { t } from "./language.js";

/** At least this long between two announcements, milliseconds. */
export const QUIET_MS = 5_000;

/** So many sentences in one announcement; of the rest only the number. */
const SENTENCES_MAX = 4;

export class Announcer {
  /** @type {{text: string, urgent: boolean}[]} */
  #waiting = [];
  #last = -Infinity;

  /**
   * @param {string} text
   * @param {boolean} urgent
   */
  say(text, urgent) {
    this.#waiting.push({ text, urgent });
  }

  /**
   * Returns what is to be announced now, if anything; urgent sentences come first.
   * @param {number} now page time, milliseconds
   * @returns {{text: string, urgent: boolean} | null}
   */
  due(now) {
    if (this.#waiting.length === 0 || now - this.#last < QUIET_MS) return null;
    this.#last = now;
    const sorted = this.#waiting.sort((a, b) => Number(b.urgent) - Number(a.urgent));
    this.#waiting = [];
    const said = sorted.slice(0, SENTENCES_MAX).map((one) => one.text);
    const rest = sorted.length - said.length;
    if (rest > 0) said.push(t("And {n} more.", { n: rest }));
    return { text: said.join(" "), urgent: sorted[0].urgent };
  }
}
