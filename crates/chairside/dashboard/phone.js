// @ts-check
// What a telephone says: the beds by urgency, and the one alarm that can be accepted. No DOM and
// no clock.

import { is_as_read, is_declined, is_open, RANK, SETTLE_MS, standing, title } from "./alarms.js";
import { who_words } from "./answers.js";
import { t } from "./language.js";
import { by_worst } from "./order.js";
import { mark, tile } from "./present.js";
import { patient_words } from "./session-words.js";
import { dotted } from "./words.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./alarms.js").Standing} Standing */

/**
 * @typedef {object} Row
 * @property {string} bed
 * @property {string} name
 * @property {boolean | undefined} simulated what it shows is nobody's
 * @property {string} patient
 * @property {import("./present.js").Mark | null} mark
 * @property {string} title of its worst alarm and of its patient's call, or why there is no number
 * @property {import("./present.js").Cell[]} numbers
 * @property {string} summary for a screen reader
 */

/**
 * Returns the beds, the most urgent first.
 * @param {Model} model
 * @param {number} now
 * @param {string} station
 * @returns {Row[]}
 */
export function phone_rows(model, now, station) {
  return by_worst(model.beds.values()).map(({ bed, worst }) => {
    const view = tile(model, bed, now, station);
    const lost = view.loss ? t("no signal, {devices} {state}", view.loss) : "";
    return {
      bed: bed.bed,
      name: bed.name,
      simulated: view.simulated,
      patient: patient_words(bed.session?.patient),
      mark: worst ? mark(model, worst.alarm) : null,
      title: worst ? dotted(title(worst.alarm.id), worst.early, who_words(bed.alarms, worst.alarm, model.staff), view.call?.title ?? "") : lost,
      numbers: [view.spo2, view.rate, view.nibp, view.rr, view.etco2].filter((one) => one !== null),
      summary: view.summary,
    };
  });
}

/**
 * Which alarm the card shows: the first that waits for somebody and that the person has not
 * declined, or that of the bed that a person touched, until it waits no more or a worse one calls.
 */
export class OneAlarm {
  /** What the card shows. @type {Standing | null} */
  #entry = null;
  /** The alarm whose bed was touched: it is shown though the person has declined it. @type {string | null} */
  #touched = null;
  /** Page time since when it shows that. */
  #came_at = -Infinity;

  /**
   * @param {readonly Standing[]} all in the order of `standing`
   * @param {number} now
   * @param {string} [by] who has the telephone
   * @returns {Standing | null}
   */
  follow(all, now, by) {
    const wanted = (/** @type {Standing} */ { key, alarm }) => !is_declined(alarm, by) || key === this.#touched;
    const open = all.filter((entry) => is_open(entry.alarm) && wanted(entry));
    const first = open[0] ?? null;
    const current = open.find(({ key }) => key === this.#entry?.key) ?? null;
    const worse = first && current && RANK[first.alarm.priority] < RANK[current.alarm.priority];
    const shown = worse ? first : (current ?? first);
    if (shown && (!this.#entry || !is_as_read(this.#entry, shown))) this.#came_at = now;
    this.#entry = shown;
    if (shown?.key !== this.#touched) this.#touched = null;
    return shown;
  }

  /** The person does not come for the alarm on the card: it goes on when that is known. */
  decline() {
    this.#touched = null;
  }

  /**
   * A person touches a bed: its worst alarm that waits for somebody is on the card.
   * @param {Iterable<import("./model.js").BedState>} beds
   * @param {string} bed
   */
  choose(beds, bed) {
    const entry = standing(beds).find((one) => one.bed === bed && is_open(one.alarm));
    if (!entry) return;
    this.#entry = entry;
    this.#touched = entry.key;
    this.#came_at = -Infinity;
  }

  /**
   * Tells whether a press is meant for that alarm: it has been on the card long enough to be read.
   * @param {string} key
   * @param {number} now
   */
  may_press(key, now) {
    return key === this.#entry?.key && now - this.#came_at >= SETTLE_MS;
  }
}
