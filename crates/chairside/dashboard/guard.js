// @ts-check
// What goes wrong in the page itself. One part that fails must not take the others with it, and
// nobody may take a page that stands still for one that is well. No DOM and no clock.

export class Guard {
  #tell;
  #has_told = false;

  /** @param {(error: unknown) => void} tell says that the page has failed; called once */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * Does the parts of the page's work one after the other, each whatever became of the others.
   * @param {...(() => void)} parts
   * @returns {boolean} whether all of it was done
   */
  run(...parts) {
    let well = true;
    for (const part of parts) {
      try {
        part();
      } catch (error) {
        well = false;
        this.failed(error);
      }
    }
    return well;
  }

  /** @param {unknown} error */
  failed(error) {
    if (this.#has_told) return;
    this.#has_told = true;
    this.#tell(error);
  }
}
