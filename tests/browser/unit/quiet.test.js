import assert from "node:assert/strict";
import { test } from "node:test";

import { last_call } from "../../../crates/chairside/dashboard/answers.js";
import { beyond_words, in_groups, limit_name, wanted } from "../../../crates/chairside/dashboard/limit-words.js";
import { tile } from "../../../crates/chairside/dashboard/present.js";
import { off_banners, off_here, sound_at } from "../../../crates/chairside/dashboard/quiet.js";
import { time_of_day } from "../../../crates/chairside/dashboard/words.js";
import { alarm, Feed } from "./feed.js";

/** Sends the alarms of a bed with what people have made quiet. */
function quiet(feed, more, active = []) {
  feed.send({ type: "alarms", bed: "1", version: feed.bed().alarms.version + 1, active, flood: null, suspended: [], audio: [], ...more });
}

const pause = { station: "desk", sound: "paused", until: "2026-01-05T12:02:00.000Z", remaining_ms: 120_000, covers: 3, by: "mn" };
const off = { id: "HR_HIGH", kind: "rule_off", until: "2026-01-05T13:00:00.000Z", remaining_ms: 3_600_000, by: "mn", reason: "known" };
const paused = { ...off, id: "HR_LOW", kind: "alarm_paused", remaining_ms: 600_000, reason: "movement" };
const view = (feed) => tile(feed.model, feed.bed(), feed.now, "desk");

test("sound that is paused here counts down by the page's own clock, and elsewhere it is heard", () => {
  const feed = new Feed();
  quiet(feed, { audio: [pause] }, [alarm({ call: 3 })]);
  feed.pass(30_000);
  assert.equal(view(feed).sound.text, "1:30 MN");
  assert.match(view(feed).summary, /sound paused at this station, 1:30 left, M\. N\./);
  assert.equal(sound_at(feed.bed(), feed.model.staff, "hall", feed.now), null);
  feed.pass(89_000, { silent: true });
  assert.equal(view(feed).sound.text, "0:01 MN");
  feed.pass(1_000, { silent: true });
  assert.equal(view(feed).sound, null, "and ends by it, also when the service cannot say so");
});

test("a pause of the sound covers the last call that was shown, and no call when nothing is", () => {
  const feed = new Feed();
  assert.equal(last_call(feed.bed().alarms), 0);
  quiet(feed, {}, [alarm({ occurrence: "2", call: 5 }), alarm({ occurrence: "1", call: 4 })]);
  assert.equal(last_call(feed.bed().alarms), 5);
});

test("sound that is off here stands across the page as long as that lasts", () => {
  const feed = new Feed();
  quiet(feed, { audio: [{ ...pause, sound: "off", remaining_ms: 7_200_000 }] });
  const banners = (station) => off_banners(feed.model.beds.values(), feed.model.staff, station, feed.now);
  assert.deepEqual(banners("desk"), ["SOUND OFF HERE FOR ROOM 1 – 2 h 00 MN"]);
  assert.deepEqual(banners("hall"), []);
  const rooms = (station) => off_here(feed.model.beds.values(), station, feed.now).map(({ name }) => name);
  assert.deepEqual([rooms("desk"), rooms("hall")], [["Room 1"], []]);
  quiet(feed, { audio: [pause] });
  assert.deepEqual(rooms("desk"), [], "what is paused sounds again by itself");
});

test("a rule that is off is marked at its number before an alarm that is paused, with how many more", () => {
  const feed = new Feed();
  quiet(feed, { suspended: [off, paused, { ...off, id: "LINE_GARBLED" }] });
  const { rate, spo2, quiet: without_number } = view(feed);
  assert.equal(rate.quiet.kind, "rule_off");
  assert.equal(rate.quiet.id, "HR_HIGH");
  assert.equal(rate.quiet.more, 1);
  assert.match(rate.quiet.words, /HR high is off, .* left, M\. N\.: known/);
  assert.deepEqual([rate.high_off, rate.low_off, spo2.low_off], [true, false, false], "a paused rule still judges by its limit");
  assert.equal(spo2.quiet, null);
  assert.equal(without_number.id, "LINE_GARBLED");
});

test("a paused alarm is told in words and does not wait for anybody", () => {
  const feed = new Feed();
  quiet(feed, { suspended: [{ ...paused, id: "SPO2_LOW" }] }, [alarm({ signal: "paused" })]);
  assert.equal(view(feed).alarm.look, "paused");
  assert.match(view(feed).summary, /medium paused alarm, SpO₂ low/);
});

test("very many alarms are one line on top, and none is left out below", () => {
  const feed = new Feed();
  const flood = { count: 7, worst: "SPO2_VERY_LOW", priority: "high", since: feed.wall(), text: "" };
  quiet(feed, { flood }, [alarm(), alarm({ id: "HR_HIGH", occurrence: "2" })]);
  assert.equal(view(feed).flood, `7 new alarms since ${time_of_day(Date.parse(flood.since)).slice(0, 5)}`);
  assert.equal(view(feed).alarm.more, 1);
});

test("a limit of this session stands beside its number as not the profile's", () => {
  const feed = new Feed();
  const limits = { SpO2: { low: 92 }, PulseRate: { low: 50, high: 135, high_default: 120 } };
  feed.send({ type: "limits", bed: "1", limits, nibp_interval_s: 900, phase: "dosing", changed: [] });
  const { rate, spo2, profile } = view(feed);
  assert.equal(rate.high, "135");
  assert.deepEqual([rate.high_changed, rate.low_changed, spo2.low_changed], [true, false, false]);
  assert.match(rate.defaults, /the profile has high 120/);
  assert.equal(profile, "adult-ketamine · dosing");
  assert.equal(feed.bed().cuff_interval_ms, 900_000);
});

const hr_high = { key: "threshold.HR_HIGH.trip", alarm: "HR_HIGH", value: 120, default: 120, unit: "/min", least: 100, most: 140, warn_above: 180 };

test("a change of a limit says old and new, takes a number and a reason, and warns of one that means little", () => {
  assert.match(wanted(hr_high, "fast", "athlete").problem, /number/);
  assert.match(wanted(hr_high, "", "athlete").problem, /number/);
  assert.match(wanted(hr_high, "120", "athlete").problem, /now/);
  assert.match(wanted(hr_high, "130", " ").problem, /why/);
  assert.deepEqual(wanted(hr_high, "130", "athlete"), { value: 130, question: "HR high limit: 120 → 130/min", warning: "" });
  assert.equal(wanted(hr_high, "37,5", "x").value, 37.5);
  assert.match(wanted(hr_high, "190", "athlete").warning, /hardly ever/);
});

test("limits have names that people use, and those of an alarm stand together", () => {
  const delay = { ...hr_high, key: "threshold.HR_HIGH.delay_s", unit: "s" };
  const cuff = { ...hr_high, key: "nibp.interval_s", alarm: "NIBP_OVERDUE", unit: "s" };
  assert.deepEqual([hr_high, delay, cuff].map(limit_name), ["HR high limit", "HR high for", "Cuff every"]);
  const spo2 = { ...hr_high, key: "threshold.SPO2_LOW.trip", alarm: "SPO2_LOW", unit: "%" };
  const groups = in_groups([hr_high, cuff, delay, spo2]).map(({ name, limits }) => [name, limits]);
  assert.deepEqual(groups, [["SpO₂", [spo2]], ["HR, PR", [hr_high, delay]], ["NIBP", [cuff]]]);
});

test("a number beyond what whoever is here may choose is told while it is typed", () => {
  const limit = { ...hr_high, least: 100, most: 150 };
  const allowed = (text, role) => beyond_words(limit, text, role) === "";
  assert.deepEqual(["100", "150", "", "1", "99", "151"].map((text) => allowed(text, "nurse")), [true, true, true, false, false, false]);
  assert.deepEqual([allowed("151", "clinician"), allowed("151", undefined)], [true, false]);
  assert.match(beyond_words(limit, "97,5", "nurse"), /100–150; beyond: clinician/);
  assert.equal(beyond_words({ ...hr_high, least: undefined, most: undefined }, "130", "nurse"), "clinician only");
});

test("a pause of the sound is a mark of the alarms that it covers, and of no other", () => {
  const feed = new Feed();
  const [old, next] = [alarm({ occurrence: "1", call: 3 }), alarm({ id: "HELP_WANTED", occurrence: "2", call: 4 })];
  const at = (alarms) => sound_at(feed.bed(), feed.model.staff, "desk", feed.now, alarms)?.kind ?? null;
  const on_tile = () => tile(feed.model, feed.bed(), feed.now, "desk").sound?.kind ?? null;
  quiet(feed, { audio: [pause], active: [old, next] });
  assert.deepEqual([at([old]), at([next]), on_tile()], ["audio_paused", null, "audio_paused"]);
  quiet(feed, { audio: [pause], active: [next] });
  assert.equal(on_tile(), null, "all that calls there sounds");
  quiet(feed, { audio: [{ ...pause, sound: "off" }], active: [] });
  assert.equal(on_tile(), "audio_off", "which stands as long as it lasts");
});
