// @ts-check
// The devices of a bed: how their links stand, and how good their lines are.

import { ask } from "./ask.js";
import { element, set_attribute } from "./dom.js";
import { t } from "./language.js";
import { causes, line_words, unread } from "./lines.js";
import { link_words } from "./words.js";

/** The lines are asked for again this often, milliseconds. */
const AGAIN_MS = 5_000;

/**
 * What `GET /api/v1/devices` says of a line (docs/http.md), as far as it is shown here.
 * @typedef {object} Line
 * @property {string} bed
 * @property {string} device
 * @property {string} link
 * @property {"frames" | "garbled" | "nothing"} arriving
 * @property {number} readings_last_minute
 * @property {Record<string, number>} discarded_last_minute
 * @property {Record<string, number>} discarded since the start of the service
 */

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
  const row = element("li", {}, element("strong", {}, device), ` ${driver} · ${line?.link === link ? line_words(line) : link_words(link)}`);
  set_attribute(row, "data-link", link);
  const quality = line
    ? [
        ...(line.link === "connecting" ? [unread(line)] : []),
        t("{n} readings in the last minute", { n: line.readings_last_minute }),
        t("not usable in the last minute: {causes}", { causes: causes(line.discarded_last_minute) }),
        t("since the start not usable: {causes}", { causes: causes(line.discarded) }),
      ]
    : [t("line not known")];
  row.append(...quality.map((words) => element("span", "quality", words)));
  return row;
}
