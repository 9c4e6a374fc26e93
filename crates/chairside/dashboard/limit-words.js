// @ts-check
// The limits of a bed as people read and change them. No DOM and no clock.

import { title } from "./alarms.js";

/**
 * A number that can be changed, as the service lists it.
 * @typedef {object} Limit
 * @property {string} key
 * @property {string} alarm
 * @property {number} value
 * @property {number} default
 * @property {string} unit
 * @property {number} [least] what everybody may choose; absent when only a clinician may
 * @property {number} [most]
 * @property {number} [warn_below]
 * @property {number} [warn_above]
 */

/** @type {Record<string, string>} */
const PARTS = {
  trip: "limit",
  delay_s: "for",
  sys_ge: "systolic",
  sys_lt: "systolic",
  dia_ge: "diastolic",
  map_lt: "mean",
  d_sys_ge: "systolic",
  d_dia_ge: "diastolic",
};

/** @type {Record<string, string>} */
const WHOLE = {
  "nibp.interval_s": "Cuff every",
  "nibp.overdue_grace_s": "Cuff overdue after another",
  "airway.APNEA.no_breath_s": "No breath for",
};

/**
 * Names a limit in words: "HR high limit", "NIBP low systolic".
 * @param {{key: string, alarm: string}} limit
 */
export function limit_name({ key, alarm }) {
  const part = key.slice(key.lastIndexOf(".") + 1);
  return WHOLE[key] ?? `${title(alarm)} ${PARTS[part] ?? part}`;
}

/**
 * Puts the numbers of one alarm together.
 * @param {Limit[]} limits
 * @returns {Limit[]}
 */
export function in_groups(limits) {
  const alarms = [...new Set(limits.map(({ alarm }) => alarm))];
  return alarms.flatMap((alarm) => limits.filter((limit) => limit.alarm === alarm));
}

/**
 * A limit with its unit: "120/min", "92 %".
 * @param {number} value
 * @param {string} unit
 */
export function with_unit(value, unit) {
  return unit.startsWith("/") ? `${value}${unit}` : `${value} ${unit}`;
}

/**
 * Says from what to what: "92 → 90 %".
 * @param {Limit} limit
 * @param {number} value
 */
export function change_words({ value: old, unit }, value) {
  return `${old} → ${with_unit(value, unit)}`;
}

/**
 * Says who may choose what.
 * @param {Limit} limit
 */
export function bounds_words({ least, most }) {
  return least === undefined || most === undefined ? "clinician only" : `${least} to ${most}; beyond: clinician`;
}

/**
 * Reads what somebody wants a limit to be.
 * @param {Limit} limit
 * @param {string} text
 * @param {string} reason
 * @returns {{value: number, question: string, warning: string} | {problem: string}}
 */
export function wanted(limit, text, reason) {
  const value = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return { problem: "Say which number it is to be" };
  if (value === limit.value) return { problem: "That is what it is now" };
  if (reason.trim() === "") return { problem: "Say why: it is recorded with your name" };
  const question = `${limit_name(limit)}: ${change_words(limit, value)}`;
  return { value, question, warning: warning(limit, value) };
}

/**
 * @param {Limit} limit
 * @param {number} value
 */
function warning({ warn_below, warn_above }, value) {
  if (warn_below !== undefined && value < warn_below) return `Below ${warn_below} it calls nobody in time.`;
  if (warn_above !== undefined && value > warn_above) return `Above ${warn_above} it hardly ever calls.`;
  return "";
}

/**
 * Says what became of a limit that is not as the profile has it.
 * @param {import("./wire.js").ChangedLimit} changed
 * @param {readonly import("./wire.js").Person[]} staff
 */
export function cause_words(changed, staff) {
  if (changed.cause === "phase") return "by the phase of the session";
  if (changed.cause === "profile") return "from the patient's own values";
  const name = staff.find((person) => person.id === changed.by)?.name ?? changed.by ?? "somebody";
  return `${name}: ${changed.reason ?? ""}`;
}
