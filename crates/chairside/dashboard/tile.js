// @ts-check
// One bed on the screen.

import { Bars } from "./bars.js";
import { Numbers } from "./cells.js";
import { button, element, set_attribute, set_count, set_mark, set_name, set_text } from "./dom.js";
import { Head } from "./head.js";
import { t } from "./language.js";
import { address_of } from "./routes.js";
import { Spark } from "./spark.js";
import { Waves } from "./waves.js";

/** @typedef {import("./present.js").TileView} TileView */

export class Tile {
  #name;
  #head;
  #devices = element("ul", "devices");
  #bars = new Bars();
  #numbers;
  waves = new Waves();
  spark = new Spark();
  root;

  /**
   * @param {string} bed
   * @param {object} pressed
   * @param {() => void} pressed.limits
   * @param {(quiet: import("./quiet.js").Quiet) => void} pressed.quiet something quiet is to end
   */
  constructor(bed, pressed) {
    this.#name = element("a", { href: address_of("bed", bed) });
    this.#head = new Head(pressed.quiet);
    this.#numbers = new Numbers(pressed.quiet);
    const limits = button(t("Limits"), "limits-open", pressed.limits);
    const head = element("header", {}, element("h2", {}, this.#name), ...this.#head.roots, this.#devices, limits);
    const { large, small } = this.#numbers;
    const curves = element("div", "curves", this.waves.root, this.spark.root);
    const body = element("div", "tile-body", head, this.#bars.root, large, small, curves);
    this.root = element("section", { class: "tile", tabindex: "0", "data-bed": bed }, body);
  }

  /** @param {TileView} view */
  update(view) {
    set_attribute(this.root, "aria-label", view.summary);
    set_name(this.#name, view.name, view.simulated);
    // In its place, for there is not room for both.
    this.#head.update(view, view.session || view.profile);
    this.#show_devices(view.devices);
    set_mark(this.root, view.alarm);
    set_attribute(this.root, "data-loss", Boolean(view.loss));
    set_attribute(this.root, "data-nibp-calls", view.nibp?.mark?.look === "signal");
    this.#bars.update(view);
    this.#numbers.update(view);
    this.waves.update(view.waves);
  }

  recolour() {
    this.waves.recolour();
    this.spark.recolour();
  }

  /** Lets go of what the tile watches. */
  remove() {
    this.waves.remove();
    this.spark.remove();
    this.root.remove();
  }

  /** @param {TileView["devices"]} devices */
  #show_devices(devices) {
    set_count(this.#devices, devices.length, () => element("li"));
    devices.forEach(({ device, link, text }, index) => {
      const item = this.#devices.children[index];
      set_text(item, device);
      set_attribute(item, "data-link", link);
      set_attribute(item, "title", text);
    });
  }
}
