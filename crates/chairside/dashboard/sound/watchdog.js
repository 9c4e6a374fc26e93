// @ts-check
// Whether the page still answers, as its worker sees it. No DOM and no clock.

/** A page that does not answer for this long hangs, milliseconds. */
export const ANSWERS_MAX_MS = 5_000;

/** The worker looks this often, milliseconds; the page schedules its sound at each look. */
export const LOOK_MS = 250;

/** Looks that are further apart: the machine slept, and the page could not answer either. */
const SLEPT_MS = 2_000;

export class Watchdog {
  #answered;
  #looked;
  #told = false;

  /** @param {number} now */
  constructor(now) {
    this.#answered = now;
    this.#looked = now;
  }

  /** @param {number} now */
  answer(now) {
    this.#answered = now;
    this.#told = false;
  }

  /**
   * Tells whether it is to be said now that the page hangs; once each time.
   * @param {number} now
   */
  look(now) {
    if (now - this.#looked > SLEPT_MS) this.#answered = now;
    this.#looked = now;
    if (this.#told || now - this.#answered < ANSWERS_MAX_MS) return false;
    this.#told = true;
    return true;
  }
}
