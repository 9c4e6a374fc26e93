// @ts-check
// Two minutes of a bed as the record has them: numbers and curves, each with its own time and its
// gaps. No DOM and no clock.

import { runs } from "./trend.js";

/** @typedef {{at_ms: number, value: number, low: number, high: number}} Point `value` is NaN where a gap begins */
/** @typedef {{metric: string, unit: string, points: Point[]}} Series */
/** @typedef {{metric: string, points: {at_ms: number, value: number}[]}} Curve */
/** @typedef {{from_ms: number, to_ms: number, series: Series[], curves: Curve[]}} Minutes */

/** Numbers further apart than this have a gap between them, milliseconds; a slow device's, three of its periods. */
const GAP_MS = 5_000;

/** Samples that come later than this after the ones before have a gap before them, milliseconds. */
export const WAVE_GAP_MS = 250;

/**
 * The service's answer to `GET …/around` (docs/http.md).
 * @typedef {object} AroundAnswer
 * @property {string} from RFC 3339
 * @property {string} to RFC 3339
 * @property {{metric: string, unit: string, at: string, value?: number | null, validity: string}[]} numerics
 * @property {{metric: string, at: string, period_us: number, samples: number[]}[]} waves `at` of the first sample
 */

/**
 * @param {AroundAnswer} answer
 * @returns {Minutes}
 */
export function minutes_of(answer) {
  /** @type {Map<string, Series>} */
  const series = new Map();
  for (const { metric, unit, at, value, validity } of in_order(answer.numerics)) {
    const one = series.get(metric) ?? { metric, unit, points: [] };
    series.set(metric, one);
    const known = validity === "valid" && value !== null && value !== undefined ? value : Number.NaN;
    one.points.push({ at_ms: Date.parse(at), value: known, low: known, high: known });
  }
  /** @type {Map<string, Curve>} */
  const curves = new Map();
  for (const { metric, at, period_us, samples } of in_order(answer.waves)) {
    const curve = curves.get(metric) ?? { metric, points: [] };
    curves.set(metric, curve);
    const { points } = curve;
    const from_ms = Date.parse(at);
    const last = points.at(-1);
    if (last && from_ms - last.at_ms > WAVE_GAP_MS) points.push({ at_ms: last.at_ms, value: Number.NaN });
    samples.forEach((value, index) => points.push({ at_ms: from_ms + (index * period_us) / 1000, value }));
  }
  return {
    from_ms: Date.parse(answer.from),
    to_ms: Date.parse(answer.to),
    series: [...series.values()].map((one) => ({ ...one, points: parted(one.points) })),
    curves: [...curves.values()],
  };
}

/**
 * Returns the last valid number up to a time, if it is not older than a gap.
 * @param {Series} series
 * @param {number} at_ms
 */
export function at({ points }, at_ms) {
  const last = points.filter((point) => point.at_ms <= at_ms && !Number.isNaN(point.value)).at(-1);
  return last && at_ms - last.at_ms <= gap_of(points) ? last : null;
}

/**
 * Returns the times between two that no line covers.
 * @param {readonly {at_ms: number, value: number}[]} points
 * @param {number} from_ms
 * @param {number} to_ms
 * @param {number} least_ms what is shorter is none
 */
export function holes(points, from_ms, to_ms, least_ms = GAP_MS) {
  const lines = runs(points).map((run) => ({ from_ms: run[0].at_ms, to_ms: run[run.length - 1].at_ms }));
  const ends = [from_ms, ...lines.map((line) => line.to_ms)];
  const begins = [...lines.map((line) => line.from_ms), to_ms];
  return ends
    .map((end, index) => ({ from_ms: end, to_ms: begins[index] }))
    .filter((hole) => hole.to_ms - hole.from_ms > least_ms);
}

/**
 * Puts a gap between numbers that are too far apart.
 * @param {Point[]} points
 */
function parted(points) {
  const most = gap_of(points);
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before || point.at_ms - before.at_ms <= most) return [point];
    const { at_ms } = before;
    return [{ at_ms, value: Number.NaN, low: Number.NaN, high: Number.NaN }, point];
  });
}

/** @param {Point[]} points */
function gap_of(points) {
  const spans = points.slice(1).map(({ at_ms }, index) => at_ms - points[index].at_ms).sort((a, b) => a - b);
  return Math.max(GAP_MS, 3 * (spans[Math.floor(spans.length / 2)] ?? 0));
}

/**
 * @template {{at: string}} Timed
 * @param {Timed[]} all
 */
function in_order(all) {
  return [...all].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
