// @ts-check
// The curves of a bed, each on its canvas.

import { is_credible } from "./curves.js";
import { element, set_text } from "./dom.js";
import { Sweep } from "./wave.js";

/** @typedef {import("./model.js").BedState} BedState */

export class Waves {
  /** @type {Map<string, Sweep>} */
  #sweeps = new Map();
  root = element("div", "waves");

  /** @param {import("./curves.js").Curve[]} waves in the order in which they lie */
  update(waves) {
    for (const { metric, label } of waves) {
      if (this.#sweeps.has(metric)) continue;
      const canvas = element("canvas", { "aria-hidden": "true" });
      const caption = element("span", "wave-label", label);
      const root = element("div", { class: "wave", "data-metric": metric }, canvas, caption);
      this.root.insertBefore(root, this.#below(metric, waves));
      this.#sweeps.set(metric, new Sweep(canvas, metric, (scale) => set_text(caption, `${label} ${scale}`)));
    }
  }

  /**
   * The curve above which a new one comes to lie, if there is any.
   * @param {string} metric
   * @param {import("./curves.js").Curve[]} waves
   */
  #below(metric, waves) {
    const later = waves.slice(waves.findIndex((one) => one.metric === metric) + 1);
    const next = later.find((one) => this.#sweeps.has(one.metric));
    return next ? this.root.querySelector(`[data-metric="${next.metric}"]`) : null;
  }

  /**
   * Draws what is new.
   * @param {BedState} bed
   * @param {number} now
   */
  draw(bed, now) {
    for (const [metric, sweep] of this.#sweeps) {
      sweep.draw(bed.traces.get(metric), is_credible(bed, metric), now);
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
