// Another session is another patient: nothing that was measured before is there any more.

import assert from "node:assert/strict";
import { test } from "node:test";

import { standing } from "../../../crates/chairside/dashboard/alarms.js";
import { Past } from "../../../crates/chairside/dashboard/past.js";
import { phone_rows } from "../../../crates/chairside/dashboard/phone.js";
import { detail, tile } from "../../../crates/chairside/dashboard/present.js";
import { session_words } from "../../../crates/chairside/dashboard/session-words.js";
import { Trend } from "../../../crates/chairside/dashboard/trend.js";
import { alarm, bed, Feed, NOON_MS } from "./feed.js";

/** A session as the service tells it, opened now. */
function opened(feed, overrides = {}) {
  const now = feed.wall();
  const session = { session: "5f1c2c9a04b7d310", opened: now, by: "mn", patient: { initials: "M. K." }, phase: "baseline" };
  return { type: "session", bed: "1", session, readings_from: now, ...overrides };
}

const room = (feed) => feed.model.beds.get("1");
const spo2 = (feed) => tile(feed.model, room(feed), feed.now).spo2.text;

test("a session takes numbers, curves and the worst of an alarm with it, and its alarms stay", () => {
  const feed = new Feed();
  feed.observe("SpO2", 86);
  feed.observe("NibpSystolic", 171);
  feed.send({ type: "waveform", bed: "1", metric: "Pleth", at: feed.wall(), period_us: 13_333, samples: [1, 2, 3] });
  feed.send({ type: "alarms", bed: "1", version: 1, active: [alarm()] });
  feed.send({ type: "cuff", bed: "1", device: "v100-1", state: "failed", text: "took too long" });
  assert.equal(spo2(feed), "86");
  assert.equal([...room(feed).courses.values()][0].worst, 86);
  const before = feed.wall();
  feed.pass(1_000);
  feed.send(opened(feed));
  assert.equal(spo2(feed), "– –");
  assert.deepEqual([...room(feed).readings.keys()], []);
  assert.equal(room(feed).traces.size, 0);
  assert.equal(room(feed).cuff.state, "idle");
  assert.equal(room(feed).alarms.active.length, 1);
  assert.equal([...room(feed).courses.values()][0].worst, null);
  // What the monitor still tells of before counts for nobody.
  feed.observe("NibpSystolic", 171, { at: before });
  assert.equal(room(feed).readings.size, 0);
  feed.observe("SpO2", 97);
  assert.equal(spo2(feed), "97");
  const phase = opened(feed, { readings_from: new Date(room(feed).from_ms).toISOString() });
  feed.send({ ...phase, session: { ...phase.session, phase: "dosing" } });
  assert.equal(spo2(feed), "97", "another phase takes nothing away");
  feed.pass(1_000);
  feed.send(opened(feed, { session: null }));
  assert.equal(spo2(feed), "– –", "neither does anybody know who lies there afterwards");
});

test("a page that comes back to another session has forgotten the one before", () => {
  const feed = new Feed();
  feed.send({ type: "waveform", bed: "1", metric: "Pleth", at: feed.wall(), period_us: 13_333, samples: [1, 2, 3] });
  const { traces } = room(feed);
  feed.snapshot();
  assert.equal(room(feed).traces, traces);
  feed.snapshot({ beds: [bed(opened(feed))] });
  assert.equal(room(feed).traces.size, 0);
});

test("a tile says whom a session is for, how long it has been open, and its phase", () => {
  const feed = new Feed();
  feed.send(opened(feed));
  feed.pass(12 * 60_000 + 59_000);
  assert.equal(tile(feed.model, room(feed), feed.now).session, "M. K. · 12 min · baseline");
  feed.send(opened(feed, { session: null }));
  assert.equal(tile(feed.model, room(feed), feed.now).session, "");
});

test("a trend begins with the session, also in what the record answers", () => {
  const trend = new Trend(60, 10, NOON_MS - 25_000);
  trend.advance(NOON_MS);
  const values = [91, 92, 93, 94, 95, 96];
  trend.merge({
    from: new Date(NOON_MS - 60_000).toISOString(),
    to: new Date(NOON_MS).toISOString(),
    step_s: 10,
    metrics: { SpO2: { unit: "%", values, low: values, high: values } },
    gaps: [],
    nibp: [
      { at: new Date(NOON_MS - 40_000).toISOString(), systolic: 171, diastolic: 96, mean: 120 },
      { at: new Date(NOON_MS - 15_000).toISOString(), systolic: 121, diastolic: 76, mean: 90 },
    ],
  });
  const known = trend.series("SpO2").map(({ value }) => value).filter((value) => !Number.isNaN(value));
  assert.deepEqual(known, [95, 96], "a step that began before may be of either");
  assert.deepEqual(trend.cuffs.map(({ systolic }) => systolic), [121]);
  assert.deepEqual(trend.holes("EtCO2", undefined, null, NOON_MS).map(({ from_ms }) => NOON_MS - from_ms), [30_000], "before it there is no gap");
});

test("an answer about the patient before comes too late", async () => {
  const feed = new Feed();
  /** @type {((answer: any) => void)[]} */
  const asked = [];
  const past = new Past("1", 3_600, 10, () => new Promise((answered) => asked.push(answered)));
  past.follow(feed.model, room(feed), feed.now);
  feed.send(opened(feed));
  past.follow(feed.model, room(feed), feed.now);
  asked[0]({ from: new Date(NOON_MS).toISOString(), step_s: 10, metrics: {}, gaps: [], nibp: [] });
  await new Promise((done) => setImmediate(done));
  assert.equal(past.is_known, false);
  past.follow(feed.model, room(feed), feed.now);
  assert.equal(asked.length, 2, "the record is asked anew");
});

/** A room whose pressure alarm began before its session. */
function with_old_alarm() {
  const limits = { NibpSystolic: { low: 90, high: 165 }, NibpDiastolic: { high: 100 } };
  const feed = new Feed({ beds: [bed({ limits })] });
  feed.cuff(171, 103, 126);
  feed.alarms([alarm({ id: "NIBP_HIGH", since: feed.wall(), evidence: "NIBP 171/103 mmHg, limit 165/100" })]);
  feed.pass(60_000);
  feed.send(opened(feed));
  return feed;
}

test("an alarm from before the session says so wherever it stands, and fills no number", () => {
  const feed = with_old_alarm();
  const [entry] = standing(feed.model.beds.values());
  const on_tile = () => tile(feed.model, room(feed), feed.now);
  assert.match(detail(feed.model, entry, feed.now), /^from before this session · NIBP 171\/103/, "the cards of the strip, the list and the telephone");
  assert.match(on_tile().alarm.detail, /^from before this session · NIBP 171\/103/);
  assert.match(on_tile().summary, /from before this session/);
  assert.match(phone_rows(feed.model, feed.now, "desk")[0].title, /NIBP high · from before this session/);
  assert.deepEqual([on_tile().nibp.text, on_tile().nibp.mark.look], ["– –", "clearing"]);
  // This patient's own pressure is high too.
  feed.cuff(172, 101, 125);
  assert.deepEqual([on_tile().nibp.text, on_tile().nibp.mark.look], ["172/101", "signal"]);
  feed.alarms([alarm({ id: "SPO2_LOW", occurrence: "2", since: feed.wall() })]);
  assert.doesNotMatch(on_tile().alarm.detail, /session/, "one that begins in it does not");
});

test("a limit that the patient before broke is not this one's, and after the session it is of the session before", () => {
  const feed = with_old_alarm();
  feed.alarms([alarm({ id: "NIBP_VERY_HIGH", priority: "high", since: feed.wall(120_000), evidence: "NIBP 186/114 mmHg, limit 180/110" })]);
  assert.equal(tile(feed.model, room(feed), feed.now).nibp.high, "<165/100");
  feed.send(opened(feed, { session: null }));
  assert.match(tile(feed.model, room(feed), feed.now).alarm.detail, /^from the session before · /);
});

test("the words of a session say how many checks are due, and nothing where none is", () => {
  const told = { session: "5f1c2c9a04b7d310", opened: "2026-01-05T12:00:00Z", by: "mn", treatment: true, patient: { initials: "M. K.", number: "1042" }, phase: "dosing" };
  const at = Date.parse("2026-01-05T12:12:30Z");
  assert.equal(session_words({ ...told, due: 2 }, at), "M. K. 1042 · 12 min · dosing · 2 due");
  assert.equal(session_words({ ...told, due: 0 }, at), "M. K. 1042 · 12 min · dosing");
});
