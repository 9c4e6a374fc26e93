// @ts-check
// What a person can have a bed's cuff do, and what stands in the way of it. No DOM and no clock of
// its own. The service judges it again, and its word counts.

import { t } from "./language.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {"start" | "stop"} Order */

/**
 * @typedef {object} CuffOrders
 * @property {string} why_not_start why the cuff cannot be started now; empty when it can
 * @property {boolean} can_stop something is to be stopped: the cuff measures, or was told to
 * @property {string} why_not_stop why it cannot be stopped now; empty when it can
 */

/**
 * Names an order on its way. One to stop is never in the way of one to start, nor behind it.
 * @param {string} bed
 * @param {Order} order
 */
export function order_key(bed, order) {
  return `cuff/${order}/${bed}`;
}

/**
 * Returns what can be ordered of a bed's cuff; null where it cannot be told at all.
 * @param {Model} model
 * @param {BedState} bed
 * @param {ReadonlySet<string>} sending what was wanted and is not answered yet
 * @param {number} now
 * @returns {CuffOrders | null}
 */
export function cuff_orders(model, bed, sending, now) {
  const name = bed.sources.NibpSystolic;
  const device = bed.devices.get(name);
  if (!device?.can_start_cuff) return null;
  const starting = sending.has(order_key(bed.bed, "start"));
  const stopping = sending.has(order_key(bed.bed, "stop"));
  const measuring = bed.cuff.state === "measuring";
  const unreachable = model.connection(now) === "lost" ? t("no connection to the service") : "";
  const unplugged = device.link === "disconnected" ? t("{device} is not connected", { device: name }) : "";
  return {
    why_not_start:
      unreachable ||
      unplugged ||
      (device.link === "connecting" ? t("{device} is silent", { device: name }) : "") ||
      (is_swapped(bed, name) ? t("another device answers: confirm it first") : "") ||
      (measuring ? t("measuring") : "") ||
      (starting || stopping ? t("waiting for the device…") : ""),
    can_stop: measuring || starting || stopping,
    why_not_stop: unreachable || unplugged,
  };
}

/**
 * Tells whether another device than the session knows answers in this one's place.
 * @param {BedState} bed
 * @param {string} device
 */
function is_swapped(bed, device) {
  const swapped = bed.alarms.active.find(({ id, present }) => id === "DEVICE_SWAPPED" && present);
  return swapped?.evidence.split("; ").some((one) => one.startsWith(`${device} `)) ?? false;
}
