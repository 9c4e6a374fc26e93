// @ts-check
// Who comes to a bed that calls, and what somebody here would say of that. No DOM and no clock.

import { declined_words } from "./alarms.js";
import { t } from "./language.js";
import { dotted, name_of } from "./words.js";

/** @typedef {import("./wire.js").AlarmsOfBed} AlarmsOfBed */
/** @typedef {"accept" | "arrive"} Answer */

/**
 * Returns the last call of a bed that was shown here: nobody has seen what calls later.
 * @param {AlarmsOfBed} alarms
 */
export function last_call({ active }) {
  return active.reduce((last, { call = 0 }) => Math.max(last, call), 0);
}

/**
 * Says who comes to a bed, or is there; nothing where nobody does.
 * @param {AlarmsOfBed} alarms
 * @param {readonly import("./wire.js").Person[]} staff
 */
export function responsible_words({ responsible }, staff) {
  if (!responsible) return "";
  const person = name_of(staff, responsible.by);
  return responsible.arrived_at ? t("{person} is there", { person }) : t("{person} is coming", { person });
}

/**
 * Says who comes to the bed of an alarm, and who does not come for it.
 * @param {AlarmsOfBed} alarms
 * @param {import("./wire.js").ActiveAlarm} alarm
 * @param {readonly import("./wire.js").Person[]} staff
 */
export function who_words(alarms, alarm, staff) {
  return dotted(responsible_words(alarms, staff), declined_words(alarm, staff));
}

/**
 * Returns what a person would say to a bed: that they come, or are there; nothing where all that
 * it has called is answered so. What has called since they came takes a word of its own.
 * @param {AlarmsOfBed} alarms
 * @param {string | undefined} by
 * @returns {Answer | null}
 */
export function next_answer(alarms, by) {
  const { responsible } = alarms;
  if (!responsible || responsible.by !== by) return "accept";
  const has_called = responsible.call < last_call(alarms);
  if (responsible.arrived_at === undefined) return has_called ? "accept" : "arrive";
  return has_called ? "arrive" : null;
}

/** @param {Answer} answer */
export function answer_words(answer) {
  return answer === "accept" ? t("I'm coming") : t("I'm here");
}

/**
 * How an answer to a bed is called while it is on its way.
 * @param {string} bed
 */
export function answer_key(bed) {
  return `answer/${bed}`;
}
