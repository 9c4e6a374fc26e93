// @ts-check
// The serial ports, and what was found out about what is plugged in there, in words.

import { t } from "./language.js";

/**
 * @typedef {object} Port
 * @property {string} port
 * @property {string | null} adapter what the machine says of it; null if it is not there
 * @property {string | null} bed
 * @property {string | null} device
 * @property {boolean} connected
 */

/**
 * @typedef {object} Found
 * @property {string} name
 * @property {string} family
 * @property {string} line
 * @property {boolean} asked
 * @property {number} frames
 * @property {number} bytes
 * @property {number} discarded_bytes
 * @property {{metric: string, value: number | null, unit: string, reason: string | null}[]} readings
 */

/**
 * @typedef {object} Identified
 * @property {Found | null} driver
 * @property {{line: string, bytes: number}[]} heard
 * @property {string[]} asked
 * @property {string | null} section
 */

/**
 * Whose port it is, and whether it is read.
 * @param {Port} port
 */
export function port_words({ adapter, bed, device, connected }) {
  return [adapter ?? t("no port that the machine knows"), whose(bed, device, connected)].join(" · ");
}

/**
 * @param {string | null} bed
 * @param {string | null} device
 * @param {boolean} connected
 */
function whose(bed, device, connected) {
  if (device === null) return t("belongs to no bed");
  const named = `${bed} · ${device}`;
  return connected ? t("read as {device}", { device: named }) : t("for {device}, not read", { device: named });
}

/**
 * What a search has found, or why it found nothing.
 * @param {Identified} identified
 */
export function found_words({ driver, heard, asked }) {
  if (driver) {
    const { name, family, frames, bytes, discarded_bytes: discarded, line } = driver;
    const says = driver.readings.map(({ metric, value, unit, reason }) => (value === null ? `${metric} ${reason}` : `${metric} ${value} ${unit}`));
    const words = driver.asked
      ? t("{driver}: {family}. It answered when it was asked.", { driver: name, family })
      : t("{driver}: {family}. It sends by itself.", { driver: name, family });
    return t("{words} Sound frames: {frames}; bytes: {bytes}, of which not usable: {discarded}; {line}. It says: {says}.", {
      words,
      frames,
      bytes,
      discarded,
      line,
      says: says.join(", "),
    });
  }
  if (heard.length === 0) {
    return t("Unknown. Nothing came, and nobody answered {drivers}. Is the device on, is the cable the right one, is the serial output chosen in its menu?", {
      drivers: asked.join(", "),
    });
  }
  return t("Unknown. Something sends and no driver reads it: {heard}. Nothing was sent to it. Its menu says which protocol and rate it has.", {
    heard: heard.map(({ line, bytes }) => t("{bytes} bytes ({why})", { bytes, why: line })).join(", "),
  });
}
