// @ts-check
// The page on a wall, opened with `?kiosk`: the screen stays bright, and what prevents that is said.

import { in_english, t } from "./language.js";

/**
 * @typedef {"none" | "asking" | "held" | "insecure" | "unknown" | "refused"} Lock
 */

/**
 * Tells whether an address asks for the kiosk mode.
 * @param {string} search the address from `?` on
 */
export function wants_kiosk(search) {
  return new URLSearchParams(search).has("kiosk");
}

/** Why the screen may go dark. @type {Record<string, string>} */
const DARK = in_english({
  insecure: "THE SCREEN MAY GO DARK – only a page over https or of this machine can keep it bright",
  unknown: "THE SCREEN MAY GO DARK – this browser cannot keep it bright",
  refused: "THE SCREEN MAY GO DARK – the browser refuses to keep it bright: {why}",
});

/**
 * Says why the screen may go dark; nothing while it cannot, or while that is not known yet.
 * @param {Lock} lock
 * @param {string} why
 */
export function lock_words(lock, why) {
  return lock in DARK ? t(DARK[lock], { why }) : "";
}

export class Kiosk {
  wanted;
  /** @type {Lock} */
  #lock = "none";
  #why = "";
  #changed;

  /**
   * @param {boolean} wanted
   * @param {() => void} changed
   */
  constructor(wanted, changed) {
    this.wanted = wanted;
    this.#changed = changed;
    if (!wanted) return;
    // The browser takes the lock back whenever the page is hidden.
    document.addEventListener("visibilitychange", () => void this.#ask());
    document.addEventListener("fullscreenchange", changed);
    addEventListener("resize", changed);
    void this.#ask();
  }

  /** The page does not fill the screen although it should. */
  get wants_full_screen() {
    if (!this.wanted || document.fullscreenElement !== null) return false;
    return globalThis.innerHeight < globalThis.screen.height;
  }

  /** What stands across the page. */
  banners() {
    const words = lock_words(this.#lock, this.#why);
    return words ? [words] : [];
  }

  /** A press: only that may fill the screen. */
  async fill_screen() {
    try {
      await document.documentElement.requestFullscreen();
    } catch {
      // It stays as it is, and the button with it.
    }
  }

  async #ask() {
    if (document.visibilityState !== "visible" || this.#lock === "held" || this.#lock === "asking") return;
    if (!globalThis.isSecureContext) return this.#is("insecure");
    if (!("wakeLock" in navigator)) return this.#is("unknown");
    this.#is("asking");
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => {
        this.#is("none");
        // Taken back while somebody may look: an empty battery does that.
        void this.#ask();
      });
      this.#is("held");
    } catch (error) {
      this.#is("refused", error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * @param {Lock} lock
   * @param {string} why
   */
  #is(lock, why = "") {
    this.#lock = lock;
    this.#why = why;
    this.#changed();
  }
}
