// @ts-check
// What was sent and not answered. Pressed again as it stands it goes out as the same request, which
// the service does not do twice: a dose that was taken before the answer was lost is one dose. No DOM
// and no clock.

/** @typedef {import("./body.js").Body} Body */

/** Longer than this after it was first sent, the same words are another act, milliseconds. */
export const SAME_MS = 120_000;

export class Unanswered {
  /** @type {WeakMap<object, {said: string, body: Body, at_ms: number}>} */
  #sent = new WeakMap();

  /**
   * Returns what goes out for a form: what went out before, if that was not answered and says the same.
   * @param {object} form
   * @param {string} said who says what
   * @param {Body} made what it is as a request of its own
   * @param {number} now_ms
   */
  body(form, said, made, now_ms) {
    const before = this.#sent.get(form);
    const is_same = before !== undefined && before.said === said && now_ms - before.at_ms < SAME_MS;
    const sent = is_same ? before : { said, body: made, at_ms: now_ms };
    this.#sent.set(form, sent);
    return sent.body;
  }

  /**
   * Takes that it was answered. Who only clears the form may be about to type the same again.
   * @param {object} form
   */
  settled(form) {
    this.#sent.delete(form);
  }
}
