// @ts-check
// Who this browser takes to be at the station, for as long as they act. No DOM and no clock; what is
// kept, is kept by the store that is handed in.

/** Without an act for so long it may be somebody else, milliseconds: the automatic logoff of 45 CFR 164.312. Views and sound go on. */
export const IDLE_MS = 10 * 60_000;

/** An act from further in the future is not believed: the clock was set, milliseconds. */
const AHEAD_MS = 300_000;

const KEPT_AS = "chairside.person";

/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */

export class Person {
  #store;
  /** For browsers that keep nothing: good until the page is left. @type {string | null} */
  #unkept = null;

  /** @param {Store | null} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * Somebody has said who they are, or has done something.
   * @param {string} id
   * @param {number} wall_ms
   */
  acts(id, wall_ms) {
    this.#unkept = JSON.stringify({ id, at: wall_ms });
    try {
      this.#store?.setItem(KEPT_AS, this.#unkept);
    } catch {
      // Some private windows refuse; `#unkept` serves.
    }
  }

  /**
   * Returns the id of whoever it was, or null when that was too long ago.
   * @param {number} wall_ms
   * @returns {string | null}
   */
  at(wall_ms) {
    try {
      const { id, at } = JSON.parse(this.#kept() ?? "null") ?? {};
      const age_ms = wall_ms - at;
      return typeof id === "string" && age_ms > -AHEAD_MS && age_ms < IDLE_MS ? id : null;
    } catch {
      // Of an earlier version, without a time: nobody knows since when.
      return null;
    }
  }

  #kept() {
    try {
      return this.#store?.getItem(KEPT_AS) ?? this.#unkept;
    } catch {
      return this.#unkept;
    }
  }
}
