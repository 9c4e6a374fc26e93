// @ts-check
// One bed on the screen.

import { Bars } from "./bars.js";
import { Numbers } from "./cells.js";
import { button, element, QuietMark, set_attribute, set_count, set_mark, set_text } from "./dom.js";
import { t } from "./language.js";
import { address_of } from "./routes.js";
import { Spark } from "./spark.js";
import { Waves } from "./waves.js";

/** @typedef {import("./present.js").TileView} TileView */

export class Tile {
  #name;
  #profile = element("span", "profile");
  #devices = element("ul", "devices");
  #device_text = element("p", "device-text");
  #bars = new Bars();
  #sound;
  #quiet;
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
    this.#sound = new QuietMark(pressed.quiet);
    this.#quiet = new QuietMark(pressed.quiet);
    this.#numbers = new Numbers(pressed.quiet);
    const limits = button(t("Limits"), "limits-open", pressed.limits);
    const head = element(
      "header",
      {},
      element("h2", {}, this.#name),
      this.#profile,
      this.#sound.root,
      this.#quiet.root,
      this.#device_text,
      this.#devices,
      limits,
    );
    const { large, small } = this.#numbers;
    const curves = element("div", "curves", this.waves.root, this.spark.root);
    const body = element("div", "tile-body", head, this.#bars.root, large, small, curves);
    this.root = element("section", { class: "tile", tabindex: "0", "data-bed": bed }, body);
  }

  /** @param {TileView} view */
  update(view) {
    set_attribute(this.root, "aria-label", view.summary);
    set_text(this.#name, view.name);
    // In its place, for there is not room for both.
    set_text(this.#profile, view.session || view.profile);
    set_attribute(this.#profile, "data-session", Boolean(view.session));
    this.#sound.update(view.sound);
    this.#quiet.update(view.quiet);
    set_text(this.#device_text, view.device_text);
    this.#show_devices(view.devices);
    set_mark(this.root, view.alarm);
    set_attribute(this.root, "data-loss", Boolean(view.loss));
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
