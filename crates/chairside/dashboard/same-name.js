// @ts-check
// Whether another display calls itself as this station does: a pause of the sound that is made at
// one holds at both. Windows of one browser are one station, and tell each other that they are there.

import { ask } from "./ask.js";

/** The service is asked this often, milliseconds. */
const AGAIN_MS = 10_000;

/** What a display said counts for so long (docs/websocket.md, *display*), milliseconds. */
const HOLDS_MS = 6_000;

/** A window of this browser that has not answered for so long has gone, milliseconds. */
const GONE_MS = 25_000;

/**
 * What `GET /api/v1/displays` says of a display (docs/http.md), as far as it is looked at here.
 * @typedef {object} Display
 * @property {string} station
 * @property {number} said_ms_ago
 */

/**
 * Returns how many displays go by a name.
 * @param {readonly Display[]} displays
 * @param {string} name
 */
export function named_so(displays, name) {
  return displays.filter(({ station, said_ms_ago }) => station === name && said_ms_ago <= HOLDS_MS).length;
}

/**
 * Tells whether a display goes by that name already.
 * @param {string} name
 */
export async function is_taken(name) {
  return named_so((await ask("/api/v1/displays")).displays, name) > 0;
}

/** Counts the looks at which there were more displays of a name than windows of this browser. */
export class Clash {
  /** When each other window of this browser answered last, by its page. @type {Map<string, number>} */
  #windows = new Map();
  #looks = 0;

  /**
   * Another window of this browser is there.
   * @param {string} page
   * @param {number} now
   */
  is_here(page, now) {
    this.#windows.set(page, now);
  }

  /**
   * @param {readonly Display[]} displays
   * @param {string} station
   * @param {number} now
   */
  look(displays, station, now) {
    const own = [...this.#windows.values()].filter((at) => now - at <= GONE_MS).length + 1;
    this.#looks = named_so(displays, station) > own ? this.#looks + 1 : 0;
  }

  /** Nothing is known. */
  forget() {
    this.#looks = 0;
  }

  /** At two looks: a connection that has just ended is still told of at one. */
  get is_there() {
    return this.#looks >= 2;
  }
}

export class SameName {
  #page;
  #station;
  #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("chairside.windows");
  #clash = new Clash();
  #asked_at = 0;

  /**
   * @param {string} page names this page among all that are open
   * @param {string} station
   */
  constructor(page, station) {
    this.#page = page;
    this.#station = station;
    this.#channel?.addEventListener("message", ({ data }) => {
      this.#clash.is_here(data.page, performance.now());
      if (data.asks) this.#channel?.postMessage({ page, asks: false });
    });
  }

  /**
   * Tells whether another display goes by this name, and looks from time to time.
   * @param {boolean} is_live whether the service can be asked
   * @param {number} now
   */
  follow(is_live, now) {
    if (!is_live) this.#clash.forget();
    else if (now - this.#asked_at >= AGAIN_MS) void this.#look(now);
    return this.#clash.is_there;
  }

  /** @param {number} now */
  async #look(now) {
    this.#asked_at = now;
    this.#channel?.postMessage({ page: this.#page, asks: true });
    try {
      const { displays } = await ask("/api/v1/displays");
      this.#clash.look(displays, this.#station, performance.now());
    } catch {
      this.#clash.forget();
    }
  }
}
