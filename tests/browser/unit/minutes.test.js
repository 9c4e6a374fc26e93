import assert from "node:assert/strict";
import { test } from "node:test";

import { at, holes, minutes_of } from "../../../crates/chairside/dashboard/minutes.js";
import { runs } from "../../../crates/chairside/dashboard/trend.js";
import { NOON_MS } from "./feed.js";

const time = (ago_ms) => new Date(NOON_MS - ago_ms).toISOString();

const reading = (value, ago_ms, validity = "valid") => ({ at: time(ago_ms), value, validity });

const answer = (readings, parts = [], nibp = []) =>
  minutes_of({ from: time(60_000), to: time(-60_000), now: time(-30_000), numerics: { SpO2: { unit: "%", readings } }, waves: { Pleth: { parts } }, nibp });

test("numbers too far apart have a gap between them, and what is not valid is a gap", () => {
  const { series } = answer([reading(97, 30_000), reading(96, 29_000), reading(90, 1_000), reading(89, 0, "questionable"), reading(null, -500, "unavailable"), reading(88, -1_000)]);
  assert.deepEqual(runs(series[0].points).map((run) => run.map(({ value }) => value)), [[97, 96], [90], [88]]);
});

test("what stood at a moment is the last number before it, and nothing when that is too old or the device had none since", () => {
  const [spo2] = answer([reading(97, 2_000), reading(96, 1_000), reading(85, -1_000)]).series;
  assert.equal(at(spo2, NOON_MS).value, 96);
  const [off] = answer([reading(97, 2_000), reading(null, 1_000, "unavailable")]).series;
  assert.equal(at(off, NOON_MS), null);
  const [old] = answer([reading(97, 20_000), reading(96, 19_000)]).series;
  assert.equal(at(old, NOON_MS), null);
});

test("numbers of a slow device are one line", () => {
  const { series } = answer([24_000, 16_000, 8_000, 0].map((ago_ms) => reading(14, ago_ms)));
  assert.equal(runs(series[0].points).length, 1);
});

test("a curve's samples have their own times, and between two parts there is a gap", () => {
  const part = (ago_ms) => ({ from: time(ago_ms), period_us: 10_000, samples: [1, 2, 3] });
  const [{ points }] = answer([], [part(2_000), part(1_000)]).curves;
  assert.deepEqual(points.slice(0, 2), [{ at_ms: NOON_MS - 2_000, value: 1 }, { at_ms: NOON_MS - 1_990, value: 2 }]);
  assert.deepEqual(runs(points).map((run) => run.length), [3, 3]);
});

test("what has not been yet is not missing", () => {
  const { until_ms, to_ms } = answer([]);
  assert.deepEqual([until_ms - NOON_MS, to_ms - NOON_MS], [30_000, 60_000]);
});

test("a cuff reading has the time of its own", () => {
  const { cuffs } = answer([], [], [{ at: time(30_000), device: "monitor-1", systolic: 128, diastolic: 76, mean: 93 }]);
  assert.deepEqual([cuffs[0].at_ms, cuffs[0].systolic], [NOON_MS - 30_000, 128]);
});

test("what no line covers is a gap, at both ends too", () => {
  const points = [1_000, 2_000, 3_000].map((at_ms) => ({ at_ms, value: 1 }));
  points.splice(2, 0, { at_ms: 2_000, value: Number.NaN });
  assert.deepEqual(holes(points, 0, 5_000, 900), [{ from_ms: 0, to_ms: 1_000 }, { from_ms: 2_000, to_ms: 3_000 }, { from_ms: 3_000, to_ms: 5_000 }]);
  assert.deepEqual(holes([], 0, 5_000, 900), [{ from_ms: 0, to_ms: 5_000 }]);
});
