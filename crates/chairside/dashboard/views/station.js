// @ts-check
// Every bed of the clinic on one page, each in its fixed place.

import { by_id, keep_only, set_attribute } from "../dom.js";
import { by_worst } from "../order.js";
import { Past } from "../past.js";
import { layout, tile } from "../present.js";
import { SPARK } from "../spark.js";
import { Tile } from "../tile.js";
import { frame_ms } from "../wave.js";

/**
 * What can be wanted of a bed.
 * @typedef {object} Pressed
 * @property {(bed: string) => void} open the bed's own view
 * @property {(bed: string) => void} limits
 * @property {(bed: string, quiet: import("../quiet.js").Quiet) => void} quiet something quiet is to end
 */

/** A pointer that has not moved for this long does not hold the beds in their places, milliseconds. */
const HOLD_MS = 5_000;

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class StationView {
  root = by_id("tiles");
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** What was at each bed, as long as its tile has room for it. @type {Map<string, Past>} */
  #pasts = new Map();
  #model;
  #station;
  #pressed;
  #pointer_at = -Infinity;
  /** How many beds there were when the digits were measured; none when it must be done anew. */
  #measured = 0;
  /** The last message of the stream of which all is shown. */
  #shown_seq = 0;
  /** Whether the bed that calls loudest stands first. */
  by_urgency = false;
  /** How large the large numbers are, CSS pixels. @type {{px: number, rooms: number} | null} */
  digits = null;
  frame_ms = 0;

  /**
   * @param {import("../model.js").Model} model
   * @param {string} station what this station calls itself
   * @param {Pressed} pressed
   */
  constructor(model, station, pressed) {
    this.#model = model;
    this.#station = station;
    this.#pressed = pressed;
    const here = () => {
      this.#pointer_at = performance.now();
    };
    for (const name of ["pointermove", "pointerdown"]) this.root.addEventListener(name, here, { passive: true });
    new ResizeObserver(() => {
      this.#measured = 0;
    }).observe(this.root);
    // A tile that has the focus opens by the key; with the pointer, only its name does.
    this.root.addEventListener("keydown", (event) => {
      const bed = event.key === "Enter" && event.target instanceof HTMLElement ? event.target.dataset.bed : undefined;
      if (bed !== undefined) pressed.open(bed);
    });
  }

  /**
   * @param {number} now
   * @param {boolean} [only_heard]
   */
  refresh(now, only_heard = false) {
    const shown_seq = this.#shown_seq;
    this.#shown_seq = this.#model.seq;
    const { density, ...grid } = layout(this.#model.beds.size);
    if (!only_heard) this.#lay_out(now, density, grid);
    for (const bed of this.#model.beds.values()) {
      if (!only_heard || bed.heard_seq > shown_seq) this.#tile(bed.bed).update(tile(this.#model, bed, now, this.#station));
    }
    this.#follow_pasts(now, density === "full" || density === "compact");
    this.#measure();
  }

  /**
   * Gives each bed its place.
   * @param {number} now
   * @param {string} density
   * @param {{columns: number, rows: number}} grid
   */
  #lay_out(now, density, { columns, rows }) {
    const { beds } = this.#model;
    keep_only(this.#tiles, beds.keys());
    for (const id of this.#pasts.keys()) if (!beds.has(id)) this.#pasts.delete(id);
    let index = 0;
    for (const bed of beds.values()) {
      const view = this.#tile(bed.bed);
      // Moved only if need be: a tile that is put in anew loses the focus.
      if (this.root.children[index] !== view.root) {
        this.root.insertBefore(view.root, this.root.children[index] ?? null);
      }
      index += 1;
    }
    set_attribute(this.root, "data-density", density);
    this.root.style.setProperty("--columns", String(columns));
    this.root.style.setProperty("--rows", String(rows));
    // Nothing moves away under a finger.
    if (now - this.#pointer_at >= HOLD_MS) this.#put_in_order();
  }

  /** The place on the screen alone: the focus and the order of reading stay as they are. */
  #put_in_order() {
    const beds = [...this.#model.beds.values()];
    const order = this.by_urgency ? by_worst(beds).map(({ bed }) => bed) : beds;
    order.forEach((bed, index) => {
      const { style } = this.#tile(bed.bed).root;
      const place = this.by_urgency ? String(index) : "";
      if (style.order !== place) style.order = place;
    });
  }

  #measure() {
    const rooms = this.#model.beds.size;
    if (rooms === this.#measured) return;
    const value = this.root.querySelector(".large .value");
    if (!value) return;
    this.#measured = rooms;
    this.digits = { px: Number.parseFloat(getComputedStyle(value).fontSize), rooms };
    // A curve is about as wide as its tile, and may come later.
    this.frame_ms = frame_ms(this.root.children[0].clientWidth);
  }

  /** @param {number} now */
  draw(now) {
    for (const [id, view] of this.#tiles) {
      const bed = this.#model.beds.get(id);
      if (!bed) continue;
      view.waves.draw(bed, now);
      const past = this.#pasts.get(id);
      if (past) view.spark.draw(past, bed, this.#model.clock.at(now), now);
    }
  }

  recolour() {
    for (const view of this.#tiles.values()) view.recolour();
  }

  /**
   * Gives the focus to a bed, and tells whether it is there.
   * @param {string} bed
   */
  focus(bed) {
    const view = this.#tiles.get(bed);
    view?.root.focus();
    return view !== undefined;
  }

  /**
   * @param {number} now
   * @param {boolean} has_room whether tiles show what was
   */
  #follow_pasts(now, has_room) {
    if (!has_room) this.#pasts.clear();
    for (const bed of has_room ? this.#model.beds.values() : []) {
      const past = this.#pasts.get(bed.bed) ?? new Past(bed.bed, SPARK.span_s, SPARK.step_s);
      this.#pasts.set(bed.bed, past);
      past.follow(this.#model, bed, now);
    }
  }

  /** @param {string} bed */
  #tile(bed) {
    let view = this.#tiles.get(bed);
    if (!view) {
      view = new Tile(bed, {
        limits: () => this.#pressed.limits(bed),
        quiet: (quiet) => this.#pressed.quiet(bed, quiet),
      });
      this.#tiles.set(bed, view);
    }
    return view;
  }
}
