// @ts-check
// What stands in the head of a bed beside its name: whose it is now, what is quiet there, and what a
// device says.

import { element, QuietMark, set_attribute, set_text } from "./dom.js";

export class Head {
  #profile = element("span", "profile");
  #sound;
  #quiet;
  #device_text = element("p", "device-text");
  roots;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed something quiet is to end */
  constructor(pressed) {
    this.#sound = new QuietMark(pressed);
    this.#quiet = new QuietMark(pressed);
    this.roots = [this.#profile, this.#sound.root, this.#quiet.root, this.#device_text];
  }

  /**
   * @param {import("./present.js").TileView} view
   * @param {string} profile what stands there of the session and the profile
   */
  update({ session, sound, quiet, device_text }, profile) {
    set_text(this.#profile, profile);
    set_attribute(this.#profile, "data-session", session !== "");
    this.#sound.update(sound);
    this.#quiet.update(quiet);
    set_text(this.#device_text, device_text);
  }
}
