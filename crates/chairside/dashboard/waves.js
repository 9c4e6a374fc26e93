// @ts-check
// The curves of a bed, each on its canvas.

import { element, set_text } from "./dom.js";
import { Sweep } from "./wave.js";

/** @typedef {import("./model.js").BedState} BedState */

export class Waves {
  /** @type {Map<string, Sweep>} */
  #sweeps = new Map();
  root = element("div", { class: "waves" });

  /** @param {import("./present.js").TileView["waves"]} waves */
  update(waves) {
    for (const { metric, label } of waves) {
      if (this.#sweeps.has(metric)) continue;
      const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { "aria-hidden": "true" }));
      const caption = element("span", { class: "wave-label" }, label);
      this.root.append(element("div", { class: "wave", "data-metric": metric }, canvas, caption));
      this.#sweeps.set(metric, new Sweep(canvas, metric, (scale) => set_text(caption, `${label} ${scale}`)));
    }
  }

  /**
   * Draws what is new.
   * @param {BedState} bed
   * @param {number} now
   */
  draw(bed, now) {
    for (const [metric, sweep] of this.#sweeps) {
      sweep.draw(bed.traces.get(metric), metric !== "Pleth" || probe_is_on(bed), now);
    }
  }

  recolour() {
    for (const sweep of this.#sweeps.values()) sweep.refresh();
  }

  /** Lets go of what the curves watch. */
  remove() {
    for (const sweep of this.#sweeps.values()) sweep.remove();
  }
}

/**
 * An oximeter without a patient draws something all the same: it is not a pulse.
 * @param {BedState} bed
 */
function probe_is_on(bed) {
  const reason = bed.readings.get("SpO2")?.reason;
  return reason !== "SensorOff" && reason !== "NoSensor";
}
