// @ts-check
// Numbers and states as people read them.

import { in_english, language, t } from "./language.js";

/** What stands where there is no number. */
export const DASHES = "– –";

/** @type {Record<string, string>} */
const REASONS = in_english({
  SensorOff: "probe off",
  NoSensor: "no sensor",
  Searching: "searching",
  Calibrating: "calibrating",
  OutOfRange: "out of range",
  NoReading: "no reading",
});

/** What the service names with a word: how a link stands, a priority, a phase, a role. @type {Record<string, string>} */
const NAMES = in_english({
  disconnected: "disconnected",
  connecting: "connecting",
  connected: "connected",
  high: "high",
  medium: "medium",
  low: "low",
  baseline: "baseline",
  dosing: "dosing",
  recovery: "recovery",
  nurse: "nurse",
  clinician: "clinician",
});

/**
 * Says why a device gives no value.
 * @param {string | null} reason
 */
export function why(reason) {
  return reason === null ? t("no value") : t(REASONS[reason] ?? reason);
}

/**
 * Says in the page's language what the service names with a word.
 * @param {string} name
 */
export function term(name) {
  return t(NAMES[name] ?? name);
}

/**
 * A number as it is written in the page's language: "0.2", "0,2".
 * @param {number | string} value
 */
export function figure(value) {
  return language() === "de" ? String(value).replace(".", ",") : String(value);
}

/**
 * @param {string} metric
 * @param {number} value
 */
export function number(metric, value) {
  return metric === "Temperature" ? figure(value.toFixed(1)) : String(Math.round(value));
}

/**
 * An age as it stands beside a number: "4 s", "3 min".
 * @param {number} age_ms
 */
export function age(age_ms) {
  const seconds = Math.floor(Math.max(0, age_ms) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/**
 * Writes the names of the service's texts as they stand beside the numbers: SpO₂, EtCO₂.
 * @param {string} text
 */
export function spelled(text) {
  return text.replace(/\b(SpO|EtCO|FiCO|CO)2\b/g, "$1₂");
}

/**
 * A running time: "00:14", "1:02:03".
 * @param {number} span_ms
 */
export function timer(span_ms) {
  const seconds = Math.max(0, Math.floor(span_ms / 1000));
  const minutes = two(Math.floor(seconds / 60) % 60);
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${minutes}:${two(seconds % 60)}`;
}

/**
 * A time that runs down: "2:05".
 * @param {number} span_ms
 */
export function countdown(span_ms) {
  const seconds = Math.max(0, Math.ceil(span_ms / 1000));
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/**
 * The time of day where this page is: "10:15:03"; nothing when it is not known.
 * @param {number} at_ms since 1970
 */
export function time_of_day(at_ms) {
  if (Number.isNaN(at_ms)) return "";
  const at = new Date(at_ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/**
 * A time of day, with its day when that is another one than now's: "4.1. 10:15:03".
 * @param {number} at_ms since 1970
 * @param {number} now_ms since 1970
 */
export function moment(at_ms, now_ms) {
  const at = new Date(at_ms);
  const is_today = at.toDateString() === new Date(now_ms).toDateString();
  return `${is_today ? "" : `${at.getDate()}.${at.getMonth() + 1}. `}${time_of_day(at_ms)}`;
}

/**
 * Initials of a name: "M. N." is MN; of a one-word name, its first two letters.
 * @param {string} name
 */
export function initials(name) {
  const words = name.match(/\p{L}+/gu) ?? [];
  if (words.length === 0) return name.slice(0, 3);
  const letters = words.length === 1 ? words[0].slice(0, 2) : words.map((word) => word[0]).join("");
  return letters.slice(0, 3).toUpperCase();
}

/**
 * Puts those parts of a line that say anything beside each other.
 * @param {...string} parts
 */
export function dotted(...parts) {
  return parts.filter(Boolean).join(" · ");
}

/**
 * Returns what the person with that id is called, or the id of somebody who is not known here.
 * @param {readonly import("./wire.js").Person[]} staff
 * @param {string} id
 */
export function name_of(staff, id) {
  return staff.find((person) => person.id === id)?.name ?? id;
}

/**
 * Initials of the person with that id; of two who share them, as many more letters of the last
 * name as tell them apart, or the id.
 * @param {readonly import("./wire.js").Person[]} staff
 * @param {string | undefined} id
 */
export function initials_of(staff, id) {
  if (id === undefined) return "";
  const name = name_of(staff, id);
  const others = staff.filter((person) => person.id !== id).map((person) => person.name);
  const last = (name.match(/\p{L}+/gu) ?? []).at(-1) ?? "";
  const short = initials(name);
  if (!others.some((other) => initials(other) === short)) return short;
  for (let more = 1; more < last.length; more += 1) {
    const longer = longer_initials(name, more);
    if (!others.some((other) => longer_initials(other, more) === longer)) return longer;
  }
  return id;
}

/**
 * @param {string} name
 * @param {number} more letters of the last name
 */
function longer_initials(name, more) {
  const last = (name.match(/\p{L}+/gu) ?? []).at(-1) ?? "";
  return initials(name) + last.slice(1, 1 + more);
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, "0");
}
