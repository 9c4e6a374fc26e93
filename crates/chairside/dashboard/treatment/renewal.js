// @ts-check
// When a part of the page is put in anew, and since when nobody has answered. No DOM and no clock.

/** Without an answer for so long the page says so, milliseconds. */
export const LOST_MS = 5_000;

/** A control that has the focus and was not touched for so long is in nobody's hand, milliseconds. */
const IN_HAND_MS = 10_000;

/**
 * How a part of the page is used.
 * @typedef {object} Use
 * @property {boolean} has_focus one of its controls has the focus
 * @property {boolean} is_filled somebody has typed or chosen something that was not sent
 * @property {boolean} is_asking a question stands in it that was not answered
 * @property {number} touched_ms how long ago a key or a finger was last on it
 */

/**
 * Tells whether a part must stay as it is: nobody's words vanish, and nothing changes under a finger.
 * @param {Use} use
 */
export function is_in_use({ has_focus, is_filled, is_asking, touched_ms }) {
  return is_filled || is_asking || (has_focus && touched_ms < IN_HAND_MS);
}

/** Whether the service answers. */
export class Contact {
  #heard_ms;

  /** @param {number} now_ms */
  constructor(now_ms) {
    this.#heard_ms = now_ms;
  }

  /** @param {number} now_ms */
  heard(now_ms) {
    this.#heard_ms = now_ms;
  }

  /** @param {number} now_ms */
  is_lost(now_ms) {
    return now_ms - this.#heard_ms > LOST_MS;
  }
}
