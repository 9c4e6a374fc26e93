import assert from "node:assert/strict";
import { test } from "node:test";

import { at, holes, minutes_of } from "../../../crates/chairside/dashboard/minutes.js";
import { runs } from "../../../crates/chairside/dashboard/trend.js";
import { NOON_MS } from "./feed.js";

const time = (ago_ms) => new Date(NOON_MS - ago_ms).toISOString();

const numeric = (value, ago_ms, overrides = {}) => ({ metric: "SpO2", unit: "%", at: time(ago_ms), value, validity: "valid", ...overrides });

const answer = (numerics, waves = []) => minutes_of({ from: time(60_000), to: time(-60_000), numerics, waves });

test("numbers too far apart have a gap between them, and what is not valid is a gap", () => {
  const { series } = answer([numeric(90, 1_000), numeric(97, 30_000), numeric(96, 29_000), numeric(89, 0, { validity: "questionable" }), numeric(88, -1_000)]);
  assert.deepEqual(runs(series[0].points).map((run) => run.map(({ value }) => value)), [[97, 96], [90], [88]]);
});

test("what stood at a moment is the last number before it, and nothing when that is too old", () => {
  const [spo2] = answer([numeric(97, 2_000), numeric(96, 1_000), numeric(85, -1_000)]).series;
  assert.equal(at(spo2, NOON_MS).value, 96);
  const [old] = answer([numeric(97, 20_000), numeric(96, 19_000)]).series;
  assert.equal(at(old, NOON_MS), null);
});

test("numbers of a slow device are one line", () => {
  const { series } = answer([0, 8_000, 16_000, 24_000].map((ago_ms) => numeric(14, ago_ms, { metric: "RespirationRate" })));
  assert.equal(runs(series[0].points).length, 1);
});

test("a curve's samples have their own times, and a pause in them is a gap", () => {
  const wave = (ago_ms) => ({ metric: "Pleth", at: time(ago_ms), period_us: 10_000, samples: [1, 2, 3] });
  const { curves } = answer([], [wave(1_000), wave(2_000), wave(1_970)]);
  assert.deepEqual(curves[0].points.slice(0, 2), [{ at_ms: NOON_MS - 2_000, value: 1 }, { at_ms: NOON_MS - 1_990, value: 2 }]);
  assert.deepEqual(runs(curves[0].points).map((run) => run.length), [6, 3]);
});

test("what no line covers is a gap, at both ends too", () => {
  const points = [1_000, 2_000, 3_000].map((at_ms) => ({ at_ms, value: 1 }));
  points.splice(2, 0, { at_ms: 2_000, value: Number.NaN });
  assert.deepEqual(holes(points, 0, 5_000, 900), [{ from_ms: 0, to_ms: 1_000 }, { from_ms: 2_000, to_ms: 3_000 }, { from_ms: 3_000, to_ms: 5_000 }]);
  assert.deepEqual(holes([], 0, 5_000, 900), [{ from_ms: 0, to_ms: 5_000 }]);
});
