// @ts-check
// A question or a text beside the alarms and the numbers, never over them, and not for long.

/** Without a touch for this long it closes, milliseconds. */
export const UNTOUCHED_MS = 30_000;

/** What of the document a panel needs; a test gives its own. */
/** @typedef {Pick<HTMLElement, "addEventListener">} Root */

export class Panel {
  #root;
  #show;
  #hide;
  #open = false;
  #touched_at = -Infinity;
  #wants_clock = false;
  /** Called when it has closed. */
  closed = () => {};

  #untouched_ms;

  /**
   * @param {Root} root
   * @param {() => void} show
   * @param {() => void} hide
   * @param {number} [untouched_ms] after so long without a touch it closes
   */
  constructor(root, show, hide, untouched_ms = UNTOUCHED_MS) {
    this.#untouched_ms = untouched_ms;
    this.#root = root;
    this.#show = show;
    this.#hide = hide;
    for (const name of ["pointerdown", "pointermove", "keydown", "focusin", "wheel"]) {
      this.#root.addEventListener(name, () => this.touch(), { passive: true });
    }
  }

  get is_open() {
    return this.#open;
  }

  open() {
    this.touch();
    if (this.#open) return;
    this.#open = true;
    this.#show();
  }

  close() {
    if (!this.#open) return;
    this.#open = false;
    this.#hide();
    this.closed();
  }

  /** Somebody is at it: the time runs anew from the next `follow`. */
  touch() {
    this.#wants_clock = true;
  }

  /**
   * Closes it if a high alarm is new, or if nobody has touched it for long.
   * @param {number} now page time, milliseconds
   * @param {boolean} new_high
   */
  follow(now, new_high) {
    if (this.#wants_clock) {
      this.#wants_clock = false;
      this.#touched_at = now;
    }
    if (new_high || now - this.#touched_at >= this.#untouched_ms) this.close();
  }
}
