// @ts-check
// Two minutes of a bed as the record has them: numbers and curves, each with its own time and its
// gaps. No DOM and no clock.

import { runs } from "./trend.js";

/** @typedef {{at_ms: number, value: number, low: number, high: number}} Point `value` is NaN where a gap begins */
/** @typedef {{metric: string, unit: string, points: Point[]}} Series */
/** @typedef {{metric: string, points: {at_ms: number, value: number}[]}} Curve */
/** @typedef {{at_ms: number, systolic: number | null, diastolic: number | null, mean: number | null}} CuffTaken */
/** `until_ms` is up to when there can be anything: it may just have begun. */
/** @typedef {{from_ms: number, to_ms: number, until_ms: number, series: Series[], curves: Curve[], cuffs: CuffTaken[]}} Minutes */

/** Numbers further apart than this have a gap between them, milliseconds; a slow device's, three of its periods. */
const GAP_MS = 5_000;

/** A stretch of a curve without samples is shaded when it is longer than this, milliseconds. */
export const WAVE_GAP_MS = 250;

/**
 * The service's answer to `GET …/around` (docs/http.md).
 * @typedef {object} AroundAnswer
 * @property {string} from RFC 3339
 * @property {string} to RFC 3339
 * @property {string} now RFC 3339
 * @property {Record<string, {unit: string, readings: {at: string, value: number | null, validity: string}[]}>} numerics
 * @property {Record<string, {parts: {from: string, period_us: number, samples: number[]}[]}>} waves between two parts samples are missing
 * @property {{at: string, systolic: number | null, diastolic: number | null, mean: number | null}[]} nibp
 */

/**
 * @param {AroundAnswer} answer
 * @returns {Minutes}
 */
export function minutes_of(answer) {
  const series = Object.entries(answer.numerics).map(([metric, { unit, readings }]) => {
    const points = readings.map(({ at, value, validity }) => {
      const known = validity === "valid" && value !== null ? value : NaN;
      return { at_ms: Date.parse(at), value: known, low: known, high: known };
    });
    return { metric, unit, points: parted(points.sort((a, b) => a.at_ms - b.at_ms)) };
  });
  const curves = Object.entries(answer.waves).map(([metric, { parts }]) => {
    const points = parts.flatMap(({ from, period_us, samples }) => {
      const from_ms = Date.parse(from);
      return [...samples.map((value, index) => ({ at_ms: from_ms + (index * period_us) / 1000, value })), { at_ms: from_ms, value: NaN }];
    });
    return { metric, points };
  });
  const cuffs = answer.nibp.map(({ at, ...pressures }) => ({ at_ms: Date.parse(at), ...pressures }));
  const [from_ms, to_ms, now_ms] = [answer.from, answer.to, answer.now].map(Date.parse);
  return { from_ms, to_ms, until_ms: Math.min(to_ms, now_ms), series, curves, cuffs };
}

/**
 * Returns the last number up to a time, if it was valid and is not older than a gap.
 * @param {Series} series
 * @param {number} at_ms
 */
export function at({ points }, at_ms) {
  const last = points.filter((point) => point.at_ms <= at_ms).at(-1);
  return last && !Number.isNaN(last.value) && at_ms - last.at_ms <= gap_of(points) ? last : null;
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
    return [{ at_ms: before.at_ms, value: NaN, low: NaN, high: NaN }, point];
  });
}

/** @param {Point[]} points */
function gap_of(points) {
  const spans = points.slice(1).map(({ at_ms }, index) => at_ms - points[index].at_ms).sort((a, b) => a - b);
  return Math.max(GAP_MS, 3 * (spans[Math.floor(spans.length / 2)] ?? 0));
}
