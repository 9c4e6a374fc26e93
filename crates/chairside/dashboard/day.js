// @ts-check
// The day-start check and the alarm budget, in words. No DOM and no clock.

import { title } from "./alarms.js";
import { found_words } from "./found.js";
import { in_english, language, t } from "./language.js";
import { age, figure, name_of, time_of_day } from "./words.js";

/** @typedef {readonly import("./wire.js").Person[]} Staff */
/** @typedef {ReadonlyMap<string, {name: string}>} Beds */

/**
 * An item of a check as the service signed it (docs/http.md).
 * @typedef {object} Item
 * @property {string} item
 * @property {string} [bed]
 * @property {string} [device]
 * @property {boolean | null} passed null only where an older version could not say
 * @property {string} [found]
 * @property {number} [age_ms]
 */

/**
 * @typedef {object} Check
 * @property {string} at
 * @property {string} by
 * @property {string} station
 * @property {Item[]} items
 * @property {string | null} [note]
 * @property {boolean} complete
 */

/** The tones that somebody must have heard, the most urgent first. */
export const TONES = /** @type {const} */ (["tone_high", "tone_medium", "tone_low"]);

/** @typedef {Record<(typeof TONES)[number], boolean | null>} Heard null where nobody has said yet */

/**
 * A way to a person by which the ladders call today (docs/http.md).
 * @typedef {object} CalledWay
 * @property {string} person
 * @property {string} channel
 * @property {string | null} received_at when its person last said that a message came
 * @property {boolean} reached whether that still holds
 */

/** @type {Record<string, string>} */
const ITEMS = in_english({
  tone_high: "Tone of a high alarm heard",
  tone_medium: "Tone of a medium alarm heard",
  tone_low: "Tone of a low alarm heard",
  gives_numbers: "{device} gives numbers",
  phone_reached: "Phone reached",
});

/**
 * Names an item of a check.
 * @param {Pick<Item, "item" | "device">} item
 */
export function item_words({ item, device = "" }) {
  return item in ITEMS ? t(ITEMS[item], { device }) : item.replaceAll("_", " ");
}

/**
 * Says how an item stood.
 * @param {Item} item
 */
export function item_state({ passed, found = "", age_ms }) {
  const mark = passed === null ? "–" : passed ? t("✓ yes") : t("✗ no");
  const old = age_ms === undefined ? "" : t("{age} old", { age: age(age_ms) });
  return [mark, found_words(found), old].filter(Boolean).join(", ");
}

/**
 * Says when a message last came to a person by a way.
 * @param {CalledWay} way
 * @param {Staff} staff
 */
export function way_words({ person, channel, received_at }, staff) {
  const way = t("{person} by {channel}", { person: name_of(staff, person), channel });
  return `${way}: ${received_at ? t("last received {when}", { when: day_and_time(Date.parse(received_at)) }) : t("not reached yet")}`;
}

/**
 * Says of what an item is, and how it stood.
 * @param {Item} item
 * @param {Beds} beds
 */
export function item_line(item, beds) {
  const bed = item.bed ? `${beds.get(item.bed)?.name ?? item.bed}, ` : "";
  return `${bed}${item_words(item)}: ${item_state(item)}`;
}

/**
 * Says who signed a check, when, and what came of it.
 * @param {Check} check
 * @param {Staff} staff
 * @param {Beds} beds
 */
export function check_words(check, staff, beds) {
  const missing = check.items.flatMap((item) => (item.passed === false ? item_line(item, beds) : [])).join("; ");
  const blanks = { when: day_and_time(Date.parse(check.at)), who: name_of(staff, check.by), missing };
  return check.complete ? t("{when}, {who}: complete", blanks) : t("{when}, {who}: not complete – {missing}", blanks);
}

/**
 * Says whether the check of today is done: the day is that of the place where this page is.
 * @param {{at: string, by: string} | null} last the last complete one
 * @param {number} now_ms the service's time, milliseconds since 1970
 * @param {Staff} staff
 */
export function today_words(last, now_ms, staff) {
  if (last === null) return { done: false, text: t("Day-start check never done") };
  const at_ms = Date.parse(last.at);
  const who = name_of(staff, last.by);
  const done = new Date(at_ms).toDateString() === new Date(now_ms).toDateString();
  const text = done
    ? t("Day-start check done at {time} by {who}", { time: time_of_day(at_ms), who })
    : t("Day-start check not done today; last {when} by {who}", { when: day_and_time(at_ms), who });
  return { done, text };
}

/**
 * Returns the first tone of which nobody has said whether it was heard.
 * @param {Heard} heard
 */
export function unsaid(heard) {
  return TONES.find((tone) => heard[tone] === null) ?? null;
}

/**
 * Returns the tones of the check that have begun to sound here since a moment: of no other can
 * anybody say that they heard it.
 * @param {readonly Pick<import("./sound/speaker.js").Said, "tone" | "starts_ms" | "fate">[]} log
 * @param {number} since_ms page time
 * @param {number} now page time
 */
export function played(log, since_ms, now) {
  const sounded = log.filter(({ starts_ms, fate }) => fate !== "dropped" && starts_ms >= since_ms && starts_ms <= now);
  return TONES.filter((item) => sounded.some(({ tone }) => item === `tone_${tone}`));
}

/**
 * What the service tells of one rule, or of all.
 * @typedef {object} Share
 * @property {number} alarms
 * @property {number | null} per_bed_hour
 * @property {number} acted_on
 * @property {number | null} acted_on_share 0 to 1
 * @property {{median: number, p90: number} | null} response_s
 */

/** @typedef {Share & {rule: string, priority: string}} RuleShare */
/** @typedef {Share & {bed_hours: number, by_rule: RuleShare[]}} Budget */

/**
 * A line of the budget's table.
 * @param {Share} share
 * @param {string} name
 * @returns {string[]}
 */
function budget_cells(share, name) {
  const per_hour = share.per_bed_hour === null ? "–" : figure(share.per_bed_hour.toFixed(1));
  const acted =
    share.acted_on_share === null
      ? "–"
      : t("{acted} of {all}, {share} %", {
          acted: share.acted_on,
          all: share.alarms,
          share: Math.round(share.acted_on_share * 100),
        });
  const { median, p90 } = share.response_s ?? {};
  return [name, String(share.alarms), per_hour, acted, seconds(median), seconds(p90)];
}

/** @param {number} [s] */
function seconds(s) {
  return s === undefined ? "–" : t("{n} s", { n: Math.round(s) });
}

/**
 * Returns the table of a budget: all rules together first, then the one that calls most.
 * @param {Budget} budget
 * @returns {string[][]}
 */
export function budget_rows(budget) {
  const rules = [...budget.by_rule].sort((a, b) => b.alarms - a.alarms || a.rule.localeCompare(b.rule));
  return [budget_cells(budget, t("All alarms")), ...rules.map((one) => budget_cells(one, title(one.rule)))];
}

/**
 * Says over what the budget was counted.
 * @param {Budget} budget
 */
export function budget_words(budget) {
  return budget.bed_hours === 0
    ? t("No bed was monitored in this time.")
    : t("{hours} hours with a device connected, all beds together", { hours: figure(budget.bed_hours.toFixed(1)) });
}

/**
 * @param {number} at_ms
 */
function day_and_time(at_ms) {
  const day = new Date(at_ms).toLocaleDateString(language(), { day: "numeric", month: "short" });
  return `${day} ${time_of_day(at_ms)}`;
}
