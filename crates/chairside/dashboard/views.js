// @ts-check
// The views of the page: one is open, and the address says which.

import { set_attribute } from "./dom.js";
import { route_of } from "./routes.js";

/**
 * One way to look at the clinic.
 * @typedef {object} View
 * @property {HTMLElement} root
 * @property {(argument: string) => void} open it is shown from now on
 * @property {() => void} close it is not shown any more
 * @property {(now: number) => void} refresh brings its words and numbers up to date
 * @property {(now: number) => void} draw draws its curves
 * @property {() => void} recolour the colours of the page are others now
 */

export class Views {
  #views;
  /** @type {import("./routes.js").ViewName | null} */
  #name = null;
  #argument = "";

  /** @param {Record<import("./routes.js").ViewName, View>} views */
  constructor(views) {
    this.#views = views;
    for (const view of Object.values(views)) set_attribute(view.root, "hidden", "");
  }

  /**
   * Opens the view that an address names.
   * @param {string} hash
   */
  go(hash) {
    const { view, argument } = route_of(hash);
    if (view === this.#name && argument === this.#argument) return;
    const before = this.#open;
    if (before) {
      before.close();
      set_attribute(before.root, "hidden", "");
    }
    this.#name = view;
    this.#argument = argument;
    set_attribute(document.body, "data-view", view);
    set_attribute(this.#views[view].root, "hidden", null);
    this.#views[view].open(argument);
  }

  /** The name of the view that is open. */
  get name() {
    return this.#name ?? "station";
  }

  /** @param {number} now */
  refresh(now) {
    this.#open?.refresh(now);
  }

  /** @param {number} now */
  draw(now) {
    this.#open?.draw(now);
  }

  recolour() {
    for (const view of Object.values(this.#views)) view.recolour();
  }

  get #open() {
    return this.#name === null ? null : this.#views[this.#name];
  }
}
