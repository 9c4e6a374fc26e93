// @ts-check
// What people have made quiet, of every bed, in the list of all alarms; a press ends it.

import { button, element, hide, keep_only, set_attribute, set_text } from "./dom.js";
import { t } from "./language.js";
import { sound_at, suspended_mark } from "./quiet.js";

/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./quiet.js").Quiet} Quiet */

/**
 * Returns everything that is quiet: the alarms that are paused and the rules that are off, and the
 * sound of beds at this station.
 * @param {Iterable<BedState>} beds
 * @param {readonly import("./wire.js").Person[]} staff
 * @param {string} station
 * @param {number} now
 * @returns {{key: string, bed: BedState, quiet: Quiet}[]}
 */
export function made_quiet(beds, staff, station, now) {
  const all = [];
  for (const bed of beds) {
    for (const one of bed.suspended) {
      all.push({ key: `${bed.bed}/${one.id}`, bed, quiet: suspended_mark(one, staff, now) });
    }
    const sound = sound_at(bed, staff, station, now);
    if (sound) all.push({ key: `${bed.bed}/`, bed, quiet: sound });
  }
  return all;
}

export class MadeQuiet {
  #root;
  #end;
  /** @type {Map<string, {root: HTMLElement, words: HTMLElement, end: HTMLElement, now: {bed: BedState, quiet: Quiet}}>} */
  #rows = new Map();
  #none = element("li", {}, t("nothing"));

  /**
   * @param {HTMLElement} root
   * @param {(bed: BedState, quiet: Quiet) => void} end
   */
  constructor(root, end) {
    this.#root = root;
    this.#end = end;
    root.append(this.#none);
  }

  /** @param {ReturnType<typeof made_quiet>} all */
  update(all) {
    keep_only(this.#rows, all.map(({ key }) => key));
    for (const { key, bed, quiet } of all) {
      const row = this.#row(key, { bed, quiet });
      const words = `${bed.name}: ${quiet.words}`;
      set_text(row.words, words);
      set_attribute(row.end, "aria-label", t("End it: {what}", { what: words }));
    }
    hide(this.#none, all.length > 0);
  }

  /**
   * A row stays as long as what it stands for: what is pressed is what was read.
   * @param {string} key
   * @param {{bed: BedState, quiet: Quiet}} now
   */
  #row(key, now) {
    const known = this.#rows.get(key);
    if (known) {
      known.now = now;
      return known;
    }
    const words = element("span");
    const end = button(t("End it"), "end", () => this.#end(made.now.bed, made.now.quiet));
    const made = { root: element("li", {}, words, end), words, end, now };
    this.#rows.set(key, made);
    this.#root.append(made.root);
    return made;
  }
}
