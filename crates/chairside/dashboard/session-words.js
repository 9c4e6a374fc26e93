// @ts-check
// A treatment session in few words: whom it is for, how long it has been open, and its phase.

import { t } from "./language.js";
import { phase_words } from "./words.js";

/** @typedef {import("./wire.js").Session} Session */

/**
 * @param {Session} session
 */
export function patient_words({ patient }) {
  return [patient?.initials, patient?.number].filter(Boolean).join(" ");
}

/**
 * How long it has been open, in whole minutes; nothing while the service's time is not known.
 * @param {Session} session
 * @param {number} service_ms
 */
export function clock_words({ opened }, service_ms) {
  const minutes = Math.floor(Math.max(0, service_ms - Date.parse(opened)) / 60_000);
  return Number.isNaN(minutes) ? "" : t("{minutes} min", { minutes });
}

/**
 * As it stands on a tile: "M. K. 1042 · 12 min · dosing".
 * @param {Session} session
 * @param {number} service_ms
 */
export function session_words(session, service_ms) {
  return [patient_words(session), clock_words(session, service_ms), phase_words(session.phase)].filter(Boolean).join(" · ");
}
