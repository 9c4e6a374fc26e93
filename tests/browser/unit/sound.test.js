// What sounds, and when: the tables of docs/alarms.md, held by tests that know nothing of how the
// schedule is made.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Arming, sound_state, VALID_MS } from "../../../crates/chairside/dashboard/sound/arming.js";
import { alarm_calls, Calls } from "../../../crates/chairside/dashboard/sound/calls.js";
import { FUNDAMENTAL_HZ, HARMONICS, heard_s, length_s, PATTERNS, shape } from "../../../crates/chairside/dashboard/sound/patterns.js";
import { AHEAD_S, Schedule } from "../../../crates/chairside/dashboard/sound/schedule.js";
import { ANSWERS_MAX_MS, Watchdog } from "../../../crates/chairside/dashboard/sound/watchdog.js";
import { sound_reason, sound_words } from "../../../crates/chairside/dashboard/sound/words.js";
import { alarm, bed, Feed } from "./feed.js";

const TONES = ["high", "medium", "low"];
const ms = (seconds) => Math.round(seconds * 1e6) / 1e3;

/** The times at which a pulse passes a part of its level, up and down, milliseconds. */
function passes(tone, part) {
  const points = shape(tone);
  const level = PATTERNS[tone].level * part;
  const times = [];
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    if (Math.min(a.level, b.level) < level && level < Math.max(a.level, b.level)) {
      times.push(ms(a.at_s + ((b.at_s - a.at_s) * (level - a.level)) / (b.level - a.level)));
    }
  }
  return times;
}

/** The silences inside a burst between the 90 % points of its pulses, milliseconds. */
function gaps(tone) {
  const { starts_s } = PATTERNS[tone];
  const [up, down] = passes(tone, 0.9);
  return starts_s.slice(1).map((start_s, index) => ms(start_s - starts_s[index]) - (down - up));
}

test("the pulses begin when the worked schedule says", () => {
  const starts = (tone) => PATTERNS[tone].starts_s.map(ms);
  assert.deepEqual(starts("high"), [0, 250, 500, 1000, 1250, 1900, 2150, 2400, 2900, 3150]);
  assert.deepEqual(starts("medium"), [0, 400, 800]);
  assert.deepEqual(starts("low"), [0, 400]);
  assert.deepEqual(TONES.map((tone) => ms(length_s(tone))), [3300, 1000, 600]);
  assert.deepEqual(TONES.map((tone) => PATTERNS[tone].gap_s), [5, 10, 20]);
});

/** Tells whether a number of milliseconds lies in its bounds, both included. */
function within(value, least, most, what) {
  assert.ok(value >= least - 1e-6 && value <= most + 1e-6, `${what}: ${value} is not in ${least} to ${most}`);
}

test("every bound of the table holds, measured on the shape that is played", () => {
  const lengths = { high: [75, 200], medium: [125, 250], low: [125, 250] };
  for (const tone of TONES) {
    const [up, down] = passes(tone, 0.9);
    within(down - up, ...lengths[tone], `${tone} pulse`);
    const [tenth, , ...more] = passes(tone, 0.1);
    assert.deepEqual(more, [], "one hill");
    const rise = (up - tenth) / (down - up);
    within(rise, 0.1, 0.2, `${tone} rise`);
    assert.ok(Math.abs(rise - 0.15) < 1e-3, `${rise}`);
  }
  const high = gaps("high");
  const [up, down] = passes("high", 0.9);
  const [x] = high;
  within(x, 50, 125, "x");
  // 5 pulses, a pause, 5 pulses; in each the third is followed by 2x + t_d.
  for (const at of [0, 1, 3, 5, 6, 8]) assert.ok(Math.abs(high[at] - x) < 1e-6, `gap ${at + 1}: ${high[at]}`);
  for (const at of [2, 7]) assert.ok(Math.abs(high[at] - (2 * x + (down - up))) < 1e-6, `gap ${at + 1}: ${high[at]}`);
  within(high[4], 350, 1300, "between the groups");
  for (const tone of ["medium", "low"]) {
    for (const y of gaps(tone)) within(y, 125, 250, `${tone} y`);
  }
  assert.deepEqual(TONES.map((tone) => PATTERNS[tone].starts_s.length), [10, 3, 2]);
  const between = { high: [2.5, 15], medium: [2.5, 30], low: [15.001, 60] };
  for (const tone of TONES) {
    within(PATTERNS[tone].gap_s, ...between[tone], `between bursts, ${tone}`);
    within(PATTERNS[tone].least_gap_s, ...between[tone], `between bursts at least, ${tone}`);
  }
  // More urgent never waits longer.
  assert.ok(PATTERNS.high.gap_s <= PATTERNS.medium.gap_s && PATTERNS.medium.gap_s <= PATTERNS.low.gap_s);
});

test("pulses do not run into each other, and those of a burst are of one level", () => {
  for (const tone of TONES) {
    const { starts_s, level } = PATTERNS[tone];
    starts_s.slice(1).forEach((start_s, index) => assert.ok(starts_s[index] + heard_s(tone) < start_s, `${tone} ${index}`));
    assert.equal(level, 1);
    assert.equal(ms(shape(tone).at(-1).at_s), ms(heard_s(tone)));
  }
});

test("at least four harmonics lie between 300 and 4000 Hz, none more than 15 dB below the fundamental", () => {
  within(FUNDAMENTAL_HZ, 150, 1000, "fundamental");
  const audible = HARMONICS.map((level, index) => ({ hertz: FUNDAMENTAL_HZ * (index + 1), decibels: 20 * Math.log10(level / HARMONICS[0]) }));
  const counted = audible.filter(({ hertz, decibels }) => hertz >= 300 && hertz <= 4000 && Math.abs(decibels) <= 15);
  assert.ok(counted.length >= 4, `${counted.length}`);
  for (const tone of TONES) assert.equal(PATTERNS[tone].hertz, FUNDAMENTAL_HZ);
});

/** What a station plays, second by second: the schedule and an ear. */
class Ear {
  schedule = new Schedule();
  now = 100;
  /** Every burst that was handed over and not taken back. */
  bursts = new Map();
  calls = [];

  /** Lets the page look at what calls. */
  look() {
    const { add, drop, cut } = this.schedule.plan(this.now, this.calls);
    for (const burst of drop) {
      assert.ok(burst.start_s > this.now, "what has begun is not dropped");
      this.bursts.delete(burst.id);
    }
    for (const burst of add) {
      assert.ok(burst.start_s >= this.now, "nothing begins in the past");
      assert.ok(burst.start_s <= this.now + AHEAD_S, "not further ahead than it should");
      this.bursts.set(burst.id, { ...burst });
    }
    if (cut) {
      assert.ok(cut.at_s >= this.now);
      const burst = this.bursts.get(cut.burst.id);
      assert.ok(cut.at_s < burst.quiet_s);
      burst.quiet_s = cut.at_s;
      const { starts_s, pulse_s } = PATTERNS[burst.tone];
      burst.end_s = burst.start_s + starts_s.findLast((start_s) => burst.start_s + start_s < cut.at_s) + pulse_s;
      burst.cut = true;
    }
    return { add, drop, cut };
  }

  /** Lets time pass with a look each so many milliseconds. */
  pass(seconds, each_ms = 250) {
    const end = this.now + seconds;
    while (this.now < end - 1e-9) {
      this.now = Math.min(end, this.now + each_ms / 1000);
      this.look();
    }
  }

  /** What was heard, in order. */
  heard() {
    return [...this.bursts.values()].sort((a, b) => a.start_s - b.start_s);
  }

  /** When each burst of a tone began, in milliseconds from the first of all. */
  starts(tone) {
    const all = this.heard();
    return all.filter((burst) => burst.tone === tone).map(({ start_s }) => Math.round((start_s - all[0].start_s) * 1000));
  }
}

const call = (tone, key = tone) => ({ key, tone });

test("an alarm sounds at once, and again five, ten or twenty seconds after its burst has ended", () => {
  for (const [tone, each] of [["high", 8300], ["medium", 11_000], ["low", 20_600]]) {
    const ear = new Ear();
    ear.calls = [call(tone)];
    ear.look();
    ear.pass(60);
    const starts = ear.starts(tone);
    assert.ok(ear.heard()[0].start_s - 100 <= 0.05);
    assert.deepEqual(starts, starts.map((_, index) => index * each));
    assert.ok(starts.length >= 3);
  }
});

test("a burst in progress is finished when its alarm ends, and no other follows", () => {
  const ear = new Ear();
  ear.calls = [call("high")];
  ear.look();
  ear.pass(0.5);
  ear.calls = [];
  assert.deepEqual(ear.look(), { add: [], drop: [], cut: null });
  ear.pass(20);
  assert.equal(ear.heard().length, 1);
  assert.equal(ear.heard()[0].cut, undefined);
});

test("a burst that is ahead is taken back when its alarm ends before it", () => {
  const ear = new Ear();
  ear.calls = [call("medium")];
  ear.look();
  ear.pass(10.5);
  assert.equal(ear.heard().length, 2, "handed over ahead");
  ear.calls = [];
  assert.equal(ear.look().drop.length, 1);
  assert.equal(ear.heard().length, 1);
});

test("something worse ends a burst with its pulse in progress and begins within 0.3 s", () => {
  for (let at_ms = 0; at_ms <= 1_200; at_ms += 10) {
    const ear = new Ear();
    ear.calls = [call("medium")];
    ear.look();
    ear.pass(at_ms / 1000, 10);
    const told_s = ear.now;
    ear.calls = [call("medium"), call("high")];
    ear.look();
    const high = ear.heard().find(({ tone }) => tone === "high");
    assert.ok(high.start_s - told_s <= 0.3, `after ${at_ms} ms: ${high.start_s - told_s}`);
    assert.ok(high.start_s >= ear.heard()[0].quiet_s - 1e-9);
  }
});

test("only the worst sounds, and what a worse one hid is heard when that is over", () => {
  const ear = new Ear();
  ear.calls = [call("high"), call("medium"), call("low")];
  ear.look();
  ear.pass(10);
  assert.deepEqual([...new Set(ear.heard().map(({ tone }) => tone))], ["high"]);
  ear.calls = [call("medium"), call("low")];
  ear.pass(5);
  const medium = ear.heard().find(({ tone }) => tone === "medium");
  assert.equal(Math.round((medium.start_s - ear.heard()[1].end_s) * 1000), 2_500, "not ten seconds later: nobody has heard it yet");
});

test("a new alarm of the same priority is heard at once, or as soon as the least gap is over", () => {
  const ear = new Ear();
  ear.calls = [call("high", "1")];
  ear.look();
  ear.pass(3.5);
  ear.calls = [call("high", "1"), call("high", "2")];
  ear.look();
  ear.pass(5);
  assert.deepEqual(ear.starts("high").slice(0, 2), [0, 5_800]);
});

test("a reminder of sound that is off is one soft pulse and keeps clear of the alarms", () => {
  const ear = new Ear();
  ear.calls = [call("reminder", "1/reminder/1")];
  ear.look();
  ear.pass(20);
  assert.equal(ear.heard().length, 1);
  const beside = new Ear();
  beside.calls = [call("high"), call("reminder", "1/reminder/1")];
  beside.look();
  beside.pass(10);
  const [high, reminder, next] = beside.heard();
  assert.deepEqual([high.tone, reminder.tone, next.tone], ["high", "reminder", "high"]);
  assert.ok(reminder.start_s - high.end_s >= 0.5 && next.start_s - reminder.end_s >= 0.5);
  assert.equal(Math.round((next.start_s - high.start_s) * 1000), 8_300, "no alarm waits for it");
});

test("the tones of a test come one after the other, and give way to what calls", () => {
  const ear = new Ear();
  const tones = ear.schedule.test(ear.now);
  assert.deepEqual(tones.map(({ tone }) => tone), TONES);
  tones.slice(1).forEach((burst, index) => assert.ok(burst.start_s - tones[index].end_s >= 1));
  for (const burst of tones) ear.bursts.set(burst.id, { ...burst });
  ear.pass(0.6);
  assert.equal(ear.heard().length, 3);
  assert.deepEqual(ear.schedule.test(ear.now), [], "not twice at once");
  ear.calls = [call("high", "1")];
  const { drop, cut, add } = ear.look();
  assert.deepEqual(drop.map(({ tone }) => tone), ["medium", "low"]);
  assert.equal(cut.burst.test, true);
  assert.ok(add[0].start_s - ear.now <= 0.3);
});

/** A small generator: the seed in the message gives the same story again. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One random story: alarms come, call again and go, at looks of any distance up to the worker's. */
function story(seed) {
  const chance = random(seed);
  const ear = new Ear();
  /** When each call began and ended. */
  const calls = new Map();
  let made = 0;
  const told = [];
  const steps = [];
  while (ear.now < 220) {
    if (chance() < 0.12) {
      if (chance() < 0.55) {
        const tone = ["high", "medium", "low", "reminder"][Math.floor(chance() * 4)];
        made += 1;
        calls.set(`${made}`, call(tone, `${made}`));
        told.push({ tone, key: `${made}`, at: ear.now });
      } else {
        const keys = [...calls.keys()];
        calls.delete(keys[Math.floor(chance() * keys.length)]);
      }
    }
    ear.calls = [...calls.values()];
    ear.look();
    steps.push({ at: ear.now, calls: ear.calls });
    ear.now += 0.005 + chance() * 0.245;
  }
  return { ear, told, steps };
}

const SEEDS = process.env.CHAIRSIDE_SEED ? [Number(process.env.CHAIRSIDE_SEED)] : Array.from({ length: 300 }, (_, index) => index + 1);

test("property: whatever calls, no two bursts overlap, none is too close, none is missing and high is heard within 0.3 s", () => {
  const cuts = new Set();
  let promised = 0;
  for (const seed of SEEDS) {
    const { ear, told, steps } = story(seed);
    const told_by = `CHAIRSIDE_SEED=${seed}`;
    const heard = ear.heard();
    heard.slice(1).forEach((burst, index) => {
      assert.ok(burst.start_s >= heard[index].quiet_s - 1e-9, `${told_by}: overlap at ${burst.start_s}`);
    });
    for (const tone of TONES) {
      const own = heard.filter((burst) => burst.tone === tone);
      own.slice(1).forEach((burst, index) => {
        if (own[index].cut) cuts.add(tone);
        const gap = burst.start_s - own[index].end_s;
        assert.ok(gap >= PATTERNS[tone].least_gap_s - 1e-6, `${told_by}: ${tone} after ${gap} s`);
      });
    }
    // From any moment at which a priority is the worst that calls, and for as long as it stays so
    // and nothing new comes, a burst that tells of it begins within the gap.
    let since = null;
    let worst = null;
    for (const { at, calls } of steps) {
      const top = TONES.find((tone) => calls.some((one) => one.tone === tone)) ?? null;
      if (top !== worst) [worst, since] = [top, at];
      if (worst === null) continue;
      const last = Math.max(since, ...heard.filter(({ start_s, tone }) => start_s <= at && tone === worst).map(({ quiet_s }) => quiet_s));
      const most = PATTERNS[worst].gap_s + (last === since ? 4 : 0.3);
      assert.ok(at - last <= most, `${told_by}: ${worst} silent for ${at - last} s at ${at}`);
    }
    for (const { tone, key, at } of told) {
      if (tone !== "high") continue;
      const before = heard.filter((burst) => burst.tone === "high" && burst.start_s < at);
      const free = before.every(({ end_s }) => end_s + 2.5 <= at);
      if (!free || !steps.some((step) => step.at > at + 0.3 && step.calls.some((one) => one.key === key))) continue;
      promised += 1;
      assert.ok(heard.some((burst) => burst.tone === "high" && burst.start_s >= at && burst.start_s - at <= 0.3), `${told_by}: high of ${at}`);
    }
  }
  assert.ok(SEEDS.length === 1 || (promised > 300 && cuts.has("medium")), "the stories are about what they should be");
});

const station = (overrides = {}) => ({ station: "desk", sound: "paused", until: "", remaining_ms: 120_000, covers: 3, by: "mn", ...overrides });
const keys = (calls) => calls.map(({ key }) => key);

/** Sends the alarms of the bed with the sound of stations. */
function send(feed, active, audio = []) {
  feed.send({ type: "alarms", bed: "1", version: feed.bed().alarms.version + 1, active, audio });
}

test("an alarm sounds at a station by its signal, its family, the station's pause and its call", () => {
  const feed = new Feed();
  const here = (audio, overrides) => {
    send(feed, [alarm({ call: 4, ...overrides })], audio);
    return keys(alarm_calls(feed.model.beds.values(), "desk", feed.now));
  };
  assert.deepEqual(here([]), ["1/1/4"]);
  for (const signal of ["latched", "acknowledged", "paused"]) assert.deepEqual(here([], { signal }), []);
  assert.deepEqual(here([], { superseded: true }), []);
  assert.deepEqual(here([station()]), ["1/1/4"], "it has called since");
  assert.deepEqual(here([station({ covers: 4 })]), []);
  assert.deepEqual(here([station({ station: "hall", covers: 4 })]), ["1/1/4"], "a pause of another station");
  assert.deepEqual(here([station({ sound: "off", covers: undefined })]), []);
  assert.deepEqual(here([station({ covers: undefined })]), ["1/1/4"], "a pause that names no call covers none");
  assert.deepEqual(here([station()], { call: undefined }), ["1/1/"], "an alarm that names no call is covered by none");
});

test("the alarms of every bed call together", () => {
  const feed = new Feed({ beds: [bed(), bed({ bed: "2", name: "Room 2" })] });
  send(feed, [alarm({ call: 1 })]);
  feed.send({ type: "alarms", bed: "2", version: 1, active: [alarm({ priority: "high", call: 9 })] });
  assert.deepEqual(alarm_calls(feed.model.beds.values(), "desk", feed.now), [
    { key: "1/1/1", tone: "medium" },
    { key: "2/1/9", tone: "high" },
  ]);
});

test("a page that hears nothing of the service for ten seconds calls by itself until it does", () => {
  const feed = new Feed();
  const calls = new Calls("desk");
  const now = () => keys(calls.now(feed.model, feed.now));
  send(feed, [alarm({ call: 1 })]);
  feed.pass(9_000, { silent: true });
  assert.deepEqual(now(), ["1/1/1"]);
  feed.pass(1_100, { silent: true });
  assert.deepEqual(now(), ["1/1/1", "connection"], "and what stood goes on");
  calls.hush(feed.model, feed.now);
  assert.deepEqual(now(), []);
  feed.pass(119_000, { silent: true });
  assert.deepEqual(now(), []);
  feed.pass(2_000, { silent: true });
  assert.deepEqual(now(), ["1/1/1", "connection"]);
  calls.hush(feed.model, feed.now);
  feed.heartbeat();
  assert.deepEqual(now(), ["1/1/1"], "the pause of the page ends with the silence of the service");
  calls.hush(feed.model, feed.now);
  assert.deepEqual(now(), ["1/1/1"], "while the service is there, only it pauses");
});

test("a pause of the sound, and sound that is off, end in time also while the service is not heard", () => {
  for (const [quiet, length_ms] of [[station({ covers: 4 }), 120_000], [station({ sound: "off", covers: undefined, remaining_ms: 3_600_000, reminder_in_ms: 180_000 }), 3_600_000]]) {
    const feed = new Feed();
    const calls = new Calls("desk");
    const now = () => keys(calls.now(feed.model, feed.now)).filter((key) => !key.includes("reminder"));
    send(feed, [alarm({ call: 4 })], [quiet]);
    feed.pass(length_ms - 1, { silent: true });
    assert.deepEqual(now(), ["connection"], quiet.sound);
    feed.pass(1, { silent: true });
    assert.deepEqual(now(), ["1/1/4", "connection"], quiet.sound);
    feed.pass(600_000, { silent: true });
    assert.deepEqual(keys(calls.now(feed.model, feed.now)), ["1/1/4", "connection"], "and nobody is reminded of what is over");
  }
});

test("people are reminded of sound that is off when the service says so, and every three minutes if it says nothing", () => {
  const feed = new Feed();
  const calls = new Calls("desk");
  const now = () => keys(calls.now(feed.model, feed.now));
  const off = (reminder_in_ms) => send(feed, [alarm({ call: 1 })], [station({ sound: "off", remaining_ms: 3_600_000, reminder_in_ms })]);
  off(180_000);
  assert.deepEqual(now(), []);
  feed.pass(179_500);
  assert.deepEqual(now(), []);
  off(180_000);
  assert.deepEqual(now(), ["1/reminder/1"], "the service has gone on to the next: this one was due");
  feed.pass(100_000);
  off(80_000);
  assert.deepEqual(now(), ["1/reminder/1"], "the same again is not another one");
  feed.pass(80_500);
  assert.deepEqual(now(), ["1/reminder/2"], "due by this page's clock");
  feed.pass(180_500);
  assert.deepEqual(now(), ["1/reminder/3"]);
  send(feed, [alarm({ call: 1 })]);
  assert.deepEqual(now(), ["1/1/1"]);
});

/** A browser's store. */
function store() {
  const kept = new Map();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
}

test("a person's word that they heard it holds for a shift, over a reload, and not for longer", () => {
  const kept = store();
  const arming = new Arming(kept);
  assert.equal(arming.confirmed(1_000), null);
  assert.equal(arming.expired(1_000), false);
  arming.confirm("mn", 1_000);
  assert.deepEqual(new Arming(kept).confirmed(1_000 + VALID_MS - 1), { by: "mn", at: 1_000 });
  assert.equal(arming.confirmed(1_000 + VALID_MS), null);
  assert.equal(arming.expired(1_000 + VALID_MS), true);
  assert.equal(new Arming(kept).confirmed(1_000 - 3_600_000), null, "a word from the future: the clock was set");
  arming.deny();
  assert.equal(new Arming(kept).confirmed(1_000), null);
});

test("what was kept and cannot be read is no word, and a browser that keeps nothing still takes one", () => {
  for (const text of ["", "null", "7", "{", '{"by":1,"at":2}', '{"by":"mn"}']) {
    const kept = store();
    kept.setItem("chairside.sound", text);
    assert.equal(new Arming(kept).confirmed(0), null, text);
  }
  const refuses = () => {
    throw new Error("denied");
  };
  const arming = new Arming({ getItem: refuses, setItem: refuses, removeItem: refuses });
  arming.confirm("mn", 5);
  assert.deepEqual(arming.confirmed(6), { by: "mn", at: 5 });
});

test("sound counts as running only when the output runs and a person heard it", () => {
  const confirmed = { by: "mn", at: 0 };
  const state = (known) => sound_state({ running: true, silent: false, confirmed, ...known });
  assert.equal(state({}), "running");
  assert.equal(state({ running: false }), "suspended");
  assert.equal(state({ confirmed: null }), "unconfirmed");
  assert.equal(state({ silent: true, running: false }), "muted");
});

test("the status bar and the red bar say why sound cannot be relied on, and say nothing when it can", () => {
  const staff = [{ id: "mn", name: "M. N.", role: "nurse" }];
  const at = new Date(2026, 0, 5, 7, 58).getTime();
  const confirmed = { by: "mn", at };
  const on = { sound: "running", confirmed, expired: false };
  assert.equal(sound_words(on, staff), "SOUND ON (tested 07:58 MN)");
  assert.equal(sound_reason(on), "");
  for (const [state, reason] of [
    [{ sound: "suspended", confirmed: null, expired: false }, /until somebody taps/],
    [{ sound: "suspended", confirmed, expired: false }, /stopped playing/],
    [{ sound: "unconfirmed", confirmed: null, expired: false }, /nobody has said/],
    [{ sound: "unconfirmed", confirmed: null, expired: true }, /twelve hours/],
  ]) {
    assert.equal(sound_words(state, staff), "SOUND OFF");
    assert.match(sound_reason(state), reason);
  }
  assert.equal(sound_words(on, staff, [{ name: "Room 2" }, { name: "Room 4" }]), "SOUND ON, not for Room 2, Room 4");
  const muted = { sound: "muted", confirmed, expired: false };
  assert.deepEqual([sound_words(muted, staff), sound_reason(muted)], ["NO SOUND HERE", ""]);
});

test("a page that does not answer for five seconds hangs, which is said once, and a machine that slept is no such page", () => {
  const watchdog = new Watchdog(0);
  const looks = (from, to) => {
    const told = [];
    for (let now = from; now <= to; now += 250) if (watchdog.look(now)) told.push(now);
    return told;
  };
  assert.deepEqual(looks(250, 4_750), []);
  assert.deepEqual(looks(ANSWERS_MAX_MS, 60_000), [ANSWERS_MAX_MS]);
  watchdog.answer(60_100);
  assert.deepEqual(looks(60_250, 70_000), [65_250]);
  watchdog.answer(70_100);
  assert.deepEqual(looks(70_250, 71_000), []);
  assert.deepEqual(looks(8_000_000, 8_004_750), [], "it slept");
  assert.deepEqual(looks(8_005_000, 8_010_000), [8_005_000]);
});
