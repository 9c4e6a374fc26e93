import assert from "node:assert/strict";
import { test } from "node:test";

import { Sleep } from "../../../crates/chairside/dashboard/sleep.js";
import { tile } from "../../../crates/chairside/dashboard/present.js";
import { sound_at } from "../../../crates/chairside/dashboard/quiet.js";
import { BANNER_MS } from "../../../crates/chairside/dashboard/model.js";
import { alarm, bed, Feed } from "./feed.js";

test("an observation is a value until the service's expiry and not a moment longer", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  assert.equal(feed.reading("SpO2").value, 97);
  const seen = [];
  for (const at of [3_000, 3_001, 9_999, 10_000, 60_000]) {
    feed.pass(at - (feed.now - 1_000));
    seen.push([at, feed.reading("SpO2").freshness]);
  }
  assert.deepEqual(seen, [
    [3_000, "fresh"],
    [3_001, "ageing"],
    [9_999, "ageing"],
    [10_000, "expired"],
    [60_000, "expired"],
  ]);
});

test("a value expires by this page's own clock when the service has fallen silent", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.pass(10_000, { silent: true });
  assert.equal(feed.reading("SpO2").freshness, "expired");
});

test("a value in a snapshot keeps the age that it has", () => {
  const feed = new Feed();
  const old = { bed: "1", device: "nonin-1", metric: "SpO2", value: 95, unit: "%", validity: "valid" };
  const observation = { ...old, at: feed.wall(7_000), expires_in_ms: 3_000 };
  feed.snapshot({ beds: [bed({ observations: [observation] })] });
  assert.equal(feed.reading("SpO2").freshness, "ageing");
  assert.equal(Math.round(feed.reading("SpO2").age_ms), 7_000);
  feed.pass(3_000);
  assert.equal(feed.reading("SpO2").freshness, "expired");
});

test("a value that came late through a stalled connection expires as much earlier", () => {
  const feed = new Feed();
  feed.pass(5_000);
  feed.now += 4_000;
  feed.heartbeat(4_000);
  feed.observe("SpO2", 97, { at: feed.wall(4_000) });
  feed.pass(5_990, { silent: true });
  assert.equal(feed.reading("SpO2").freshness, "ageing");
  feed.pass(20, { silent: true });
  assert.equal(feed.reading("SpO2").freshness, "expired");
});

test("no property of a message makes an unavailable value a number", () => {
  const feed = new Feed();
  feed.observe("SpO2", null, { reason: "SensorOff", value: 127 });
  assert.equal(feed.reading("SpO2").value, null);
  assert.equal(feed.reading("SpO2").reason, "SensorOff");
});

test("the connection is live, delayed at 3 s, behind a banner at 6 s and lost at 10 s", () => {
  const feed = new Feed();
  const seen = [0, 2_999, 3_000, 5_999, 6_000, 9_999, 10_000].map((silence_ms) =>
    feed.model.connection(feed.now + silence_ms),
  );
  assert.deepEqual(seen, ["live", "live", "delayed", "delayed", "banner", "banner", "lost"]);
});

test("a page that has never heard of the service says so after ten seconds", () => {
  const feed = new Feed();
  const { model } = new Feed();
  assert.equal(model.connection(feed.now + 10_000), "lost");
});

test("words that arrive late are as bad as none", () => {
  const feed = new Feed();
  feed.pass(3_000);
  feed.now += 4_000;
  feed.heartbeat(4_000);
  assert.equal(feed.connection(), "delayed");
  feed.now += 1_000;
  feed.heartbeat(0);
  assert.equal(feed.connection(), "live");
});

test("a clock that drifts against the service's is not taken for lateness", () => {
  const feed = new Feed();
  const drift_ppm = 100;
  for (let hour_s = 1; hour_s <= 8 * 3600; hour_s += 1) {
    feed.now += 1_000;
    feed.heartbeat((hour_s * 1_000 * drift_ppm) / 1e6);
  }
  assert.equal(feed.connection(), "live");
});

test("a closed socket is seen at once, before anything has got old", () => {
  const feed = new Feed();
  feed.model.closed();
  assert.equal(feed.connection(), "delayed");
  feed.connect();
  assert.equal(feed.connection(), "live");
});

test("a machine whose wall clock has gone on by more than three seconds without its page has slept", () => {
  const sleep = new Sleep();
  const zero = 1_767_614_400_000;
  const slept = (now, gone_on_ms) => sleep.look(now, zero + now + gone_on_ms);
  assert.equal(slept(1_000, 0), 0, "at first nobody can tell");
  assert.equal(slept(2_000, 0), 0);
  assert.equal(slept(3_000, 3_000), 0, "a small step of the clock");
  assert.equal(slept(3_250, 6_001), 3_001);
  assert.equal(slept(3_500, 6_001), 0, "told once");
  assert.equal(slept(3_750, 6_001 - 3_600_000), 0, "a clock that is set back makes nothing old");
  assert.equal(slept(4_000, 6_001), 3_600_000);
  // Drift, and a page that was not looked after for a while.
  let gone_on_ms = 6_001;
  for (let now = 5_000; now < 100_000_000; now += 60_000) {
    gone_on_ms += 30;
    assert.equal(slept(now, gone_on_ms), 0);
  }
});

test("after the machine slept nothing is current before the next snapshot, and all is as old as it is", () => {
  for (const slept_ms of [3_500, 7_200_000]) {
    const feed = new Feed();
    feed.observe("SpO2", 97);
    feed.cuff(120, 80, 93);
    const pause = { station: "desk", sound: "paused", until: "", remaining_ms: 120_000, covers: 3, by: "mn" };
    feed.send({ type: "alarms", bed: "1", version: 1, active: [alarm()], audio: [pause] });
    const shown = () => {
      const { spo2, nibp } = tile(feed.model, feed.bed(), feed.now, "desk");
      return [spo2.text, nibp.text];
    };
    const before = shown();
    const clock = feed.model.clock.at(feed.now);
    feed.model.slept(slept_ms);
    assert.equal(feed.connection(), "lost");
    assert.equal(feed.model.age_ms(feed.now), slept_ms);
    assert.equal(feed.model.clock.at(feed.now), clock + slept_ms);
    assert.deepEqual(shown(), ["– –", "– –"]);
    assert.equal(sound_at(feed.bed(), feed.model.staff, "desk", feed.now) === null, slept_ms > 120_000, "a pause goes on meanwhile");
    // What follows says that it is of now, and is not believed before the snapshot.
    feed.model.closed();
    feed.model.opened(feed.now);
    feed.hear({ type: "hello", protocol: 1, epoch: feed.epoch, seq: feed.seq, now: feed.wall(), site: "clinic-a" });
    feed.heartbeat();
    assert.equal(feed.connection(), "lost");
    assert.deepEqual(shown(), ["– –", "– –"]);
    feed.snapshot();
    assert.equal(feed.connection(), "live");
    feed.observe("SpO2", 97);
    assert.deepEqual(shown()[0], before[0]);
  }
});

test("a socket that opens after a long silence is given as long as any other to say something", () => {
  const feed = new Feed();
  feed.pass(30_000, { silent: true });
  feed.model.closed();
  feed.now += 1;
  feed.model.opened(feed.now);
  assert.equal(feed.model.wants_new_socket(feed.now + 1), false);
  assert.equal(feed.model.wants_new_socket(feed.now + BANNER_MS), false);
  assert.equal(feed.model.wants_new_socket(feed.now + BANNER_MS + 1), true, "and no longer");
  feed.now += BANNER_MS + 1;
  feed.connect();
  assert.equal(feed.model.wants_new_socket(feed.now + BANNER_MS), false);
  assert.equal(feed.model.wants_new_socket(feed.now + BANNER_MS + 1), true);
});

test("a hole in the numbers asks once to resume, and what follows it waits for the replay", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  const before = feed.seq;
  feed.seq += 1;
  assert.deepEqual(feed.observe("SpO2", 80), { type: "resume", epoch: "e1", seq: before });
  assert.equal(feed.observe("SpO2", 81), null);
  assert.equal(feed.reading("SpO2").value, 97);
  feed.seq = before;
  feed.observe("PulseRate", 60);
  feed.observe("SpO2", 80);
  feed.observe("SpO2", 81);
  assert.equal(feed.reading("SpO2").value, 81);
  assert.equal(feed.model.wants_new_socket(feed.now + 5_000), false);
});

test("a hole that is not filled within two seconds calls for a new socket", () => {
  const feed = new Feed();
  feed.seq += 1;
  feed.observe("SpO2", 80);
  assert.equal(feed.model.wants_new_socket(feed.now + 2_000), false);
  assert.equal(feed.model.wants_new_socket(feed.now + 2_001), true);
});

test("an alarm is shown even when messages before it are missing", () => {
  const feed = new Feed();
  feed.seq += 5;
  feed.alarms([alarm()]);
  assert.equal(feed.bed().alarms.active.length, 1);
});

test("an older set of alarms never replaces a newer one", () => {
  const feed = new Feed();
  feed.alarms([alarm()], 9);
  feed.alarms([], 8);
  assert.equal(feed.bed().alarms.active.length, 1);
});

test("a message that was seen before changes nothing", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.seq -= 1;
  feed.observe("SpO2", 80);
  assert.equal(feed.reading("SpO2").value, 97);
});

test("another epoch voids everything, even with the same numbers", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.alarms([alarm()], 40);
  feed.epoch = "e2";
  feed.seq = 1;
  feed.connect({ alarms: [{ bed: "1", version: 1, active: [] }] });
  assert.equal(feed.reading("SpO2"), null);
  assert.deepEqual(feed.bed().alarms, { version: 1, active: [], responsible: null });
  feed.observe("SpO2", 96);
  assert.equal(feed.reading("SpO2").value, 96);
});

test("a snapshot of the same epoch takes away what is not in it", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97);
  feed.hear({ type: "resync", missed: 412 });
  feed.seq += 412;
  feed.snapshot();
  assert.equal(feed.reading("SpO2"), null);
  feed.observe("SpO2", 96);
  assert.equal(feed.reading("SpO2").value, 96);
});

test("a pressure that the new cuff reading leaves out is not the last one's", () => {
  const feed = new Feed();
  feed.cuff(120, 80, 93);
  feed.pass(60_000);
  feed.cuff(130, 85, undefined);
  assert.equal(feed.reading("NibpSystolic").value, 130);
  assert.equal(feed.reading("NibpMean"), null);
});

test("a cuff reading is fresh for its schedule and a minute, and gone after one and a half", () => {
  const feed = new Feed();
  feed.cuff(120, 80, 93);
  const at = (minutes) => {
    const { model, now } = feed;
    const reading = model.reading(feed.bed(), "NibpSystolic", now + minutes * 60_000);
    return reading.freshness;
  };
  assert.deepEqual([10, 11, 11.1, 14.9, 15].map(at), ["fresh", "fresh", "ageing", "ageing", "expired"]);
});

test("a slow device's values stay fresh for as long a share of their life", () => {
  const feed = new Feed();
  feed.observe("SpO2", 97, { expires_in_ms: 30_000 });
  feed.pass(8_000);
  assert.equal(feed.reading("SpO2").freshness, "fresh");
  feed.pass(2_000);
  assert.equal(feed.reading("SpO2").freshness, "ageing");
});

test("a service of another protocol is refused in words and nothing of it is shown", () => {
  const feed = new Feed();
  feed.model.opened(feed.now);
  feed.hear({ type: "hello", protocol: 2, epoch: "e9", seq: 1, now: feed.wall(), site: "x" });
  feed.observe("SpO2", 97);
  assert.equal(feed.connection(), "lost");
  assert.match(feed.model.refusal, /protocol 2/);
});

test("an entry in a treatment is known by its number, for the record to be asked about it", () => {
  const feed = new Feed();
  assert.equal(feed.bed().entry, undefined);
  feed.send({ type: "care", bed: "1", session: "5f1c2c9a04b7d310", stage: "dosing", entry: 7 });
  assert.equal(feed.bed().entry, 7);
});

test("whatever a later service adds is passed over", () => {
  const feed = new Feed();
  feed.send({ type: "session", bed: "1", phase: "induction" });
  feed.send({ type: "horoscope" });
  feed.observe("SpO2", 97);
  assert.equal(feed.reading("SpO2").value, 97);
});

test("no reading is shown as current after its validity ended, whatever comes in between", () => {
  // A small generator of its own: the seed is in the message and gives the same story again.
  for (let seed = 1; seed <= 300; seed += 1) {
    let state = seed * 2_654_435_761;
    const chance = (sides) => {
      state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 374_761_393) | 0;
      return (state >>> 8) % sides;
    };
    const feed = new Feed();
    let valid_until = Number.NEGATIVE_INFINITY;
    for (let step = 0; step < 60; step += 1) {
      feed.pass(chance(4_000), { silent: chance(3) === 0 });
      const what = chance(8);
      if (what < 3) {
        feed.observe("SpO2", 80 + chance(20));
        valid_until = feed.now + 10_000;
      } else if (what === 3) {
        feed.observe("SpO2", null, { reason: "Searching" });
        valid_until = Number.NEGATIVE_INFINITY;
      } else if (what === 4) {
        feed.model.closed();
        feed.connect();
        valid_until = Number.NEGATIVE_INFINITY;
      } else if (what === 5) {
        feed.send({ type: "link", bed: "1", device: "nonin-1", state: "disconnected" });
      }
      const reading = feed.reading("SpO2");
      const shown = reading !== null && reading.freshness !== "expired" && reading.value !== null;
      if (shown) assert.ok(feed.now < valid_until, `seed ${seed}, step ${step}`);
    }
  }
});

test("the last complete day-start check is known from the snapshot and from the message of the next", () => {
  const feed = new Feed();
  assert.equal(feed.model.last_check, null);
  feed.send({ type: "check", at: feed.wall(), by: "mn" });
  assert.deepEqual(feed.model.last_check, { at: feed.wall(), by: "mn" });
  feed.snapshot();
  assert.equal(feed.model.last_check, null);
});
