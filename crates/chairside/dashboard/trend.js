// @ts-check
// The values of a bed over the last hours, in steps of time, from the record and from what is
// heard since. A value stands in the step in which it was measured and in no other: nothing is
// carried over, nothing is filled in. No DOM and no clock.

import { t } from "./language.js";

/** @typedef {"cable" | "restart" | "recorder"} Cause */
/** @typedef {{from_ms: number, to_ms: number, cause: Cause, device: string | null}} Gap */
/** @typedef {{at_ms: number, systolic: number, diastolic: number | null, mean: number | null}} Cuff */

/** A metric in steps; NaN where nothing was measured. */
/** @typedef {{values: Float64Array, low: Float64Array, high: Float64Array}} Column */

/**
 * The service's answer to `GET …/trend` (docs/http.md).
 * @typedef {object} TrendAnswer
 * @property {string} from RFC 3339
 * @property {string} to RFC 3339
 * @property {number} step_s
 * @property {Record<string, {unit: string, values: (number | null)[], low: (number | null)[], high: (number | null)[]}>} metrics
 * @property {{from: string, to: string, cause: Cause, device?: string | null}[]} gaps
 * @property {{at: string, systolic: number | null, diastolic: number | null, mean: number | null}[]} nibp
 */

/** Pressures of one determination carry one time; of the same values, this close together are one. */
const SAME_CUFF_MS = 30_000;

/** A determination takes at least this: what ended sooner after a session opened is of before it. */
const DETERMINATION_MS = 10_000;

/** A stretch without values is drawn as one from so many steps on. */
const GAP_STEPS = 2;

export class Trend {
  step_ms;
  since_ms;
  /** Steps that are kept. */
  count;
  /** @type {Map<string, Column>} */
  #columns = new Map();
  /** The number of the newest step since 1970. */
  #newest = -Infinity;
  /** What the record says of times without values. @type {Gap[]} */
  gaps = [];
  /** Oldest first. @type {Cuff[]} */
  cuffs = [];

  /**
   * @param {number} span_s
   * @param {number} step_s
   * @param {number} [since_ms] what was measured before is another patient's
   */
  constructor(span_s, step_s, since_ms = -Infinity) {
    this.since_ms = since_ms;
    this.step_ms = step_s * 1000;
    this.count = Math.round(span_s / step_s) + 1;
  }

  /** The time from which on there may be anything, milliseconds since 1970. */
  get from_ms() {
    return (this.#newest - this.count + 1) * this.step_ms;
  }

  /** The end of the newest step. */
  get to_ms() {
    return (this.#newest + 1) * this.step_ms;
  }

  /**
   * Goes on to a time: what is older than the span is forgotten.
   * @param {number} service_ms
   */
  advance(service_ms) {
    const step = Math.floor(service_ms / this.step_ms);
    if (!(step > this.#newest)) return;
    const first = Math.max(this.#newest + 1, step - this.count + 1);
    for (const column of this.#columns.values()) {
      for (let one = first; one <= step; one += 1) for (const part of Object.values(column)) part[one % this.count] = NaN;
    }
    this.#newest = step;
    this.cuffs = this.cuffs.filter(({ at_ms }) => at_ms >= this.from_ms);
    this.gaps = this.gaps.filter(({ to_ms }) => to_ms >= this.from_ms);
  }

  /**
   * Takes the readings of a bed as they are now; each goes to the time at which it was measured.
   * @param {Map<string, import("./model.js").Reading>} readings
   */
  hear(readings) {
    for (const { metric, value, validity, at_ms } of readings.values()) {
      if (value !== null && validity === "valid" && !metric.startsWith("Nibp")) this.#put(metric, at_ms, value, value, value);
    }
    const systolic = readings.get("NibpSystolic");
    if (!systolic || systolic.value === null || systolic.validity !== "valid") return;
    /** @param {string} metric */
    const beside = (metric) => {
      const reading = readings.get(metric);
      return reading?.at_ms === systolic.at_ms && reading.validity === "valid" ? reading.value : null;
    };
    const { at_ms, value } = systolic;
    this.#take_cuff({ at_ms, systolic: value, diastolic: beside("NibpDiastolic"), mean: beside("NibpMean") });
  }

  /**
   * Takes what the record says. What this page has heard itself stays where the record has nothing
   * yet.
   * @param {TrendAnswer} answer
   */
  merge(answer) {
    if (answer.step_s * 1000 !== this.step_ms) throw new Error(t("the service answered in steps of {step} s, which were not asked for", { step: answer.step_s }));
    const from_ms = Date.parse(answer.from);
    for (const [metric, { values, low, high }] of Object.entries(answer.metrics)) {
      values.forEach((value, index) => {
        const at_ms = from_ms + index * this.step_ms;
        if (value !== null) this.#put(metric, at_ms, value, low[index] ?? value, high[index] ?? value);
      });
    }
    this.gaps = answer.gaps.map(({ from, to, cause, device = null }) => ({ from_ms: Date.parse(from), to_ms: Date.parse(to), cause, device }));
    for (const { at, systolic, diastolic, mean } of answer.nibp) {
      if (systolic !== null) this.#take_cuff({ at_ms: Date.parse(at), systolic, diastolic, mean });
    }
  }

  /**
   * Returns the last step in which a metric has a value, a number that grows by 1 from step to
   * step; minus infinity when it has none.
   * @param {string} metric
   */
  newest(metric) {
    const column = this.#columns.get(metric);
    for (let back = 0; column && back < this.count; back += 1) {
      const step = this.#newest - back;
      if (!Number.isNaN(column.values[step % this.count])) return step;
    }
    return -Infinity;
  }

  /**
   * Returns a metric in its steps, oldest first, each with the time at which it ends; NaN where
   * nothing was measured.
   * @param {string} metric
   */
  series(metric) {
    const column = this.#columns.get(metric);
    return Array.from({ length: this.count }, (_, index) => {
      const step = this.#newest - this.count + 1 + index;
      const slot = step % this.count;
      return { at_ms: (step + 1) * this.step_ms, value: column?.values[slot] ?? NaN, low: column?.low[slot] ?? NaN, high: column?.high[slot] ?? NaN };
    });
  }

  /**
   * Returns the stretches without a value of a metric, oldest first, with their cause if one is
   * known.
   * @param {string} metric
   * @param {string | undefined} device where the metric comes from
   * @param {Cause | null} at_end why nothing comes at present, if that is known
   * @param {number} now_ms service time
   * @returns {{from_ms: number, to_ms: number, cause: Cause | null}[]}
   */
  holes(metric, device, at_end, now_ms) {
    const concerned = this.gaps.filter((gap) => gap.device === null || gap.device === device);
    const found = [];
    let since = -1;
    const series = this.series(metric);
    for (let index = 0; index <= series.length; index += 1) {
      // The step that is not over may still get its value.
      const is_missing = index < series.length && Number.isNaN(series[index].value) && series[index].at_ms > this.since_ms;
      if (is_missing && since < 0) since = index;
      if (is_missing || since < 0) continue;
      const from_ms = series[since].at_ms - this.step_ms;
      const to_ms = Math.min(now_ms, series[index - 1].at_ms);
      if (index - since >= GAP_STEPS) found.push(...caused({ from_ms, to_ms }, concerned, index < series.length ? null : at_end));
      since = -1;
    }
    return found;
  }

  /**
   * @param {string} metric
   * @param {number} at_ms
   * @param {number} value the last of the step
   * @param {number} low
   * @param {number} high
   */
  #put(metric, at_ms, value, low, high) {
    const step = Math.floor(at_ms / this.step_ms);
    if (!(step <= this.#newest && step > this.#newest - this.count) || at_ms < this.since_ms) return;
    let column = this.#columns.get(metric);
    if (!column) {
      const empty = () => new Float64Array(this.count).fill(NaN);
      column = { values: empty(), low: empty(), high: empty() };
      this.#columns.set(metric, column);
    }
    const slot = step % this.count;
    const is_new = Number.isNaN(column.values[slot]);
    column.values[slot] = value;
    column.low[slot] = is_new ? low : Math.min(low, column.low[slot]);
    column.high[slot] = is_new ? high : Math.max(high, column.high[slot]);
  }

  /** @param {Cuff} cuff */
  #take_cuff(cuff) {
    if (cuff.at_ms < Math.max(this.from_ms, this.since_ms + DETERMINATION_MS)) return;
    const known = this.cuffs.some((one) => {
      const same = one.systolic === cuff.systolic && one.diastolic === cuff.diastolic;
      return one.at_ms === cuff.at_ms || (same && Math.abs(one.at_ms - cuff.at_ms) <= SAME_CUFF_MS);
    });
    if (known) return;
    this.cuffs.push(cuff);
    this.cuffs.sort((a, b) => a.at_ms - b.at_ms);
  }
}

/**
 * Parts a series where values are missing: each run is a line, and between two there is none.
 * @template {{value: number}} Point
 * @param {readonly Point[]} series
 * @returns {Point[][]}
 */
export function runs(series) {
  /** @type {Point[][]} */
  const found = [[]];
  for (const point of series) {
    if (Number.isNaN(point.value)) found.push([]);
    else found[found.length - 1].push(point);
  }
  return found.filter(({ length }) => length > 0);
}

/**
 * Cuts a stretch where its cause changes.
 * @param {{from_ms: number, to_ms: number}} stretch
 * @param {Gap[]} gaps
 * @param {Cause | null} otherwise the cause of what no gap explains
 */
function caused({ from_ms, to_ms }, gaps, otherwise) {
  const pieces = [];
  let at = from_ms;
  for (const gap of [...gaps].sort((a, b) => a.from_ms - b.from_ms)) {
    const [from, to] = [Math.max(gap.from_ms, at), Math.min(gap.to_ms, to_ms)];
    if (from >= to) continue;
    if (from > at) pieces.push({ from_ms: at, to_ms: from, cause: null });
    pieces.push({ from_ms: from, to_ms: to, cause: gap.cause });
    at = to;
  }
  if (at < to_ms) pieces.push({ from_ms: at, to_ms, cause: otherwise });
  return pieces;
}
