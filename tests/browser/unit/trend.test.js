import assert from "node:assert/strict";
import { test } from "node:test";

import { axis, ticks, time_ticks } from "../../../crates/chairside/dashboard/axis.js";
import { episodes, Heard } from "../../../crates/chairside/dashboard/episodes.js";
import { when } from "../../../crates/chairside/dashboard/episode-list.js";
import { Past } from "../../../crates/chairside/dashboard/past.js";
import { Pen } from "../../../crates/chairside/dashboard/pen.js";
import { trend_rate } from "../../../crates/chairside/dashboard/rate.js";
import { runs, Trend } from "../../../crates/chairside/dashboard/trend.js";
import { at_words, plans, summary } from "../../../crates/chairside/dashboard/trend-charts.js";
import { alarm, bed, Feed, NOON_MS } from "./feed.js";

const STEP_MS = 10_000;

/** A minute up to noon, in steps of ten seconds. */
function minute() {
  const trend = new Trend(60, 10);
  trend.advance(NOON_MS);
  return trend;
}

/** What the record answers: the steps of a metric from some time on. */
function answer(from_ms, values, overrides = {}) {
  const to = new Date(from_ms + values.length * STEP_MS).toISOString();
  const metrics = { SpO2: { unit: "%", values, low: values, high: values } };
  return { bed: "1", from: new Date(from_ms).toISOString(), to, step_s: 10, metrics, gaps: [], nibp: [], ...overrides };
}

const values = (trend, metric = "SpO2") => trend.series(metric).map(({ value }) => (Number.isNaN(value) ? null : value));

const reading = (metric, value, at_ms, overrides = {}) => [metric, { metric, value, at_ms, validity: "valid", ...overrides }];

test("a value stands in the step in which it was measured and in no other, however long nothing comes", () => {
  const trend = minute();
  const heard = new Map([reading("SpO2", 97, NOON_MS - 35_000)]);
  trend.hear(heard);
  trend.hear(heard);
  assert.deepEqual(values(trend), [null, null, 97, null, null, null, null]);
  trend.advance(NOON_MS + 10_000);
  trend.hear(heard);
  assert.deepEqual(values(trend), [null, 97, null, null, null, null, null]);
  trend.advance(NOON_MS + 3_600_000);
  trend.hear(heard);
  assert.deepEqual(values(trend), Array(7).fill(null));
});

test("of a step the last value stands, with the least and the greatest", () => {
  const trend = minute();
  for (const [value, ago_ms] of [[95, 9_000], [91, 6_000], [93, 3_000]]) trend.hear(new Map([reading("SpO2", value, NOON_MS - ago_ms)]));
  const { value, low, high, at_ms } = trend.series("SpO2").at(-2);
  assert.deepEqual([value, low, high, at_ms], [93, 91, 95, NOON_MS]);
});

test("what is no valid value is no point of a trend", () => {
  const trend = minute();
  trend.hear(new Map([reading("SpO2", null, NOON_MS, { validity: "unavailable" }), reading("PulseRate", 70, NOON_MS, { validity: "questionable" })]));
  trend.hear(new Map([reading("NibpSystolic", 120, NOON_MS, { validity: "questionable" })]));
  assert.deepEqual([values(trend), values(trend, "PulseRate"), trend.cuffs], [Array(7).fill(null), Array(7).fill(null), []]);
});

test("a missing value parts the line, and nothing is drawn over it", () => {
  const trend = minute();
  trend.merge(answer(NOON_MS - 60_000, [97, 96, null, null, 95, null]));
  assert.deepEqual(runs(trend.series("SpO2")).map((run) => run.map(({ value }) => value)), [[97, 96], [95]]);
  assert.deepEqual(runs([]), []);
});

test("the record fills what was not heard here, and takes away nothing that was", () => {
  const trend = minute();
  trend.hear(new Map([reading("SpO2", 90, NOON_MS - 1_000)]));
  trend.hear(new Map([reading("SpO2", 89, NOON_MS)]));
  trend.merge(answer(NOON_MS - 60_000, [97, 96, null, 94, 93, null]));
  assert.deepEqual(values(trend), [97, 96, null, 94, 93, 90, 89]);
  trend.hear(new Map([reading("SpO2", 88, NOON_MS + 9_000)]));
  assert.equal(values(trend).at(-1), 88);
});

test("what the record says of older times than the trend shows is passed over, and of other steps refused", () => {
  const trend = minute();
  trend.merge(answer(NOON_MS - 600_000, Array(6).fill(97)));
  assert.deepEqual(values(trend), Array(7).fill(null));
  assert.throws(() => trend.merge({ ...answer(NOON_MS, [97]), step_s: 30 }));
});

test("a gap has the cause that the record knows, where it knows one, and its device's only", () => {
  const trend = minute();
  const gap = (from_ms, to_ms, cause, device) => ({ from: new Date(NOON_MS + from_ms).toISOString(), to: new Date(NOON_MS + to_ms).toISOString(), cause, device });
  const gaps = [gap(-45_000, -35_000, "cable", "nonin-1"), gap(-50_000, -20_000, "cable", "v100-1"), gap(-30_000, -20_000, "restart")];
  trend.merge(answer(NOON_MS - 60_000, [97, null, null, null, null, 96], { gaps }));
  trend.hear(new Map([reading("SpO2", 95, NOON_MS)]));
  const found = trend.holes("SpO2", "nonin-1", null, NOON_MS).map(({ from_ms, to_ms, cause }) => [from_ms - NOON_MS, to_ms - NOON_MS, cause]);
  assert.deepEqual(found, [
    [-50_000, -45_000, null],
    [-45_000, -35_000, "cable"],
    [-35_000, -30_000, null],
    [-30_000, -20_000, "restart"],
    [-20_000, -10_000, null],
  ]);
});

test("a single step without a value is no gap, and a gap that lasts has the cause of now and ends now", () => {
  const trend = minute();
  trend.merge(answer(NOON_MS - 60_000, [97, null, 97, 97, 97, null]));
  const now_ms = NOON_MS + 4_000;
  const found = trend.holes("SpO2", "nonin-1", "cable", now_ms);
  assert.deepEqual(found, [{ from_ms: NOON_MS - 10_000, to_ms: now_ms, cause: "cable" }]);
});

test("a cuff reading is one mark, with the pressures of its own moment only", () => {
  const trend = minute();
  const at_ms = NOON_MS - 20_000;
  const heard = new Map([reading("NibpSystolic", 120, at_ms), reading("NibpDiastolic", 80, at_ms), reading("NibpMean", 93, at_ms - 600_000)]);
  trend.hear(heard);
  trend.hear(heard);
  assert.deepEqual(trend.cuffs, [{ at_ms, systolic: 120, diastolic: 80, mean: null }]);
  // The record has it with a time that is a second off, and another one besides.
  const nibp = [
    { at: new Date(at_ms - 1_000).toISOString(), systolic: 120, diastolic: 80, mean: 93 },
    { at: new Date(NOON_MS - 50_000).toISOString(), systolic: 118, diastolic: 79, mean: 92 },
  ];
  trend.merge(answer(NOON_MS - 60_000, [], { nibp }));
  assert.deepEqual(trend.cuffs.map(({ systolic }) => systolic), [118, 120]);
  trend.advance(NOON_MS + 120_000);
  assert.deepEqual(trend.cuffs, []);
});

test("an axis shows at least its usual numbers, and all that there are", () => {
  const least = { low: 80, high: 100, step: 10 };
  const point = (low, high) => ({ at_ms: 0, value: high, low, high });
  assert.deepEqual(axis(least, [point(Number.NaN, Number.NaN)], []), { low: 80, high: 100 });
  assert.deepEqual(axis(least, [point(67, 95)], [{ systolic: 131, diastolic: null }]), { low: 60, high: 140 });
});

const recorded = (overrides = {}) => ({
  id: "SPO2_LOW",
  occurrence: "1",
  priority: "medium",
  kind: "physiological",
  began: "2026-01-05T11:00:00.000Z",
  ended: "2026-01-05T11:02:00.000Z",
  acknowledged: [{ by: "mn", at: "2026-01-05T11:01:00.000Z" }],
  evidence: "SpO2 90 % below 92 % for 10 s",
  ...overrides,
});

test("the alarms of a bed are the record's and those that stand, each once, newest first", () => {
  const open = recorded({ occurrence: "2", began: "2026-01-05T11:50:00.000Z", ended: null, acknowledged: [] });
  const active = [
    alarm({ occurrence: "2", since: "2026-01-05T11:50:00.000Z" }),
    alarm({ id: "HR_HIGH", occurrence: "3", since: "2026-01-05T11:55:00.000Z" }),
  ];
  const all = episodes([recorded(), open], active);
  assert.deepEqual(all.map(({ key, standing }) => [key, standing]), [["HR_HIGH/3", true], ["SPO2_LOW/2", true], ["SPO2_LOW/1", false]]);
  assert.deepEqual(all[2].seen, [{ by: "mn", at_ms: Date.parse("2026-01-05T11:01:00.000Z") }]);
});

test("an alarm that somebody has seen is not listed as unseen until the record is asked again", () => {
  const seen = alarm({ occurrence: "2", since: "2026-01-05T11:50:00.000Z", signal: "acknowledged", by: "jd" });
  const of = (record, active, heard) => episodes(record, active, heard).map((one) => one.seen);
  const open = recorded({ occurrence: "2", ended: null, acknowledged: [] });
  assert.deepEqual(of([open], [seen]), [[{ by: "jd", at_ms: null }]]);
  assert.deepEqual(of([], [seen]), [[{ by: "jd", at_ms: null }]], "the record does not have it yet");
  const at_ms = Date.parse("2026-01-05T11:01:00.000Z");
  const again = { ...open, acknowledged: [{ by: "mn", at: "2026-01-05T11:01:00.000Z" }] };
  assert.deepEqual(of([again], [seen]), [[{ by: "mn", at_ms }, { by: "jd", at_ms: null }]], "somebody else has seen it anew");
  assert.deepEqual(of([again], [{ ...seen, by: "mn" }]), [[{ by: "mn", at_ms }]], "once, with its time");
  assert.deepEqual(of([open], [{ ...seen, signal: "on" }]), [[]], "it calls again");
  const heard = new Heard();
  heard.follow([seen], NOON_MS, true);
  heard.follow([], NOON_MS + 60_000, true);
  assert.deepEqual(of([], [], heard.episodes()), [[{ by: "jd", at_ms: null }]], "also when it is over since");
  assert.deepEqual(of([open], [], heard.episodes()), [[{ by: "jd", at_ms: null }]]);
  assert.equal(episodes([open], [], heard.episodes())[0].ended_ms, NOON_MS + 60_000, "which the record does not know either");
});

test("an alarm that the record has left open and that does not stand has an end that is not known", () => {
  const [found] = episodes([recorded({ ended: null })], []);
  assert.match(when(found, NOON_MS), /end not known/);
  const [over] = episodes([recorded()], []);
  assert.match(when(over, NOON_MS), /for 02:00$/);
  const [stands] = episodes([], [alarm()]);
  assert.match(when(stands, NOON_MS), /^since /);
});

test("an alarm that this page has heard stays in the list when it is over, until the record has it", () => {
  const heard = new Heard();
  const stands = alarm({ since: "2026-01-05T11:59:00.000Z" });
  heard.follow([stands], NOON_MS, true);
  heard.follow([], NOON_MS + 60_000, true);
  const [over] = episodes([], [], heard.episodes());
  assert.deepEqual([over.standing, over.ended_ms], [false, NOON_MS + 60_000]);
  const all = episodes([recorded({ began: "2026-01-05T11:59:00.000Z", ended: "2026-01-05T12:00:59.000Z" })], [], heard.episodes());
  assert.deepEqual(all.map(({ ended_ms }) => ended_ms), [NOON_MS + 59_000]);
  heard.forget_before(NOON_MS);
  assert.deepEqual(heard.episodes(), []);
});

test("an alarm that was over when the page came back has an end that is not known", () => {
  const heard = new Heard();
  heard.follow([alarm()], NOON_MS, true);
  heard.follow([], NOON_MS + 60_000, false);
  assert.deepEqual(heard.episodes().map(({ ended_ms, standing }) => [ended_ms, standing]), [[null, false]]);
  heard.follow([alarm()], NOON_MS + 61_000, true);
  assert.equal(heard.episodes()[0].standing, true);
});

test("a record that tells the trend and not the alarms is said so, and its trend is drawn", async () => {
  const { past, follow, next, settle } = asked_past();
  follow();
  next().resolve(answer(past.trend.from_ms, [97]));
  await settle();
  next().reject(new Error("the service answered 404"));
  await settle();
  assert.deepEqual([past.is_known, past.refused, past.alarms_refused], [true, null, "the service answered 404"]);
  assert.equal(values(past.trend)[0], 97);
});

/** A past that asks a record which the test answers. */
function asked_past() {
  const questions = [];
  const past = new Past("1", 60, 10, (path) => new Promise((resolve, reject) => questions.push({ path, resolve, reject })));
  const feed = new Feed({ beds: [bed()] });
  feed.heartbeat();
  const follow = () => past.follow(feed.model, feed.bed(), feed.now);
  const next = () => questions.shift();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { past, feed, follow, next, settle, questions };
}

test("the record is asked at once, in steps that lie where the trend's own do, and again after a minute", async () => {
  const { past, feed, follow, next, settle, questions } = asked_past();
  follow();
  const { path, resolve } = next();
  const parameters = new URL(path, "http://x").searchParams;
  assert.match(path, /^\/api\/v1\/beds\/1\/trend\?/);
  assert.equal(Date.parse(parameters.get("from")) % STEP_MS, 0);
  assert.equal(parameters.get("step"), "10");
  resolve(answer(past.trend.from_ms, [97, 97, 97]));
  await settle();
  next().resolve({ alarms: [recorded()] });
  await settle();
  assert.equal(past.is_known, true);
  assert.equal(past.recorded.length, 1);
  for (let second = 0; second < 58; second += 1) {
    feed.pass(1_000);
    follow();
  }
  assert.equal(questions.length, 0);
  feed.pass(2_000);
  follow();
  assert.equal(questions.length, 1);
});

test("after a break the record is asked anew, and of another start of the service nothing old stays", async () => {
  const { past, feed, follow, next, settle, questions } = asked_past();
  follow();
  const late = next();
  feed.epoch = "e2";
  feed.connect();
  feed.heartbeat();
  follow();
  late.resolve(answer(past.trend.from_ms, Array(7).fill(50)));
  await settle();
  next()?.resolve({ alarms: [recorded()] });
  await settle();
  assert.deepEqual(past.recorded, [], "an answer of the service before says nothing of this one");
  assert.ok(values(past.trend).every((value) => value === null));
  follow();
  next().resolve(answer(past.trend.from_ms, [97]));
  await settle();
  next().resolve({ alarms: [] });
  await settle();
  assert.equal(past.is_known, true);
  feed.model.closed();
  feed.pass(1_000, { silent: true });
  follow();
  assert.equal(past.is_known, false);
  assert.equal(questions.length, 0, "nobody is asked while there is no connection");
  feed.connect();
  feed.heartbeat();
  follow();
  assert.equal(questions.length, 1);
});

test("what was done is asked for as soon as the record can have it, and goes with the session", async () => {
  const { past, feed, follow, next, settle, questions } = asked_past();
  follow();
  next().resolve(answer(past.trend.from_ms, [97]));
  await settle();
  const asked = next();
  assert.equal(new URL(asked.path, "http://x").searchParams.get("lang"), "en");
  const marks = [{ at: feed.wall(5_000), words: "ketamine 35 mg" }];
  asked.resolve({ alarms: [], marks });
  await settle();
  assert.deepEqual(past.marks, marks);
  past.renew(feed.now);
  follow();
  assert.equal(questions.length, 0, "it may not be written yet");
  feed.pass(2_000);
  follow();
  assert.equal(questions.length, 1);
  feed.send({ type: "session", bed: "1", session: null, readings_from: feed.wall(), simulated: false });
  follow();
  assert.deepEqual(past.marks, [], "another patient's are gone at once");
  next().resolve(answer(past.trend.from_ms, [97]));
  await settle();
  assert.deepEqual([past.marks, past.is_known], [[], false], "and the old answer brings none back");
});

test("a record that does not answer is said so, and asked again after ten seconds; what is heard goes on", async () => {
  const { past, feed, follow, next, settle, questions } = asked_past();
  follow();
  next().reject(new Error("the service answered 503"));
  await settle();
  assert.deepEqual([past.refused, past.is_known], ["the service answered 503", false]);
  feed.observe("SpO2", 96);
  follow();
  assert.ok(values(past.trend).includes(96));
  assert.equal(questions.length, 0);
  for (let second = 0; second < 11; second += 1) {
    feed.pass(1_000);
    follow();
  }
  next().resolve(answer(past.trend.from_ms, [97]));
  await settle();
  next().resolve({ alarms: [] });
  await settle();
  assert.deepEqual([past.refused, past.is_known], [null, true]);
});

test("beside an axis stand round values with room between them, and below it full minutes or hours", () => {
  assert.deepEqual(ticks(80, 100, 5), [80, 85, 90, 95, 100].filter((value) => value % 5 === 0));
  assert.deepEqual(ticks(40, 160, 4), [50, 100, 150]);
  const minutes = (from_ms, to_ms, room) => time_ticks(from_ms, to_ms, room).map((at_ms) => new Date(at_ms).toISOString().slice(11, 16));
  assert.deepEqual(minutes(NOON_MS - 900_500, NOON_MS, 4), ["11:45", "11:50", "11:55", "12:00"]);
  for (let room = 1; room < 12; room += 1) {
    for (const span_ms of [900_000, 3_600_000, 14_400_000, 43_200_000]) {
      assert.ok(time_ticks(NOON_MS - span_ms, NOON_MS, room).length <= room + 1);
      assert.ok(ticks(37, 161, room).length <= room + 1);
    }
  }
});

test("the trends say in words what they show, and what was at a time", () => {
  const { model } = new Feed();
  const [one] = model.beds.values();
  const trend = minute();
  const gaps = [{ from: new Date(NOON_MS - 40_000).toISOString(), to: new Date(NOON_MS - 20_000).toISOString(), cause: "cable", device: "nonin-1" }];
  const nibp = [{ at: new Date(NOON_MS - 52_000).toISOString(), systolic: 120, diastolic: 80, mean: 93 }];
  trend.merge(answer(NOON_MS - 60_000, [97, 91, null, null, 95, 96], { gaps, nibp }));
  assert.match(summary(trend, one, NOON_MS), /^SpO₂ 91–97, no link \d\d:59:20–\d\d:59:40$/);
  assert.equal(summary(minute(), one, NOON_MS), "no value");
  const past = { trend, marks: [] };
  assert.match(at_words(past, one, NOON_MS - 55_000), /:59:00: SpO₂ 97 \(97–97\), PR no value, NIBP 120\/80$/);
  assert.match(at_words(past, one, NOON_MS - 35_000), /:59:20: SpO₂ no value, PR no value$/);
});

test("what was done stands first at its place, and near it, with its own time", () => {
  const [one] = new Feed().model.beds.values();
  const mark = (back_ms, words) => ({ at: new Date(NOON_MS - back_ms).toISOString(), words });
  const past = { trend: minute(), marks: [mark(45_000, "ketamine 35 mg"), mark(41_000, "Oxygen on")] };
  const says = (back_ms) => at_words(past, one, NOON_MS - back_ms);
  assert.match(says(44_000), /^\d\d:59:15 ketamine 35 mg · \d\d:59:19 Oxygen on · \d\d:59:10: SpO₂ no value/);
  assert.match(says(73_000), /^\d\d:59:15 ketamine 35 mg · \d\d:58:40: SpO₂/, "two steps before it");
  assert.match(says(12_000), /^\d\d:59:19 Oxygen on · /, "two steps after it");
  assert.doesNotMatch(says(5_000), /ketamine|Oxygen/);
});

/** A canvas of a hundred seconds on a thousand pixels, where each letter is ten wide, and what is drawn on it. */
function drawing() {
  const words = [];
  const lines = [];
  const context = {
    canvas: { width: 1_000, height: 300 },
    measureText: (text) => ({ width: 10 * text.length }),
    fillText: (text, x) => words.push([text, x, context.fillStyle]),
    fillRect: (x, top, width, height) => lines.push([x, width, height, context.fillStyle]),
  };
  const pen = new Pen(context, { getPropertyValue: (name) => name }, NOON_MS - 100_000, NOON_MS, 0);
  /** Draws marks, oldest first. */
  const marks = (...all) => {
    const told = all.map(([back_ms, text]) => ({ at: new Date(NOON_MS - back_ms).toISOString(), words: text }));
    told.reduceRight((until, mark) => pen.deed(mark, 16, 280, until), 1_000);
  };
  return { pen, marks, words, lines };
}

test("each thing that was done has a thin line, and its words where they lie over no other's and on the picture", () => {
  const { marks, words, lines } = drawing();
  marks([110_000, "before"], [98_000, "no room"], [60_000, "dosing"], [20_000, "hidden"], [19_000, "ketamine 35 mg"], [500, "Oxygen on"]);
  assert.deepEqual(lines.map(([x]) => x), [995, 810, 800, 400, 20]);
  assert.ok(lines.every(([, width, height]) => width === 1 && height === 280 - 16));
  assert.deepEqual(words.map(([text, x]) => [text, x]), [["Oxygen on", 991], ["ketamine 35 mg", 806], ["dosing", 396]]);
});

test("what was done is never in a colour of an alarm, and an alarm's line is", () => {
  const { pen, marks, words, lines } = drawing();
  marks([60_000, "dosing"]);
  const [done] = lines;
  const of_alarms = ["high", "medium", "low"].map((priority) => {
    pen.mark(NOON_MS - 30_000, priority, "**", { low: 0, high: 1, top: 16, bottom: 280 });
    return lines.at(-1);
  });
  assert.deepEqual(of_alarms.map(([, width, , colour]) => [width, colour]), [[2, "--high-mark"], [1, "--medium-mark"], [1, "--cyan"]]);
  assert.deepEqual([done[3], words[0][2]], ["--label", "--text"]);
});

test("a bed has a band for breath only where it measures it, and the rate of its ECG before the pulse's", () => {
  const metrics = (sources) => plans(sources, minute()).map(({ lines }) => lines.map(({ metric }) => metric));
  assert.deepEqual(metrics({ SpO2: "a", PulseRate: "a" }), [["SpO2"], ["PulseRate"]]);
  assert.deepEqual(metrics({ SpO2: "a", PulseRate: "a", HeartRate: "b", EtCO2: "c" }), [["SpO2"], ["HeartRate"], ["EtCO2"]]);
});

test("a pressure that ended in the first ten seconds of a session is of before it", () => {
  const trend = minute();
  trend.since_ms = NOON_MS - 40_000;
  const cuff = (back_ms) => ({ at: new Date(NOON_MS - back_ms).toISOString(), systolic: 120 + back_ms / 1_000, diastolic: 80, mean: 93 });
  trend.merge(answer(NOON_MS - 60_000, [97, 97, 97, 97, 97, 97], { nibp: [cuff(50_000), cuff(39_000), cuff(31_000), cuff(30_000), cuff(5_000)] }));
  assert.deepEqual(trend.cuffs.map(({ systolic }) => systolic), [150, 125]);
});

test("the trend shows the rate that was counted last, and waits for the ECG's own in the step that runs", () => {
  const sources = { PulseRate: "a", HeartRate: "b" };
  const shown = (ecg, pulse) => {
    const trend = minute();
    const column = (values) => ({ unit: "/min", values, low: values, high: values });
    trend.merge(answer(NOON_MS - 60_000, ecg, { metrics: { HeartRate: column(ecg), PulseRate: column(pulse) } }));
    return trend_rate(sources, trend);
  };
  assert.equal(shown([70, 70, 70, 70, 70, 70], [71, 71, 71, 71, 71, 71]), "HeartRate");
  assert.equal(shown([70, 70, 70, 70, 70, null], [71, 71, 71, 71, 71, 71]), "HeartRate");
  assert.equal(shown([70, 70, 70, 70, null, null], [71, 71, 71, 71, 71, 71]), "PulseRate");
  assert.equal(shown([null, null, null, null, null, null], [71, null, null, null, null, null]), "PulseRate");
  assert.equal(trend_rate(sources, minute()), "HeartRate");
  assert.equal(trend_rate({ PulseRate: "a" }, minute()), "PulseRate");
});
