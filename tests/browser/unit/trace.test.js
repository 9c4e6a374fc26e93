import assert from "node:assert/strict";
import { test } from "node:test";

import { SILENT_MS, Trace } from "../../../crates/chairside/dashboard/trace.js";

/** Samples and gaps of the whole trace; a gap is null. */
function drawn(trace) {
  trace.pen(0);
  const all = [];
  trace.each(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, (_time, value) => {
    all.push(Number.isNaN(value) ? null : value);
  });
  return all;
}

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
  trace.pen(now);
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
    trace.pen(now);
    assert.ok(Math.abs(trace.last_time() - now) < 100);
  }
});

test("runs that arrive together are laid out as the one run that they were", () => {
  const trace = new Trace();
  trace.push([0], 50_000, 1_000);
  for (let run = 0; run < 5; run += 1) trace.push([run, run, run, run], 50_000, 2_000);
  assert.equal(drawn(trace).length, 21);
  assert.ok(!drawn(trace).includes(null), "there is no gap");
  assert.ok(Math.abs(trace.last_time() - 2_000) < 50);
});

test("of a backlog only what belongs to the time since is drawn", () => {
  const trace = new Trace();
  trace.push([1, 1], 10_000, 1_000);
  for (let run = 0; run < 100; run += 1) trace.push([run, run], 10_000, 1_300);
  const all = drawn(trace);
  assert.deepEqual([all.length, all[2], all.at(-1)], [3 + 29, null, 99]);
  assert.ok(Math.abs(trace.last_time() - 1_300) < 1);
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
