// @ts-check
// The limits of a bed as people read and change them. No DOM and no clock.

import { place, title } from "./alarms.js";
import { in_english, t } from "./language.js";
import { figure, name_of } from "./words.js";

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
const PARTS = in_english({
  trip: "{title} limit",
  delay_s: "{title} for",
  sys_ge: "{title} systolic",
  sys_lt: "{title} systolic",
  dia_ge: "{title} diastolic",
  map_lt: "{title} mean",
  d_sys_ge: "{title} systolic",
  d_dia_ge: "{title} diastolic",
});

/** @type {Record<string, string>} */
const WHOLE = in_english({
  "nibp.interval_s": "Cuff every",
  "nibp.overdue_grace_s": "Cuff overdue after another",
  "airway.APNEA.no_breath_s": "No breath for",
});

/** What the service counts in seconds and people in minutes. */
const IN_MINUTES = new Set(["nibp.interval_s", "nibp.overdue_grace_s"]);

/**
 * Names a limit in words: "HR high limit", "NIBP low systolic".
 * @param {{key: string, alarm: string}} limit
 */
export function limit_name({ key, alarm }) {
  if (key in WHOLE) return t(WHOLE[key]);
  const part = key.slice(key.lastIndexOf(".") + 1);
  return part in PARTS ? t(PARTS[part], { title: title(alarm) }) : `${title(alarm)} ${part}`;
}

/** The numbers that limits are about, in the order of the tile, and what is about none of them. */
const GROUPS = in_english({ spo2: "SpO₂", rate: "HR, PR", nibp: "NIBP", rr: "RR, breath", etco2: "EtCO₂", "": "Others" });

/**
 * Puts the limits of one number together, and of those the numbers of one alarm: the saturation's
 * come first, as on the tile.
 * @param {Limit[]} limits
 * @returns {{name: string, limits: Limit[]}[]}
 */
export function in_groups(limits) {
  const alarms = [...new Set(limits.map(({ alarm }) => alarm))];
  const sorted = alarms.flatMap((alarm) => limits.filter((limit) => limit.alarm === alarm));
  const groups = Object.entries(GROUPS).map(([where, name]) => ({
    name: t(name),
    limits: sorted.filter(({ alarm }) => (place(alarm) ?? "") === where),
  }));
  return groups.filter((group) => group.limits.length > 0);
}

/**
 * The unit in which people read and enter a limit.
 * @param {{key: string, unit: string}} limit
 */
export function unit_of({ key, unit }) {
  return IN_MINUTES.has(key) ? "min" : unit;
}

/**
 * A number of a limit as people read it, without its unit.
 * @param {{key: string}} limit
 * @param {number} value
 */
export function bare({ key }, value) {
  return figure(IN_MINUTES.has(key) ? Number((value / 60).toFixed(2)) : value);
}

/**
 * A number of a limit with its unit: "120/min", "92 %", "10 min".
 * @param {{key: string, unit: string}} limit
 * @param {number} value
 */
export function with_unit(limit, value) {
  const unit = unit_of(limit);
  return unit.startsWith("/") ? `${bare(limit, value)}${unit}` : `${bare(limit, value)} ${unit}`;
}

/**
 * Says from what to what: "92 → 90 %".
 * @param {Limit} limit
 * @param {number} value
 */
export function change_words(limit, value) {
  return `${bare(limit, limit.value)} → ${with_unit(limit, value)}`;
}

/**
 * Says who may choose what.
 * @param {Limit} limit
 * @param {string | undefined} role of whoever is at this station
 */
export function bounds_words(limit, role) {
  const { least, most } = limit;
  if (least === undefined || most === undefined) return role === "clinician" ? t("you may choose") : t("clinician only");
  const blanks = { least: bare(limit, least), most: bare(limit, most) };
  if (role === "clinician") return t("you may choose; a nurse {least}–{most}", blanks);
  if (role === undefined) return t("{least} to {most}; beyond: clinician", blanks);
  return t("you may: {least}–{most}; beyond: clinician", blanks);
}

/**
 * Reads a number that somebody types, as the service counts it; not a number when it is none.
 * @param {Limit} limit
 * @param {string} text
 */
function typed({ key }, text) {
  const number = text.trim() === "" ? NaN : Number(text.trim().replace(",", "."));
  return IN_MINUTES.has(key) ? Math.round(number * 60) : number;
}

/**
 * Says while it is typed that a number is beyond what whoever is at this station may choose;
 * nothing while it is within that, or not a number yet.
 * @param {Limit} limit
 * @param {string} text
 * @param {string | undefined} role
 */
export function beyond_words(limit, text, role) {
  const value = typed(limit, text);
  const { least = Infinity, most = -Infinity } = limit;
  return role === "clinician" || Number.isNaN(value) || (value >= least && value <= most) ? "" : bounds_words(limit, role);
}

/**
 * Reads what somebody wants a limit to be.
 * @param {Limit} limit
 * @param {string} text
 * @param {string} reason
 * @returns {{value: number, question: string, warning: string} | {problem: string}}
 */
export function wanted(limit, text, reason) {
  const value = typed(limit, text);
  if (!Number.isFinite(value)) return { problem: t("Say which number it is to be") };
  if (value === limit.value) return { problem: t("That is what it is now") };
  if (reason.trim() === "") return { problem: t("Say why: it is recorded with your name") };
  const question = `${limit_name(limit)}: ${change_words(limit, value)}`;
  return { value, question, warning: warning(limit, value) };
}

/**
 * @param {Limit} limit
 * @param {number} value
 */
function warning(limit, value) {
  const { warn_below, warn_above } = limit;
  if (warn_below !== undefined && value < warn_below) {
    return t("Below {limit} it calls nobody in time.", { limit: bare(limit, warn_below) });
  }
  if (warn_above !== undefined && value > warn_above) {
    return t("Above {limit} it hardly ever calls.", { limit: bare(limit, warn_above) });
  }
  return "";
}

/**
 * Says what became of a limit that is not as the profile has it.
 * @param {import("./wire.js").ChangedLimit} changed
 * @param {readonly import("./wire.js").Person[]} staff
 */
export function cause_words(changed, staff) {
  if (changed.cause === "phase") return t("by the phase of the session");
  if (changed.cause === "profile") return t("from the patient's own values");
  const name = changed.by ? name_of(staff, changed.by) : t("somebody");
  return `${name}: ${changed.reason ?? ""}`;
}
