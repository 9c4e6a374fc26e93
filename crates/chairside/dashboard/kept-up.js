// @ts-check
// An answer of the service that is kept up: asked for anew when what it depends on is another, and
// some time after a failure. One that was overtaken by a later question counts for nothing. No DOM
// and no clock.

/** After a failure it is asked again so much later, milliseconds. */
const RETRY_MS = 5_000;

/**
 * @template Answer
 * @typedef {object} Question
 * @property {() => Promise<Answer>} ask
 * @property {(answer: Answer) => void} answered
 * @property {(error: unknown) => void} failed
 */

/** @template Answer */
export class KeptUp {
  #key = "";
  #count = 0;
  #again_at = Infinity;

  /** What is on its way is wanted no more, and the next question is put in any case. */
  forget() {
    this.#key = "";
    this.#count += 1;
    this.#again_at = Infinity;
  }

  /**
   * Puts the question if it is due.
   * @param {string} key what the answer depends on
   * @param {number} now page time
   * @param {Question<Answer>} question
   */
  follow(key, now, question) {
    if (key === this.#key && now < this.#again_at) return;
    this.#key = key;
    this.#again_at = Infinity;
    this.#count += 1;
    void this.#put(question, this.#count, now);
  }

  /**
   * @param {Question<Answer>} question
   * @param {number} count which question it is
   * @param {number} now
   */
  async #put({ ask, answered, failed }, count, now) {
    try {
      const answer = await ask();
      if (count === this.#count) answered(answer);
    } catch (error) {
      if (count !== this.#count) return;
      this.#again_at = now + RETRY_MS;
      failed(error);
    }
  }
}
