// @ts-check
// What a person wants, on its way to the service, and what became of it. No DOM and no clock.

import { title } from "./alarms.js";

/** Without an answer for this long nobody can say what became of an action, milliseconds. */
const ANSWER_MAX_MS = 5_000;

/**
 * @typedef {object} Pending
 * @property {string} key
 * @property {string} what
 * @property {number} sent_at
 */

export class Actions {
  #page;
  #count = 0;
  /** @type {Map<string, Pending>} */
  #pending = new Map();

  /** @param {string} page names this page among all that are open */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Makes the acknowledgement of the alarm that was read, and waits for its answer from now on.
   * @param {import("./alarms.js").Standing} entry as it was read
   * @param {string} by
   * @param {number} now
   */
  acknowledge(entry, by, now) {
    this.#count += 1;
    const request = `${this.#page}-${this.#count}`;
    const what = `${entry.bed_name}, ${title(entry.alarm.id)}`;
    this.#pending.set(request, { key: entry.key, what, sent_at: now });
    return {
      type: "acknowledge",
      bed: entry.bed,
      occurrence: entry.alarm.occurrence,
      version: entry.version,
      request,
      by,
      station: this.#page,
    };
  }

  /** Returns the alarms whose acknowledgement is on its way. */
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
    if (!result.ok) return `${pending.what}: not acknowledged – ${result.error ?? "no reason given"}`;
    return result.warning === undefined ? null : `${pending.what}: ${result.warning}`;
  }

  /**
   * Gives up what was not answered in time, and returns what the person must be told.
   * @param {number} now
   * @returns {string | null}
   */
  overdue(now) {
    for (const [request, pending] of this.#pending) {
      if (now - pending.sent_at < ANSWER_MAX_MS) continue;
      this.#pending.delete(request);
      return `${pending.what}: no answer from the service – look whether it is acknowledged`;
    }
    return null;
  }
}
