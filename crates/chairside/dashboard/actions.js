// @ts-check
// What a person wants, on its way to the service, and what became of it. No DOM and no clock.

import { refusal_words } from "./evidence.js";
import { t } from "./language.js";

/** Without an answer for this long nobody can say what became of an action, milliseconds. */
const ANSWER_MAX_MS = 5_000;

/** The same where a device has to answer first, which takes 8 s at most, after 2 s for the record. */
export const DEVICE_ANSWER_MAX_MS = 12_000;

/**
 * What is acted on.
 * @typedef {object} Subject
 * @property {string} key names it on this page: an episode, or anything else
 * @property {string} bed
 * @property {string} what in words, for the person: "Room 1, SpO₂ low"
 * @property {string} not_done in words: "not acknowledged"
 * @property {string} [done] in words: "92 → 90 %"; absent where the page shows it anyhow
 * @property {(why: string) => void} [refused] is told why it was not done
 * @property {number} [within_ms] how long its answer may take
 */

export class Actions {
  #page;
  #station;
  #count = 0;
  /** @type {Map<string, Subject & {within_ms: number, sent_at: number}>} */
  #pending = new Map();

  /**
   * @param {string} page names this page among all that are open
   * @param {string} station names this station, also after a reload
   */
  constructor(page, station = page) {
    this.#page = page;
    this.#station = station;
  }

  /**
   * Makes a message that has something done, and waits for its answer from now on.
   * @param {string} type
   * @param {Subject} subject
   * @param {Record<string, unknown>} fields
   * @param {string | undefined} by nobody, of what the patient does
   * @param {number} now
   */
  make(type, subject, fields, by, now) {
    this.#count += 1;
    const request = `${this.#page}-${this.#count}`;
    this.#pending.set(request, { within_ms: ANSWER_MAX_MS, ...subject, sent_at: now });
    return { type, bed: subject.bed, ...fields, request, by, station: this.#station };
  }

  /** Returns what is acted on and not answered yet. */
  sending() {
    return new Set([...this.#pending.values()].map((pending) => pending.key));
  }

  /**
   * Takes an answer and returns what the person must be told of it, if anything.
   * @param {import("./wire.js").Result} result
   * @returns {string | null}
   */
  answered(result) {
    const pending = this.#pending.get(result.request);
    if (!pending) return null;
    this.#pending.delete(result.request);
    if (!result.ok) {
      const why = result.error ? refusal_words(result.error) : t("no reason given");
      pending.refused?.(why);
      return `${pending.what}: ${pending.not_done} – ${why}`;
    }
    const words = [pending.done, result.warning && refusal_words(result.warning)].filter(Boolean).join(" – ");
    return words ? `${pending.what}: ${words}` : null;
  }

  /**
   * Gives up what was not answered in time, and returns what the person must be told.
   * @param {number} now
   * @returns {string | null}
   */
  overdue(now) {
    for (const [request, pending] of this.#pending) {
      if (now - pending.sent_at < pending.within_ms) continue;
      this.#pending.delete(request);
      return t("{what}: no answer from the service – look whether it was done", { what: pending.what });
    }
    return null;
  }
}
