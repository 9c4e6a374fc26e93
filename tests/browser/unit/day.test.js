import assert from "node:assert/strict";
import { test } from "node:test";

import { budget_rows, budget_words, check_words, item_state, item_words, played, today_words, unsaid, way_words } from "../../../crates/chairside/dashboard/day.js";
import { line_row, rests_ms } from "../../../crates/chairside/dashboard/lines.js";

const STAFF = [{ id: "mn", name: "M. N.", role: "nurse" }];
const NOON = new Date(2026, 0, 5, 12, 0, 0).getTime();

const line = (given = {}) => ({
  bed: "1",
  bed_name: "Room 1",
  device: "nonin-1",
  driver: "nonin",
  family: "Nonin Xpod",
  maturity: "captured",
  port: "/dev/serial/by-id/one",
  baud: 9600,
  identity: null,
  link: "connected",
  since: new Date(NOON - 60_000).toISOString(),
  arriving: "frames",
  heard: new Date(NOON - 1_500).toISOString(),
  readings_last_minute: 240,
  discarded_last_minute: {},
  discarded: {},
  ...given,
});

test("a line that reads is good, one with losses or without readings is poor, one that is not up is down", () => {
  assert.equal(line_row(line(), NOON).health, "good");
  assert.equal(line_row(line({ discarded_last_minute: { checksum: 3 } }), NOON).health, "poor");
  assert.equal(line_row(line({ readings_last_minute: 0 }), NOON).health, "poor");
  assert.equal(line_row(line({ link: "connecting" }), NOON).health, "down");
});

test("a cuff is well between two readings, and poor when the next one is late", () => {
  const bed = { sources: { SpO2: "nonin-1", NibpSystolic: "cuff", NibpMean: "cuff" }, cuff_interval_ms: 300_000 };
  const rests = rests_ms(bed, "cuff");
  const health = (age_ms) => line_row(line({ readings_last_minute: 0, heard: new Date(NOON - age_ms).toISOString() }), NOON, rests).health;
  assert.deepEqual([rests, rests_ms(bed, "nonin-1"), rests_ms(undefined, "cuff")], [450_000, 0, 0]);
  assert.deepEqual([health(200_000), health(449_000), health(451_000)], ["good", "good", "poor"]);
});

test("a device whose numbers are no metric's source is poor when it is silent, as any other", () => {
  const bed = { sources: { SpO2: "nonin-1" }, cuff_interval_ms: 300_000 };
  const rests = rests_ms(bed, "nonin-2");
  assert.equal(rests, 0);
  assert.equal(line_row(line({ readings_last_minute: 0, heard: new Date(NOON - 200_000).toISOString() }), NOON, rests).health, "poor");
});

test("a line says its rate, and one on the network that has none does not", () => {
  assert.equal(line_row(line(), NOON).port, "/dev/serial/by-id/one at 9600 baud");
  assert.equal(line_row(line({ port: "tcp:10.0.0.7:4001", baud: null }), NOON).port, "tcp:10.0.0.7:4001");
});

test("a line says when it was last heard, and why bytes could not be used", () => {
  const row = line_row(line({ discarded_last_minute: { before_start: 2, unknown: 0 }, discarded: { before_start: 2, checksum: 9, of_a_later_service: 1 } }), NOON);
  assert.equal(row.heard, "1 s ago");
  assert.equal(row.link, "connected since 11:59:00");
  assert.equal(line_row(line({ readings_last_minute: 1 }), NOON).quality, "1 reading in the last minute");
  assert.equal(line_row(line(), NOON).since_start, "");
  assert.equal(row.quality, "240 readings in the last minute, not usable: 2 bytes (before a beginning)");
  assert.equal(row.since_start, "since the start not usable: 2 bytes (before a beginning), 9 bytes (checksum), 1 bytes (of a later service)");
  const unheard = line_row(line({ link: "disconnected", since: null, heard: null, readings_last_minute: 0 }), NOON);
  assert.deepEqual([unheard.link, unheard.heard, unheard.quality], ["disconnected", "never", "nothing is read"]);
});

test("a line that is garbled is told apart from one that is silent", () => {
  const connecting = (given) => line_row(line({ link: "connecting", readings_last_minute: 0, ...given }), NOON);
  const garbled = connecting({ arriving: "garbled", discarded_last_minute: { before_start: 900 } });
  assert.equal(garbled.link, "garbled since 11:59:00");
  assert.equal(garbled.quality, "what arrives cannot be read: 900 bytes (before a beginning). Wrong speed, or another device?");
  const silent = connecting({ arriving: "nothing", discarded_last_minute: { before_start: 900 } });
  assert.equal(silent.link, "silent since 11:59:00");
  assert.equal(silent.quality, "the port is open and nothing arrives");
});

test("a device is shown with what it calls itself", () => {
  assert.equal(line_row(line({ identity: "SN 4711" }), NOON).device, "nonin-1 (SN 4711)");
});

test("the check of yesterday is not the check of today, by the day of the place", () => {
  const done = (hours) => today_words({ at: new Date(NOON - hours * 3_600_000).toISOString(), by: "mn" }, NOON, STAFF);
  assert.deepEqual(done(5), { done: true, text: "Day-start check done at 07:00:00 by M. N." });
  assert.equal(done(12).done, true, "midnight belongs to the day");
  assert.equal(done(13).done, false);
  assert.match(done(29).text, /^Day-start check not done today; last .*07:00:00 by M\. N\.$/);
  assert.deepEqual(today_words(null, NOON, STAFF), { done: false, text: "Day-start check never done" });
});

test("nothing is signed before something was said of each tone", () => {
  assert.equal(unsaid({ tone_high: true, tone_medium: null, tone_low: null }), "tone_medium");
  assert.equal(unsaid({ tone_high: true, tone_medium: false, tone_low: true }), null);
});

test("nobody can say that they heard a tone that was not played for this check", () => {
  const said = (tone, starts_ms, fate = "scheduled") => ({ tone, starts_ms, fate });
  assert.deepEqual(played([], 1_000, 9_000), []);
  const log = [said("high", 900), said("medium", 1_500, "dropped"), said("reminder", 1_600), said("low", 2_000)];
  assert.deepEqual(played(log, 1_000, 1_999), [], "before the check, never begun, another sound, and not yet");
  assert.deepEqual(played([...log, said("high", 2_400, "cut")], 1_000, 3_000), ["tone_high", "tone_low"]);
});

const BEDS = new Map([["2", { name: "Room 2" }]]);

test("a check says what is missing, and an item that an older version could not judge is neither yes nor no", () => {
  const at = new Date(NOON).toISOString();
  const items = [
    { item: "tone_high", passed: true },
    { item: "tone_low", passed: false },
    { item: "gives_numbers", bed: "2", device: "nonin-2", passed: false, found: "the device is disconnected" },
    { item: "gives_numbers", bed: "9", device: "nonin-9", passed: false, found: "no valid number" },
    { item: "phone_reached", passed: false, found: "mn by phones" },
    { item: "phone_reached", passed: null, found: "no channel" },
  ];
  const check = { at, by: "mn", station: "desk", items, complete: false };
  assert.equal(
    check_words(check, STAFF, BEDS).replace(/^.*M\. N\.: /, ""),
    "not complete – Tone of a low alarm heard: ✗ no; Room 2, nonin-2 gives numbers: ✗ no, the device: disconnected; 9, nonin-9 gives numbers: ✗ no, no valid number; Phone reached: ✗ no, mn by phones",
  );
  assert.match(check_words({ ...check, complete: true, by: "gone" }, STAFF, BEDS), /gone: complete$/);
  assert.equal(item_state({ item: "phone_reached", passed: null, found: "no channel" }), "–, no channel");
  const reached = { item: "phone_reached", passed: true, found: "mn by phones", age_ms: 7_200_000 };
  assert.equal(item_state(reached), "✓ yes, mn by phones, 120 min old");
  const found = "HeartRate 72 /min, SpO2 97 %, Temperature 36.5 °C";
  assert.equal(item_state({ item: "gives_numbers", passed: true, found, age_ms: 412 }), "✓ yes, HR 72/min, SpO₂ 97 %, Temp 36.5 °C, 0 s old");
  assert.equal(item_words({ item: "gives_numbers", device: "1-nonin", passed: true }), "1-nonin gives numbers");
  assert.equal(item_words({ item: "of_a_later_service", passed: true }), "of a later service");
});

test("a way says when a message last came to its person, by the person's name, or that none has", () => {
  const way = { person: "mn", channel: "phones", received_at: null, reached: false };
  assert.equal(way_words(way, STAFF), "M. N. by phones: not reached yet");
  const received = way_words({ ...way, received_at: new Date(NOON).toISOString(), reached: true }, STAFF);
  assert.match(received, /^M\. N\. by phones: last received .*12:00:00$/);
});

test("the budget stands with all alarms first and then what calls most, and never a number for nothing", () => {
  const share = (alarms, acted_on) => ({
    alarms,
    per_bed_hour: alarms / 10,
    acted_on,
    acted_on_share: alarms === 0 ? null : acted_on / alarms,
    response_s: acted_on === 0 ? null : { median: 9.8, p90: 31.2 },
  });
  const by_rule = [
    { rule: "HR_HIGH", priority: "medium", ...share(2, 0) },
    { rule: "SPO2_LOW", priority: "medium", ...share(7, 6) },
  ];
  const budget = { bed_hours: 10, by_rule, ...share(9, 6) };
  assert.deepEqual(budget_rows(budget), [
    ["All alarms", "9", "0.9", "6 of 9, 67 %", "10 s", "31 s"],
    ["SpO₂ low", "7", "0.7", "6 of 7, 86 %", "10 s", "31 s"],
    ["HR high", "2", "0.2", "0 of 2, 0 %", "–", "–"],
  ]);
  const none = { bed_hours: 0, by_rule: [], alarms: 0, per_bed_hour: null, acted_on: 0, acted_on_share: null, response_s: null };
  assert.deepEqual(budget_rows(none), [["All alarms", "0", "–", "–", "–", "–"]]);
  assert.equal(budget_words(none), "No bed was monitored in this time.");
});
