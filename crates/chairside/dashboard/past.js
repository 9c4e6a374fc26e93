// @ts-check
// What was at a bed: asked of the service's record, kept up with what is heard since, and asked
// anew after every break. No DOM.

import { ask, why_not } from "./ask.js";
import { Heard } from "./episodes.js";
import { language } from "./language.js";
import { Trend } from "./trend.js";

/** The record is asked again this often, for the causes of gaps and for what was not heard here, milliseconds. */
const AGAIN_MS = 60_000;

/** After a refusal it is asked again so much later, milliseconds. */
const RETRY_MS = 10_000;

/** What was just done is on the record so much later at most, milliseconds. */
const WRITTEN_MS = 1_500;

/** Not looked after for this long, something may have been missed, milliseconds. */
const LAPSE_MS = 5_000;

/** Questions about the past are put one after the other: many beds begin together. */
let turn = Promise.resolve();

/**
 * Asks the service for something, when it is this question's turn.
 * @param {string} path
 * @returns {Promise<any>}
 */
function ask_in_turn(path) {
  const answer = turn.then(() => ask(path));
  turn = answer.then(() => {}, () => {});
  return answer;
}

/**
 * Returns the path of a question about a bed.
 * @param {string} bed
 * @param {"trend" | "history" | "around"} what
 * @param {Record<string, string>} blanks
 */
export function question(bed, what, blanks) {
  return `/api/v1/beds/${encodeURIComponent(bed)}/${what}?${new URLSearchParams(blanks)}`;
}

/** @typedef {{at: string, words: string}} Mark what was done, as the record tells it; `at` in RFC 3339 */

export class Past {
  /** @type {Trend} */
  trend;
  /** The record's episodes. @type {import("./episodes.js").RecordedEpisode[]} */
  recorded = [];
  /** What was done in the treatment, oldest first. @type {Mark[]} */
  marks = [];
  heard = new Heard();
  /** Why the record did not tell the alarms, though it did the trend. @type {string | null} */
  alarms_refused = null;
  /** Why the record did not answer, or null when it did or has not been asked yet. @type {string | null} */
  refused = null;
  /** Whether the record has answered since the last break. */
  is_known = false;
  /** Changes whenever something is drawn otherwise. */
  version = 0;
  #bed;
  #span_s;
  #step_s;
  #ask;
  /** @type {string | null} */
  #epoch = null;
  #from_ms = -Infinity;
  #asking = false;
  #ask_at = -Infinity;
  #followed_at = -Infinity;

  /**
   * @param {string} bed
   * @param {number} span_s
   * @param {number} step_s
   * @param {(path: string) => Promise<any>} [asked] a test gives its own
   */
  constructor(bed, span_s, step_s, asked = ask_in_turn) {
    this.#bed = bed;
    this.#span_s = span_s;
    this.#step_s = step_s;
    this.#ask = asked;
    this.trend = new Trend(span_s, step_s);
  }

  /**
   * Takes what is heard of the bed now, and asks the record when that is due.
   * @param {import("./model.js").Model} model
   * @param {import("./model.js").BedState} bed
   * @param {number} now page time
   */
  follow(model, bed, now) {
    const service_ms = model.clock.at(now);
    if (Number.isNaN(service_ms)) return;
    if (model.epoch !== this.#epoch || bed.from_ms !== this.#from_ms) this.#forget(model.epoch, bed.from_ms);
    if (!model.complete || now - this.#followed_at > LAPSE_MS) {
      this.is_known = false;
      this.#ask_at = Math.min(this.#ask_at, now);
    }
    if (model.complete) this.heard.follow(bed.alarms.active, service_ms, now - this.#followed_at <= LAPSE_MS);
    this.#followed_at = model.complete ? now : -Infinity;
    this.trend.advance(service_ms);
    this.heard.forget_before(this.trend.from_ms);
    this.trend.hear(bed.readings);
    if (model.complete && !this.#asking && now >= this.#ask_at) void this.#put_question(now);
  }

  /**
   * Something was done: the record is asked for it as soon as it can have it.
   * @param {number} now page time
   */
  renew(now) {
    this.#ask_at = Math.min(this.#ask_at, now + WRITTEN_MS);
  }

  /**
   * Another start of the service, or another patient: what was known is void.
   * @param {string | null} epoch
   * @param {number} from_ms
   */
  #forget(epoch, from_ms) {
    this.#epoch = epoch;
    this.#from_ms = from_ms;
    this.#ask_at = -Infinity;
    this.trend = new Trend(this.#span_s, this.#step_s, from_ms);
    this.recorded = [];
    this.marks = [];
    this.heard = new Heard();
    this.refused = null;
    this.alarms_refused = null;
    this.is_known = false;
    this.version += 1;
  }

  /** @param {number} now */
  async #put_question(now) {
    const { trend: asked_for } = this;
    this.#asking = true;
    this.#ask_at = now + AGAIN_MS;
    const from = new Date(Math.max(this.trend.from_ms, this.#from_ms)).toISOString();
    const to = new Date(this.trend.to_ms).toISOString();
    try {
      const trend = await this.#ask(question(this.#bed, "trend", { from, to, step: String(this.#step_s) }));
      if (asked_for !== this.trend) return;
      this.trend.merge(trend);
      this.refused = null;
      this.is_known = true;
      this.alarms_refused = await this.#ask(question(this.#bed, "history", { from, to, lang: language() })).then(
        (history) => {
          if (asked_for === this.trend) [this.recorded, this.marks] = [history.alarms, history.marks ?? []];
          return null;
        },
        why_not,
      );
    } catch (error) {
      if (asked_for !== this.trend) return;
      this.refused = why_not(error);
      this.is_known = false;
      this.#ask_at = now + RETRY_MS;
    } finally {
      this.#asking = false;
      this.version += 1;
    }
  }
}
