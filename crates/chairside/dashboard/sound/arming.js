// @ts-check
// Whether anybody can hear this station: the output, and the word of a person who heard it. No DOM
// and no clock; what is kept, is kept by the store that is handed in.

/** A person's word holds this long, milliseconds: a shift. */
export const VALID_MS = 12 * 3_600_000;

/** A word from further in the future is not believed: the clock was set, milliseconds. */
const AHEAD_MS = 300_000;

const KEPT_AS = "chairside.sound";

/** @typedef {"running" | "suspended" | "muted" | "unconfirmed"} SoundState what the service is told */
/** @typedef {{by: string, at: number}} Confirmed who heard the test tones, and when, milliseconds since 1970 */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

export class Arming {
  #store;
  /** @type {Confirmed | null} */
  #confirmed;

  /** @param {Store | null} store */
  constructor(store) {
    this.#store = store;
    this.#confirmed = kept(store);
  }

  /**
   * Somebody says that they heard it.
   * @param {string} by
   * @param {number} wall_ms
   */
  confirm(by, wall_ms) {
    this.#confirmed = { by, at: wall_ms };
    this.#keep(JSON.stringify(this.#confirmed));
  }

  /** Somebody says that they did not. */
  deny() {
    this.#confirmed = null;
    this.#keep(null);
  }

  /**
   * Returns who heard it, as long as that holds.
   * @param {number} wall_ms
   */
  confirmed(wall_ms) {
    const age_ms = wall_ms - (this.#confirmed?.at ?? NaN);
    return age_ms > -AHEAD_MS && age_ms < VALID_MS ? this.#confirmed : null;
  }

  /**
   * Returns whether anybody ever did: then it has expired.
   * @param {number} wall_ms
   */
  expired(wall_ms) {
    return this.#confirmed !== null && this.confirmed(wall_ms) === null;
  }

  /** @param {string | null} text */
  #keep(text) {
    try {
      if (text === null) this.#store?.removeItem(KEPT_AS);
      else this.#store?.setItem(KEPT_AS, text);
    } catch {
      // A private window keeps nothing: it holds until the next reload.
    }
  }
}

/**
 * @param {Store | null} store
 * @returns {Confirmed | null}
 */
function kept(store) {
  try {
    const { by, at } = JSON.parse(store?.getItem(KEPT_AS) ?? "null") ?? {};
    return typeof by === "string" && Number.isFinite(at) ? { by, at } : null;
  } catch {
    return null;
  }
}

/**
 * Returns what may be said of this station's sound: nothing is taken for heard that is not proved.
 * @param {{running: boolean, silent: boolean, confirmed: Confirmed | null}} known
 * @returns {SoundState}
 */
export function sound_state({ running, silent, confirmed }) {
  if (silent) return "muted";
  if (!running) return "suspended";
  return confirmed === null ? "unconfirmed" : "running";
}
