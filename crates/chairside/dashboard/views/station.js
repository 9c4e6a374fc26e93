// @ts-check
// Every bed of the clinic on one page, each in its fixed place.

import { by_id, set_attribute } from "../dom.js";
import { layout, tile } from "../present.js";
import { Tile } from "../tile.js";

/** @typedef {import("../model.js").BedState} BedState */

/**
 * @typedef {import("../views.js").View} View
 * @implements {View}
 */
export class StationView {
  root = by_id("tiles");
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #model;
  #station;
  #pressed;

  /**
   * @param {import("../model.js").Model} model
   * @param {string} station what this station calls itself
   * @param {object} pressed
   * @param {(bed: string) => void} pressed.limits
   * @param {(bed: string, quiet: import("../quiet.js").Quiet) => void} pressed.quiet something quiet is to end
   */
  constructor(model, station, pressed) {
    this.#model = model;
    this.#station = station;
    this.#pressed = pressed;
  }

  open() {}

  close() {}

  /** @param {number} now */
  refresh(now) {
    const { beds } = this.#model;
    for (const [id, view] of this.#tiles) {
      if (beds.has(id)) continue;
      view.remove();
      this.#tiles.delete(id);
    }
    let index = 0;
    for (const bed of beds.values()) {
      const view = this.#tile(bed.bed);
      // Moved only if need be: a tile that is put in anew loses the focus.
      if (this.root.children[index] !== view.root) {
        this.root.insertBefore(view.root, this.root.children[index] ?? null);
      }
      view.update(tile(this.#model, bed, now, this.#station));
      index += 1;
    }
    const { columns, rows, density } = layout(beds.size);
    set_attribute(this.root, "data-density", density);
    this.root.style.setProperty("--columns", String(columns));
    this.root.style.setProperty("--rows", String(rows));
  }

  /** @param {number} now */
  draw(now) {
    for (const [id, view] of this.#tiles) {
      const bed = this.#model.beds.get(id);
      if (!bed) continue;
      for (const [metric, sweep] of view.sweeps) {
        sweep.draw(bed.traces.get(metric), metric !== "Pleth" || probe_is_on(bed), now);
      }
    }
  }

  recolour() {
    for (const view of this.#tiles.values()) for (const sweep of view.sweeps.values()) sweep.refresh();
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

/**
 * An oximeter without a patient draws something all the same: it is not a pulse.
 * @param {BedState} bed
 */
export function probe_is_on(bed) {
  const reason = bed.readings.get("SpO2")?.reason;
  return reason !== "SensorOff" && reason !== "NoSensor";
}
