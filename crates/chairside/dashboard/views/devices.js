// @ts-check
// Every device of the clinic: its port, which bed it belongs to, whether it is read, and how good
// its line is.

import { ask, why_not } from "../ask.js";
import { by_id, element, set_attribute, set_text } from "../dom.js";
import { t } from "../language.js";
import { line_row } from "../lines.js";

/** The service is asked this often while somebody looks, milliseconds. */
const AGAIN_MS = 2_000;

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class DevicesView {
  root = by_id("devices");
  #model;
  #rows = by_id("devices-rows");
  #problem = by_id("devices-problem");
  /** @type {import("../lines.js").Line[]} */
  #lines = [];
  #asked_at = Number.NEGATIVE_INFINITY;

  /** @param {import("../model.js").Model} model */
  constructor(model) {
    this.#model = model;
  }

  open() {
    this.#lines = [];
    this.#asked_at = Number.NEGATIVE_INFINITY;
    set_text(this.#problem, "");
  }

  close() {}

  /** @param {number} now */
  refresh(now) {
    if (now - this.#asked_at >= AGAIN_MS) {
      this.#asked_at = now;
      void this.#ask();
    }
    const now_ms = this.#model.clock.at(now);
    const wanted = this.#lines.map((line) => line_row(line, now_ms));
    while (this.#rows.children.length > wanted.length) this.#rows.lastElementChild?.remove();
    while (this.#rows.children.length < wanted.length) this.#rows.append(row_element());
    wanted.forEach((row, index) => show(this.#rows.children[index], row));
  }

  draw() {}

  recolour() {}

  async #ask() {
    try {
      this.#lines = (await ask("/api/v1/devices")).devices;
      set_text(this.#problem, "");
    } catch (error) {
      // What is not known any more is not shown as if it were.
      this.#lines = [];
      set_text(this.#problem, t("The devices cannot be shown: {why}", { why: why_not(error) }));
    }
  }
}

function row_element() {
  const cells = Array.from({ length: 6 }, () => element("td", {}, element("span", { class: "first" }), element("span", { class: "second" })));
  return element("tr", {}, ...cells);
}

/**
 * @param {Element} target
 * @param {import("../lines.js").LineRow} row
 */
function show(target, row) {
  set_attribute(target, "data-health", row.health);
  const cells = [
    [row.bed, ""],
    [row.device, row.family],
    [row.port, ""],
    [row.link, ""],
    [row.heard, ""],
    [row.quality, t("since the start not usable: {causes}", { causes: row.since_start })],
  ];
  cells.forEach(([first, second], index) => {
    const [one, other] = target.children[index].children;
    set_text(one, first);
    set_text(other, second);
  });
}
