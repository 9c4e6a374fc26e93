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
    set_text(this.#mark, cell.mark?.text ?? "");
    set_text(this.value, cell.text);
    set_text(this.note, cell.note);
    this.#quiet.update(cell.quiet);
    set_text(this.#high, cell.high);
    set_text(this.#low, cell.low);
    set_attribute(this.#high, "data-changed", cell.high_changed);
    set_attribute(this.#low, "data-changed", cell.low_changed);
    set_attribute(this.#high, "data-off", cell.high_off);
    set_attribute(this.#low, "data-off", cell.low_off);
    set_attribute(this.#limits, "title", cell.defaults || null);
    set_attribute(this.root, "data-unguarded", cell.unguarded);
  }
}

/** The cuff's cell: two pressures, the mean, how old they are and when the next come. */
class CuffView {
  #cell;
  #mean = element("span", "mean");
  #next = element("span", "next");
  root;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed */
  constructor(pressed) {
    this.#cell = new CellView("nibp", pressed);
    this.root = this.#cell.root;
    this.#cell.value.after(this.#mean);
    const times = element("div", "times", this.#cell.note, this.#next);
    this.#cell.body.append(times);
  }

  /** @param {TileView["nibp"]} cell */
  update(cell) {
    this.#cell.update(cell);
    set_text(this.#mean, cell?.mean ?? "");
    set_text(this.#next, cell?.next ?? "");
  }
}

/** Every number that a bed may have: first the large ones. */
export class Numbers {
  #spo2;
  #rate;
  #nibp;
  #rr;
  #etco2;
  #temperature;
  large;
  small;

  /** @param {(quiet: import("./quiet.js").Quiet) => void} pressed something quiet is to end */
  constructor(pressed) {
    this.#spo2 = new CellView("spo2", pressed);
    this.#rate = new CellView("rate", pressed);
    this.#nibp = new CuffView(pressed);
    this.#rr = new CellView("rr", pressed);
    this.#etco2 = new CellView("etco2", pressed);
    this.#temperature = new CellView("temperature", pressed);
    this.large = element("div", "large", this.#spo2.root, this.#rate.root);
    const small = [this.#nibp, this.#rr, this.#etco2, this.#temperature];
    this.small = element("div", "small", ...small.map(({ root }) => root));
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
    this.#spo2.update(view.spo2);
    this.#rate.update(view.rate);
    this.#nibp.update(view.nibp);
    this.#rr.update(view.rr);
    this.#etco2.update(view.etco2);
    this.#temperature.update(view.temperature);
  }
}
