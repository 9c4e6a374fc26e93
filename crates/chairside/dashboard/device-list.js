// @ts-check
// The devices of a bed: how their links stand, and how good their lines are.

import { ask } from "./ask.js";
import { element, set_attribute } from "./dom.js";
import { t } from "./language.js";
import { line_row, line_words } from "./lines.js";
import { term } from "./words.js";

/** The lines are asked for again this often, milliseconds. */
const AGAIN_MS = 5_000;

/** @typedef {import("./lines.js").Line} Line */

export class DeviceList {
  root = element("ul", "bed-devices");
  /** @type {Line[] | null} */
  #lines = null;
  #asked_at = -Infinity;
  #shown = "";

  /**
   * @param {import("./model.js").BedState} bed
   * @param {boolean} is_connected whether the service can be asked
   * @param {number} now page time
   */
  update(bed, is_connected, now) {
    // Of a service that is not there nothing is known.
    if (!is_connected) this.#lines = null;
    else if (now - this.#asked_at >= AGAIN_MS) void this.#ask(now);
    const shown = JSON.stringify([bed.bed, [...bed.devices.values()], this.#lines]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const items = [...bed.devices.values()].map((device) =>
      item(device, this.#lines?.find((line) => line.bed === bed.bed && line.device === device.device)));
    this.root.replaceChildren(...items);
  }

  /** @param {number} now */
  async #ask(now) {
    this.#asked_at = now;
    try {
      this.#lines = (await ask("/api/v1/devices")).devices;
    } catch {
      this.#lines = null;
    }
  }
}

/**
 * @param {import("./wire.js").Device} device
 * @param {Line | undefined} line
 */
function item({ device, driver, link }, line) {
  // What was told before the link became another is of no use.
  const told = line?.link === link ? line : null;
  const row = element("li", {}, element("strong", {}, device), ` ${driver} · ${told ? line_words(told) : term(link)}`);
  set_attribute(row, "data-link", link);
  const { quality, since_start } = told ? line_row(told, NaN) : { quality: t("line not known"), since_start: "" };
  for (const words of [quality, since_start].filter(Boolean)) row.append(element("span", "quality", words));
  return row;
}
