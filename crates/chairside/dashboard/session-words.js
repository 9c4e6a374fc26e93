// @ts-check
// A treatment session in few words: "M. K. 1042 · 12 min · dosing · 2 due", of the checks
// that its protocol asks for.

import { t } from "./language.js";
import { dotted, term } from "./words.js";

/**
 * @param {import("./wire.js").Session} session
 * @param {number} service_ms not a number while the service's time is not known
 */
export function session_words({ patient, opened, phase, due }, service_ms) {
  const minutes = Math.floor(Math.max(0, service_ms - Date.parse(opened)) / 60_000);
  const clock = Number.isNaN(minutes) ? "" : t("{minutes} min", { minutes });
  return dotted(patient_words(patient), clock, term(phase), due > 0 ? t("{n} due", { n: due }) : "");
}

/**
 * A patient as the staff know them: "M. K. 1042"; nothing where nobody has said it.
 * @param {import("./wire.js").Session["patient"] | undefined} patient
 */
export function patient_words(patient) {
  return [patient?.initials, patient?.number].filter(Boolean).join(" ");
}
