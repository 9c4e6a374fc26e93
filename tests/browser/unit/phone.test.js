import assert from "node:assert/strict";
import { test } from "node:test";

import { SETTLE_MS, standing } from "../../../crates/chairside/dashboard/alarms.js";
import { OneAlarm, phone_rows } from "../../../crates/chairside/dashboard/phone.js";
import { alarm, bed, Feed } from "./feed.js";

function ward() {
  const feed = new Feed({ beds: ["1", "2", "3"].map((id) => bed({ bed: id, name: `Room ${id}` })) });
  feed.stands = (id, ...active) => feed.send({ type: "alarms", bed: id, version: feed.seq, active });
  feed.all = () => standing(feed.model.beds.values());
  return feed;
}

const medium = alarm({ occurrence: "1" });
const high = alarm({ occurrence: "2", id: "SPO2_VERY_LOW", priority: "high" });

test("the telephone has every bed, the most urgent first, with its worst alarm and its numbers", () => {
  const feed = ward();
  feed.stands("3", medium);
  feed.observe("SpO2", 97);
  const rows = phone_rows(feed.model, feed.now, "here");
  assert.deepEqual(rows.map(({ name, title }) => [name, title]), [["Room 3", "SpO₂ low"], ["Room 1", ""], ["Room 2", ""]]);
  assert.equal(rows[0].mark.text, "**");
  assert.deepEqual(rows[1].numbers.map(({ label, text }) => [label, text]), [["SpO₂", "97"], ["PR", "– –"], ["NIBP", "– –"]]);
});

test("breath is on the telephone where the bed has it, and a call beside what is worse than it", () => {
  const feed = new Feed({ beds: [bed({ bed: "1", sources: { SpO2: "nonin-1", RespirationRate: "capno-1", EtCO2: "capno-1" } })] });
  feed.send({ type: "alarms", bed: "1", version: feed.seq, active: [high, alarm({ occurrence: "3", id: "PATIENT_CALL", kind: "technical" })] });
  const [row] = phone_rows(feed.model, feed.now, "here");
  assert.deepEqual(row.numbers.map(({ label }) => label), ["SpO₂", "PR", "RR", "EtCO₂"]);
  assert.equal(row.title, "SpO₂ very low · The patient calls");
});

test("what is simulated says so at the bed's name, on the telephone and on every card, and nothing else does", () => {
  const feed = new Feed({ beds: [bed({ bed: "1", simulated: true }), bed({ bed: "2", simulated: false })] });
  for (const id of ["1", "2"]) feed.send({ type: "alarms", bed: id, version: feed.seq, active: [medium] });
  const told = (all) => Object.fromEntries(all.map((one) => [one.bed, one.simulated]));
  assert.deepEqual(told(phone_rows(feed.model, feed.now, "here")), { 1: true, 2: false });
  assert.deepEqual(told(standing(feed.model.beds.values())), { 1: true, 2: false });
});

test("the card has the first alarm that waits, and goes to the next when it waits no more", () => {
  const feed = ward();
  const one = new OneAlarm();
  assert.equal(one.follow(feed.all(), 0), null);
  feed.stands("1", medium);
  assert.equal(one.follow(feed.all(), 0).key, "1/1");
  feed.stands("2", high);
  assert.equal(one.follow(feed.all(), 1_000).key, "2/2");
  feed.stands("2", { ...high, signal: "acknowledged", by: "mn" });
  assert.equal(one.follow(feed.all(), 2_000).key, "1/1");
});

test("an alarm that has just come to the card does not take a press", () => {
  const feed = ward();
  const one = new OneAlarm();
  feed.stands("1", medium);
  one.follow(feed.all(), 0);
  assert.equal(one.may_press("1/1", SETTLE_MS - 1), false);
  assert.equal(one.may_press("1/1", SETTLE_MS), true);
  feed.stands("2", high);
  one.follow(feed.all(), 1_000);
  assert.equal(one.may_press("1/1", 1_100), false, "it has gone from under the finger");
  assert.equal(one.may_press("2/2", 1_100), false);
});

test("the alarm on the card stays while one of no higher priority calls", () => {
  const feed = ward();
  const one = new OneAlarm();
  feed.stands("1", medium);
  one.follow(feed.all(), 0);
  feed.stands("3", { ...medium, occurrence: "3", since: "2026-01-05T12:00:01.000Z" });
  assert.equal(feed.all()[0].bed, "3", "the newer one is first");
  assert.equal(one.follow(feed.all(), 5_000).bed, "1");
  assert.equal(one.may_press("1/1", 5_000), true);
  feed.stands("1", { ...medium, signal: "acknowledged", by: "mn" });
  assert.equal(one.follow(feed.all(), 6_000).bed, "3");
});

test("an alarm on the card that has just called again or risen does not take a press", () => {
  const feed = ward();
  const one = new OneAlarm();
  for (const [at, called] of [[0, { call: 1 }], [5_000, { call: 2 }], [10_000, { call: 2, priority: "high" }]]) {
    feed.stands("1", { ...medium, ...called });
    one.follow(feed.all(), at);
    assert.equal(one.may_press("1/1", at + SETTLE_MS - 1), false);
    assert.equal(one.may_press("1/1", at + SETTLE_MS), true);
  }
});

test("a bed that is touched is on the card, until a worse alarm calls or its own is over", () => {
  const feed = ward();
  const one = new OneAlarm();
  feed.stands("1", medium);
  feed.stands("3", { ...medium, occurrence: "3", since: "2026-01-05T12:00:01.000Z" });
  const first = one.follow(feed.all(), 0).bed;
  const other = first === "1" ? "3" : "1";
  one.choose(feed.model.beds.values(), other);
  assert.equal(one.follow(feed.all(), 1_000).bed, other);
  assert.equal(one.follow(feed.all(), 60_000).bed, other);
  feed.stands("2", high);
  assert.equal(one.follow(feed.all(), 61_000).bed, "2");
  one.choose(feed.model.beds.values(), "2");
  feed.stands("2");
  assert.equal(one.follow(feed.all(), 62_000).bed, first);
});

test("an alarm that its person has declined is not on the card until it calls again, and stays among the beds", () => {
  const feed = ward();
  const one = new OneAlarm();
  const said = { ...medium, call: 4, declined: [{ by: "mn", call: 4 }] };
  feed.stands("1", said);
  assert.equal(one.follow(feed.all(), 0, "mn"), null);
  assert.equal(one.follow(feed.all(), 0, "jd").key, "1/1", "it is nobody else's no");
  assert.equal(one.follow(feed.all(), 0, undefined).key, "1/1");
  const [row] = phone_rows(feed.model, feed.now, "here");
  assert.equal(row.title, "SpO₂ low · M. N.: not me");
  assert.match(row.summary, /M\. N\.: not me/);
  feed.stands("1", { ...said, call: 5 });
  assert.equal(one.follow(feed.all(), 1_000, "mn").key, "1/1", "as it calls now it was not declined");
  feed.stands("1", { ...said, declined: [{ by: "mn" }] });
  assert.equal(one.follow(feed.all(), 2_000, "mn").key, "1/1", "nobody knows which call it was");
});

test("an alarm that was declined is on the card again when its bed is touched", () => {
  const feed = ward();
  const one = new OneAlarm();
  const said = { ...medium, call: 4, declined: [{ by: "mn", call: 4 }] };
  feed.stands("1", said);
  feed.stands("2", { ...medium, occurrence: "2" });
  assert.equal(one.follow(feed.all(), 0, "mn").bed, "2");
  one.choose(feed.model.beds.values(), "1");
  assert.equal(one.follow(feed.all(), 1_000, "mn").bed, "1");
  feed.stands("1");
  assert.equal(one.follow(feed.all(), 2_000, "mn").bed, "2");
});

test("an alarm whose bed was touched leaves the card when it is declined, and comes back when it is touched again", () => {
  const feed = ward();
  const one = new OneAlarm();
  const alarm_of_1 = { ...medium, call: 4 };
  feed.stands("1", alarm_of_1);
  feed.stands("2", { ...medium, occurrence: "2" });
  const declined = { ...alarm_of_1, declined: [{ by: "mn", call: 4 }] };
  for (const again of [alarm_of_1, declined]) {
    feed.stands("1", again);
    one.choose(feed.model.beds.values(), "1");
    assert.equal(one.follow(feed.all(), 0, "mn").bed, "1");
    one.decline();
    feed.stands("1", declined);
    assert.equal(one.follow(feed.all(), 1_000, "mn").bed, "2");
  }
});

test("a person's call is drawn by its priority and as no equipment's alarm", () => {
  const feed = ward();
  const call = { ...medium, id: "PATIENT_CALL", kind: "technical", evidence: "the patient asks for somebody" };
  feed.stands("2", call);
  feed.stands("3", { ...medium, occurrence: "2", id: "LINE_GARBLED", kind: "technical" });
  const [first, second] = phone_rows(feed.model, feed.now, "here");
  assert.deepEqual([first.name, first.title, first.mark.text, first.mark.technical], ["Room 2", "The patient calls", "**", false]);
  assert.equal(second.mark.text, "** T", "and before it");
});
