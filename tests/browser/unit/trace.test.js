import assert from "node:assert/strict";
import { test } from "node:test";

import { SILENT_MS, Trace } from "../../../crates/chairside/dashboard/trace.js";

/** Samples and gaps of the whole trace; a gap is null. */
function drawn(trace) {
  const all = [];
  trace.each(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, (time, value) => {
    all.push(Number.isNaN(value) ? null : value);
    drawn.times.push(time);
  });
  return all;
}
drawn.times = [];

test("runs of samples make one unbroken curve in order", () => {
  const trace = new Trace();
  trace.push([1, 2, 3], 10_000, 1_000);
  trace.push([4, 5, 6], 10_000, 1_030);
  assert.deepEqual(drawn(trace), [1, 2, 3, 4, 5, 6]);
  assert.ok(Math.abs(trace.last_time() - 1_030) < 1);
});

test("times rise strictly however unevenly runs come", () => {
  const trace = new Trace();
  let now = 0;
  for (let run = 0; run < 400; run += 1) {
    now += [5, 80, 35, 40, 700, 1][run % 6];
    trace.push([run, run, run], 13_333, now);
  }
  let last = Number.NEGATIVE_INFINITY;
  trace.each(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, (time) => {
    assert.ok(time > last);
    last = time;
  });
});

test("a pause in the samples is a gap and not a line", () => {
  const trace = new Trace();
  trace.push([1, 2], 10_000, 1_000);
  trace.push([3, 4], 10_000, 2_000);
  assert.deepEqual(drawn(trace), [1, 2, null, 3, 4]);
});

test("a cut is a gap even if samples come at once", () => {
  const trace = new Trace();
  trace.push([1, 2], 10_000, 1_000);
  trace.cut();
  trace.push([3, 4], 10_000, 1_020);
  assert.deepEqual(drawn(trace), [1, 2, null, 3, 4]);
});

test("the curve follows a device that runs faster than it says", () => {
  const trace = new Trace();
  // Says 13.333 ms, in truth 13.2 ms: an hour later the pen is still with it.
  let now = 0;
  for (let run = 0; run < 90_000; run += 1) {
    now += 3 * 13.2;
    trace.push([run % 9, 1, 2], 13_333, now);
    assert.ok(Math.abs(trace.last_time() - now) < 100);
  }
});

test("a backlog that comes all at once is not drawn as new", () => {
  const trace = new Trace();
  trace.push([1, 1], 10_000, 1_000);
  for (let run = 0; run < 100; run += 1) trace.push([9, 9], 10_000, 1_001);
  assert.ok(trace.last_time() < 1_001 + 600);
});

test("the pen waits for samples, and runs on over a gap when they have stopped", () => {
  const trace = new Trace();
  trace.push([1, 2, 3], 10_000, 10_000);
  assert.equal(trace.pen(10_100), 9_750);
  assert.equal(trace.pen(10_900), trace.last_time());
  assert.equal(trace.is_silent(10_000 + SILENT_MS), false);
  assert.equal(trace.pen(10_001 + SILENT_MS), 10_001 + SILENT_MS - 350);
});

test("old samples make room for new ones", () => {
  const trace = new Trace();
  for (let run = 0; run < 2_000; run += 1) trace.push([run, run, run, run], 10_000, run * 40);
  const all = drawn(trace);
  assert.equal(all.length, 4_096);
  assert.equal(all.at(-1), 1_999);
  assert.deepEqual(trace.range(1_999 * 40 - 35), { low: 1_999, high: 1_999 });
});
