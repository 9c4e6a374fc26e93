// @ts-check
// What a person must be told: it stands on the page for some seconds, and is read out.

import { by_id, hide } from "./dom.js";

/** It stays for so long, milliseconds. */
const STAYS_MS = 12_000;

export class Notice {
  #root = by_id("notice");
  #until = 0;
  #announcer;

  /** @param {import("./announce.js").Announcer} announcer */
  constructor(announcer) {
    this.#announcer = announcer;
  }

  /** @param {string} text */
  say(text) {
    this.#root.hidden = false;
    this.#root.textContent = text;
    this.#until = performance.now() + STAYS_MS;
    this.#announcer.say(text, false);
  }

  /**
   * Takes a text away that is not true any more.
   * @param {string} text
   */
  take_back(text) {
    if (this.#root.textContent === text) this.clear();
  }

  clear() {
    this.#until = 0;
    this.#root.hidden = true;
  }

  /** @param {number} now */
  refresh(now) {
    hide(this.#root, now > this.#until);
  }
}
