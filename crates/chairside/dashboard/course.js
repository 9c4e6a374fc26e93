// @ts-check
// What became of a standing alarm since it began: the worst value. The service says the reason
// once, at the onset, and not again while the number drifts.

import { in_english } from "./language.js";
import { rate_metric } from "./rate.js";

/** @typedef {import("./wire.js").ActiveAlarm} ActiveAlarm */

/**
 * @typedef {object} Course
 * @property {Watched | null} watched the number that it is about, if it has a worst
 * @property {number | null} worst since the onset, or since this page has seen it
 * @property {boolean} whole whether this page has heard every value since the onset
 */

/** @typedef {{metric: string, side: "lowest" | "highest", unit: string}} Watched */

const SYSTOLIC = in_english({ unit: " mmHg systolic" });

/** An alarm heard of this long after its onset had a time that this page knows nothing of. */
const LATE_MS = 5_000;

/**
 * Returns the number that an alarm is about and which side of it is worse; null when it is about
 * no single number.
 * @param {string} id
 * @param {import("./model.js").BedState} bed
 * @returns {Watched | null}
 */
export function watched(id, { sources, readings }) {
  if (/^SPO2_((VERY_)?LOW|FALL)$/.test(id)) {
    return { metric: "SpO2", side: "lowest", unit: " %" };
  }
  const side = id.endsWith("_LOW") ? "lowest" : "highest";
  if (/^HR_(VERY_)?(LOW|HIGH)$/.test(id)) {
    /** @param {string} metric */
    const gives = (metric) => (readings.get(metric)?.value ?? null) !== null;
    return { metric: rate_metric(sources, gives), side, unit: "/min" };
  }
  if (/^RR_(LOW|HIGH)$/.test(id)) return { metric: "RespirationRate", side, unit: "/min" };
  if (id === "ETCO2_HIGH") return { metric: "EtCO2", side, unit: " mmHg" };
  if (/^NIBP_((VERY_)?(LOW|HIGH)|RISE)$/.test(id)) return { metric: "NibpSystolic", side, unit: SYSTOLIC.unit };
  return null;
}

/**
 * Returns the courses of the alarms that stand now, by occurrence.
 * @param {import("./model.js").BedState} bed with the courses so far
 * @param {ActiveAlarm[]} active
 * @param {number} service_ms now, by the service's clock
 * @returns {Map<string, Course>}
 */
export function follow(bed, active, service_ms) {
  return new Map(active.map((alarm) => [alarm.occurrence, bed.courses.get(alarm.occurrence) ?? begun(alarm, bed, service_ms)]));
}

/**
 * @param {ActiveAlarm} alarm
 * @param {import("./model.js").BedState} bed
 * @param {number} service_ms
 */
function begun({ id, present, since }, bed, service_ms) {
  /** @type {Course} */
  const course = { watched: watched(id, bed), worst: null, whole: service_ms - Date.parse(since) < LATE_MS };
  const reading = present && bed.readings.get(course.watched?.metric ?? "");
  if (reading) take(course, reading);
  return course;
}

/**
 * Takes a new reading into the alarms that it is about and that still stand.
 * @param {import("./model.js").BedState} bed
 * @param {import("./model.js").Reading} reading
 */
export function hear(bed, reading) {
  for (const { occurrence, present } of bed.alarms.active) {
    const course = bed.courses.get(occurrence);
    if (present && course?.watched?.metric === reading.metric) take(course, reading);
  }
}

/**
 * @param {Course} course
 * @param {import("./model.js").Reading} reading
 */
function take(course, { value, validity }) {
  if (value === null || validity !== "valid") return;
  const { worst } = course;
  if (worst === null) course.worst = value;
  else course.worst = course.watched?.side === "lowest" ? Math.min(worst, value) : Math.max(worst, value);
}
