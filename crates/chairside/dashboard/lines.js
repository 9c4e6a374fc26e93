// @ts-check
// The lines to the devices, in words. No DOM and no clock.

import { in_english, t } from "./language.js";
import { age, term, time_of_day } from "./words.js";

/**
 * The line to a device as `GET /api/v1/devices` tells of it (docs/http.md).
 * @typedef {object} Line
 * @property {string} bed
 * @property {string} bed_name
 * @property {string} device
 * @property {string} driver
 * @property {string} family
 * @property {"experimental" | "captured" | "field"} maturity
 * @property {string} port
 * @property {number | null} baud
 * @property {string | null} identity
 * @property {string} link
 * @property {string | null} since
 * @property {"frames" | "garbled" | "nothing"} arriving
 * @property {string | null} heard
 * @property {number} readings_last_minute
 * @property {Record<string, number>} discarded_last_minute
 * @property {Record<string, number>} discarded
 */

/** Why bytes could not be used, by the service's name for it. @type {Record<string, string>} */
const CAUSES = in_english({
  before_start: "before a beginning",
  too_long: "too long",
  checksum: "checksum",
  malformed: "malformed",
  unknown: "unknown kind",
});

/**
 * How long a device may be well without a reading, milliseconds: one that gives pressures alone,
 * until they are expired.
 * @param {Pick<import("./model.js").BedState, "sources" | "cuff_interval_ms"> | undefined} bed
 * @param {string} device
 */
export function rests_ms(bed, device) {
  const given = Object.keys(bed?.sources ?? {}).filter((metric) => bed?.sources[metric] === device);
  return bed && given.length > 0 && given.every((metric) => metric.startsWith("Nibp")) ? 1.5 * bed.cuff_interval_ms : 0;
}

/** How a line is drawn: it reads, it is up and something is wrong with it, or it is not up. */
/** @typedef {"good" | "poor" | "down"} Health */

/**
 * @typedef {object} LineRow
 * @property {string} bed
 * @property {string} device
 * @property {string} family
 * @property {string} port
 * @property {Health} health
 * @property {string} link "connected since 12:00:03"
 * @property {string} heard "4 s ago"
 * @property {string} quality of the last minute
 * @property {string} since_start what could not be used since the service began, if anything
 */

/**
 * @param {Line} line
 * @param {number} now_ms the service's time, milliseconds since 1970
 * @param {number} [within_ms] without a reading for so long it is well all the same
 * @returns {LineRow}
 */
export function line_row(line, now_ms, within_ms = 0) {
  const lost = sum(line.discarded_last_minute);
  const heard_ms = line.heard === null ? NaN : now_ms - Date.parse(line.heard);
  const up = line.link === "connected";
  const link = line_words(line);
  const since = line.since === null ? "" : time_of_day(Date.parse(line.since));
  return {
    bed: line.bed_name,
    device: line.identity === null ? line.device : `${line.device} (${line.identity})`,
    family: t("{driver}: {family}", { driver: line.driver, family: line.family }),
    port: line.baud === null ? line.port : t("{port} at {baud} baud", { port: line.port, baud: line.baud }),
    health: !up ? "down" : lost > 0 || (line.readings_last_minute === 0 && !(heard_ms <= within_ms)) ? "poor" : "good",
    link: since ? t("{link} since {time}", { link, time: since }) : link,
    heard: line.heard === null ? t("never") : t("{age} ago", { age: age(heard_ms) }),
    quality: quality(line, up, lost),
    since_start: sum(line.discarded) > 0 ? t("since the start not usable: {causes}", { causes: causes(line.discarded) }) : "",
  };
}

/**
 * @param {Line} line
 * @param {boolean} up
 * @param {number} lost bytes of the last minute that could not be used
 */
function quality(line, up, lost) {
  if (!up) return unread(line);
  const n = line.readings_last_minute;
  const readings = n === 1 ? t("1 reading in the last minute") : t("{n} readings in the last minute", { n });
  return lost === 0 ? readings : t("{readings}, not usable: {causes}", { readings, causes: causes(line.discarded_last_minute) });
}

/**
 * How a line stands, in words. A wrong speed and a cable that is loose need different hands.
 * @param {Pick<Line, "link" | "arriving">} line
 */
export function line_words({ link, arriving }) {
  if (link !== "connecting") return term(link);
  return arriving === "garbled" ? t("garbled") : t("silent");
}

/**
 * Says why nothing is read.
 * @param {Pick<Line, "link" | "arriving" | "discarded_last_minute">} line
 */
export function unread({ link, arriving, discarded_last_minute }) {
  if (link !== "connecting") return t("nothing is read");
  if (arriving === "nothing") return t("the port is open and nothing arrives");
  return t("what arrives cannot be read: {causes}. Wrong speed, or another device?", { causes: causes(discarded_last_minute) });
}

/**
 * Says how many bytes of a line could not be used, and why.
 * @param {Record<string, number>} discarded
 */
export function causes(discarded) {
  const some = Object.entries(discarded).filter(([, bytes]) => bytes > 0);
  const all = some.map(([why, bytes]) => t("{bytes} bytes ({why})", { bytes, why: t(CAUSES[why] ?? why.replaceAll("_", " ")) }));
  return all.length === 0 ? t("nothing") : all.join(", ");
}

/** @param {Record<string, number>} counts */
function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}
