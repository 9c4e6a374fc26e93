// @ts-check
// The views of the page: one is open, and the address says which. A view's modules are loaded when
// it is opened for the first time; the station's are there from the start.

import { hide, set_attribute } from "./dom.js";
import { route_of } from "./routes.js";

/**
 * One way to look at the clinic.
 * @typedef {object} View
 * @property {HTMLElement} root
 * @property {(argument: string) => void} [open] it is shown from now on
 * @property {() => void} [close] it is not shown any more
 * @property {(now: number, only_heard?: boolean) => void} refresh brings its words and numbers up to date; of the beds that something was heard of since, if no more is asked for
 * @property {(now: number) => void} [draw] draws its curves
 * @property {number} [frame_ms] how often its curves are worth drawing, if not in each frame
 * @property {() => void} [recolour] the colours of the page are others now
 * @property {() => boolean} [leave] closes what is open within it, and tells whether anything was
 */

/** @typedef {import("./routes.js").ViewName} ViewName */
/** @typedef {Record<ViewName, () => View | Promise<View>>} Makers */

export class Views {
  #makers;
  #failed;
  #opened;
  /** @type {Map<ViewName, View>} */
  #made = new Map();
  /** @type {View | null} */
  #open = null;
  /** @type {ViewName | null} */
  #name = null;
  #argument = "";

  /**
   * @param {Makers} makers
   * @param {(error: unknown) => void} failed a view could not be loaded
   * @param {() => void} opened one is open, and shows what it showed last
   */
  constructor(makers, failed, opened) {
    this.#makers = makers;
    this.#failed = failed;
    this.#opened = opened;
  }

  /**
   * Opens the view that an address names.
   * @param {string} hash
   */
  async go(hash) {
    const { view, argument } = route_of(hash);
    if (view === this.#name && argument === this.#argument) return;
    this.#close();
    this.#name = view;
    this.#argument = argument;
    set_attribute(document.body, "data-view", view);
    try {
      const made = this.#made.get(view) ?? (await this.#makers[view]());
      // It may have been another that somebody wanted meanwhile.
      if (view !== this.#name || argument !== this.#argument) return;
      this.#made.set(view, made);
      this.#open = made;
      hide(made.root, null);
      made.open?.(argument);
    } catch (error) {
      if (view === this.#name && argument === this.#argument) this.#name = null;
      this.#failed(error);
      return;
    }
    // Before it is painted.
    this.#opened();
  }

  /** The name of the view that is wanted. */
  get name() {
    return this.#name ?? "station";
  }

  /**
   * @param {number} now
   * @param {boolean} [only_heard] no other bed has changed
   */
  refresh(now, only_heard) {
    this.#open?.refresh(now, only_heard);
  }

  /** @param {number} now */
  draw(now) {
    this.#open?.draw?.(now);
  }

  /** How often curves are drawn, milliseconds; 0 is in each frame. */
  get frame_ms() {
    return this.#open?.frame_ms ?? 0;
  }

  recolour() {
    for (const view of this.#made.values()) view.recolour?.();
  }

  /** Closes what is open within the view, and tells whether anything was. */
  leave() {
    return this.#open?.leave?.() ?? false;
  }

  #close() {
    const before = this.#open;
    if (!before) return;
    this.#open = null;
    before.close?.();
    hide(before.root, true);
  }
}
