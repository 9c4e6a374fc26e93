// @ts-check
// The numbers of a bed, each with its limits, its source and its mark.

import { crossed_triangle, element, hide, QuietMark, set_attribute, set_mark, set_text, wrench } from "./dom.js";
import { t } from "./language.js";

/** @typedef {import("./present.js").TileView} TileView */
/** @typedef {import("./present.js").Cell} Cell */

/** The cells that are as narrow as their number. */
const NARROW = new Set(["rr", "etco2", "temperature"]);

class CellView {
  #label = element("span", "label");
  #source = element("span", "source");
  #mark = element("span", "mark");
  value = element("span", "value");
  note = element("span", "note");
  #high = element("span", { class: "limit", "data-side": "high" });
  #low = element("span", { class: "limit", "data-side": "low" });
  #limits = element("span", "limits");
  #quiet;
  body;
  root;

  /**
   * @param {string} name
   * @param {(quiet: import("./quiet.js").Quiet) => void} pressed
   */
  constructor(name, pressed) {
    this.#quiet = new QuietMark(pressed);
    const head = element("div", "cell-head", this.#label, this.#source, wrench(), this.#mark);
    this.#limits.append(this.#high, this.#low);
    const unwatched = element("span", "unwatched", crossed_triangle(), t("not watched"));
    this.body = element("div", "cell-body", this.value, this.#limits, unwatched);
    this.root = element("div", { class: "cell", "data-cell": name }, head, this.body, this.note);
    // A narrow cell has no room for it beside its name: there it is a line of its own.
    if (NARROW.has(name)) head.after(this.#quiet.root);
    else this.#source.after(this.#quiet.root);
  }

  /** @param {Cell | null} cell */
  update(cell) {
    hide(this.root, !cell);
    if (!cell) return;
    set_mark(this.root, cell.mark);
    set_attribute(this.root, "data-state", cell.state);
    set_attribute(this.root, "data-questionable", cell.questionable);
    set_text(this.#label, cell.label);
    set_text(this.#source, cell.source);
    set_text(this.#mark, cell.mark?.text);
    set_text(this.value, cell.text);
    set_text(this.note, cell.note);
    this.#quiet.update(cell.quiet);
    show_limit(this.#high, cell.high, cell.high_changed, cell.high_off);
    show_limit(this.#low, cell.low, cell.low_changed, cell.low_off);
    set_attribute(this.#limits, "title", cell.defaults || null);
    set_attribute(this.root, "data-unguarded", cell.unguarded);
  }
}

/**
 * @param {Element} target
 * @param {string} text
 * @param {boolean} changed
 * @param {boolean} off
 */
function show_limit(target, text, changed, off) {
  set_text(target, text);
  set_attribute(target, "data-changed", changed);
  set_attribute(target, "data-off", off && t("off"));
}

/** The cuff's cell: two pressures, the mean, how old they are and when the next come. */
class CuffView extends CellView {
  #mean = element("span", "mean");
  #next = element("span", "next");

  /**
   * @param {string} name
   * @param {(quiet: import("./quiet.js").Quiet) => void} pressed
   */
  constructor(name, pressed) {
    super(name, pressed);
    this.value.after(this.#mean);
    this.body.append(element("div", "times", this.note, this.#next));
  }

  /** @param {TileView["nibp"]} cell */
  update(cell) {
    super.update(cell);
    set_attribute(this.root, "data-failed", cell?.failed);
    set_attribute(this.root, "data-due", cell?.due);
    set_text(this.#mean, cell?.mean);
    set_text(this.#next, cell?.next);
  }
}

const LARGE = /** @type {const} */ (["spo2", "rate"]);
const SMALL = /** @type {const} */ (["rr", "etco2", "temperature"]);

/** Every number that a bed may have: first the large ones. */
export class Numbers {
  #nibp;
  #cells;
  large;
  small;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed something quiet is to end */
  constructor(pressed) {
    this.#nibp = new CuffView("nibp", pressed);
    this.#cells = [...LARGE, ...SMALL].map((name) => ({ name, cell: new CellView(name, pressed) }));
    const roots = this.#cells.map(({ cell }) => cell.root);
    this.large = element("div", "large", ...roots.splice(0, LARGE.length));
    this.small = element("div", "small", this.#nibp.root, ...roots);
  }

  /**
   * Puts something beside the cuff's pressures.
   * @param {Node} buttons
   */
  beside_pressures(buttons) {
    this.#nibp.root.append(buttons);
  }

  /** @param {TileView} view */
  update(view) {
    this.#nibp.update(view.nibp);
    for (const { name, cell } of this.#cells) cell.update(view[name]);
  }
}
