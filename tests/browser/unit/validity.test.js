// No reading is shown after its validity ended, whatever the way to the page does.
//
// Random worlds: a service that measures, a way that delays, stalls and breaks, a service that
// falls and comes back with its clock elsewhere. What a tile shows is held against a list of
// what was measured, in a time that neither of the two programs knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../../../crates/chairside/dashboard/model.js";
import { tile } from "../../../crates/chairside/dashboard/present.js";
import { bed } from "./feed.js";

const WORLDS = 80;
const STEPS = 150;

/** Of the quickest way to the page nobody can tell how long it takes, milliseconds. */
const QUICKEST_MS = 20;

/** The clocks of the two machines may drift apart; the page forgets old measures that fast. */
const DRIFT_MS = 300;

const METRICS = {
  SpO2: ["nonin-1", 10_000],
  PulseRate: ["nonin-1", 10_000],
  RespirationRate: ["capno-1", 30_000],
};
const CUFF = ["NibpSystolic", "NibpDiastolic", "NibpMean"];
const CUFF_MS = 90_000;
const CELLS = { SpO2: "spo2", PulseRate: "rate", RespirationRate: "rr" };

/** Chance that can be drawn again: mulberry32. */
function chance_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class World {
  /** The true time, milliseconds, which nobody in it can read. */
  now = 1_000_000;
  model;
  log = [];
  #chance;
  #page_zero;
  #wall_offset;
  #epoch = 1;
  #seq = 100;
  /** What the service remembers: the last of each metric. */
  #values = new Map();
  #next_heartbeat;
  /** Everything that was ever measured, by metric and number. */
  #truth = new Map();
  #next_number = 1;
  #kept = [];
  /** On the way: what, and when it arrives. */
  #way = [];
  #delay_ms = 5;
  #stalled_until = 0;
  #connected = false;

  constructor(seed) {
    this.#chance = chance_of(seed);
    this.#page_zero = this.now - 5_000 * this.#chance();
    this.#wall_offset = Date.parse("2026-01-05T12:00:00Z");
    this.#next_heartbeat = this.now + 1_000;
    this.model = new Model(this.page_now);
    this.connect();
  }

  get page_now() {
    return this.now - this.#page_zero;
  }

  #wall(at = this.now) {
    return new Date(this.#wall_offset + at).toISOString();
  }

  #up_to(most) {
    return Math.floor(this.#chance() * (most + 1));
  }

  #send(message) {
    if (!this.#connected) return;
    const last = this.#way.at(-1)?.arrives ?? 0;
    const arrives = Math.max(this.now + this.#delay_ms, this.#stalled_until, last);
    // As text, like the real one: nothing is shared.
    this.#way.push({ arrives, text: JSON.stringify(message) });
  }

  /** The next message of the stream; now and then the way loses one, or tells it twice. */
  #stream(message) {
    this.#seq += 1;
    const numbered = { ...message, seq: this.#seq };
    this.#kept.push(numbered);
    if (this.#kept.length > 20) this.#kept.shift();
    const luck = this.#chance();
    if (luck > 0.01) this.#send(numbered);
    if (luck > 0.99) this.#send(numbered);
  }

  connect() {
    this.model.opened(this.page_now);
    this.#connected = true;
    this.#delay_ms = 1 + this.#up_to(QUICKEST_MS - 2);
    this.#stalled_until = 0;
    this.#send({ type: "hello", protocol: 1, epoch: `e${this.#epoch}`, seq: this.#seq, now: this.#wall(), site: "w" });
    this.#snapshot();
  }

  #snapshot() {
    const observations = [...this.#values.values()]
      .filter(({ until }) => until > this.now)
      .map(({ message, until }) => ({ ...message, type: undefined, expires_in_ms: until - this.now }));
    const sources = Object.fromEntries([...Object.entries(METRICS).map(([metric, [device]]) => [metric, device]), ...CUFF.map((metric) => [metric, "v100-1"])]);
    const devices = ["nonin-1", "capno-1", "v100-1"].map((device) => ({ device, driver: "x", link: "connected", discarded: {} }));
    const recorder = { running: true, text: null };
    this.#send({ type: "snapshot", seq: this.#seq, beds: [bed({ sources, devices, observations, nibp_interval_s: 60 })], alarms: [], staff: [], recorder, last_check: null });
  }

  /** A number that there never was before, and how long it may be shown. */
  #measured(metric, device, lifetime_ms, at = this.now) {
    const value = this.#next_number;
    this.#next_number += 1;
    const until = at + lifetime_ms;
    this.#truth.set(`${metric} ${value}`, { at, until });
    const message = { type: "observation", bed: "1", device, metric, value, unit: "", validity: "valid", at: this.#wall(at), expires_in_ms: until - this.now };
    this.#values.set(metric, { message, until });
    this.#stream(message);
  }

  observe() {
    const all = Object.entries(METRICS);
    const [metric, [device, lifetime_ms]] = all[this.#up_to(all.length - 1)];
    this.#measured(metric, device, lifetime_ms);
  }

  cuff() {
    // It is told some time after it was measured, and may leave a pressure out.
    const at = this.now - this.#up_to(5_000);
    const found = this.#chance() < 0.7 ? CUFF : CUFF.slice(0, 1);
    for (const metric of CUFF) this.#values.delete(metric);
    for (const metric of found) this.#measured(metric, "v100-1", CUFF_MS, at);
    this.#stream({ type: "cuff", bed: "1", device: "v100-1", state: "idle", text: null });
  }

  drop() {
    this.#connected = false;
    this.#way = [];
    this.model.closed();
  }

  restart() {
    this.drop();
    this.#epoch += 1;
    this.#seq = 1;
    this.#kept = [];
    this.#values.clear();
    // Its machine's clock was put forward or back in between.
    this.#wall_offset += [0, 3_600_000, -3_600_000, -90_000][this.#up_to(3)];
  }

  /** A client that was too slow for the stream. */
  resync() {
    this.#send({ type: "resync", missed: 3 });
    this.#seq += 3;
    this.#kept = [];
    this.#snapshot();
  }

  /** Lets time pass, and hands over what arrives in it; looks at the page as often as it is drawn. */
  pass(span_ms) {
    const end = this.now + span_ms;
    while (this.now < end) {
      const arrival = this.#way[0]?.arrives ?? Number.POSITIVE_INFINITY;
      const look = this.now + 250;
      this.now = Math.min(end, look, Math.max(this.now, arrival), Math.max(this.now, this.#next_heartbeat));
      if (this.now >= this.#next_heartbeat) {
        this.#next_heartbeat += 1_000;
        this.#stream({ type: "heartbeat", now: this.#wall(), period_ms: 1_000 });
      }
      while (this.#way.length > 0 && this.#way[0].arrives <= this.now) {
        const reply = this.model.receive(JSON.parse(this.#way.shift().text), this.page_now);
        if (reply?.type === "resume") this.#resume(reply);
      }
      if (this.model.wants_new_socket(this.page_now)) {
        this.drop();
        this.connect();
      }
      this.look();
    }
  }

  #resume({ epoch, seq }) {
    const missed = this.#kept.filter((one) => one.seq > seq);
    if (epoch !== `e${this.#epoch}` || missed.length !== this.#seq - seq) this.resync();
    // What is told anew is made anew: with what is left of its time.
    else for (const message of missed) this.#send(this.#anew(message));
  }

  #anew(message) {
    const truth = this.#truth.get(`${message.metric} ${message.value}`);
    return truth ? { ...message, expires_in_ms: Math.max(0, truth.until - this.now) } : message;
  }

  /** The numbers that the page shows, with their metric. */
  shown() {
    const one = this.model.beds.get("1");
    if (!one) return [];
    const view = tile(this.model, one, this.page_now);
    const numbers = Object.entries(CELLS).map(([metric, cell]) => [metric, view[cell]]);
    const found = numbers.filter(([, cell]) => cell && cell.state !== "none").map(([metric, cell]) => [metric, cell.text]);
    if (view.nibp && view.nibp.state !== "none") {
      const [systolic, diastolic] = view.nibp.text.split("/");
      found.push(["NibpSystolic", systolic], ["NibpDiastolic", diastolic], ["NibpMean", view.nibp.mean.replace(/[()]/g, "")]);
    }
    return found.filter(([, text]) => /^\d+$/.test(text));
  }

  look() {
    const pressures = new Set();
    for (const [metric, text] of this.shown()) {
      const truth = this.#truth.get(`${metric} ${text}`);
      assert.ok(truth, `${metric} ${text} was never measured`);
      const over_ms = this.now - truth.until;
      assert.ok(over_ms <= QUICKEST_MS + DRIFT_MS, `${metric} ${text} is shown ${over_ms} ms after its validity ended`);
      if (metric.startsWith("Nibp")) pressures.add(truth.at);
    }
    assert.ok(pressures.size <= 1, "the pressures shown together are of one reading");
  }

  /** Does one thing that happens in a clinic. */
  step() {
    const [act] = [
      [() => this.observe(), 40],
      [() => this.cuff(), 6],
      [() => this.pass(this.#up_to(1_500)), 30],
      [() => this.pass(this.#up_to(20_000)), 5],
      [() => this.#stall(), 6],
      [() => this.#slow(), 4],
      [() => this.drop(), 2],
      [() => this.restart(), 1],
      [() => this.resync(), 2],
      [() => !this.#connected && this.connect(), 8],
    ].reduce(([chosen, left], [one, weight]) => (left >= 0 && left < weight ? [one, -1] : [chosen, left - weight]), [null, this.#chance() * 104]);
    act?.();
  }

  #stall() {
    this.#stalled_until = this.now + this.#up_to(15_000);
  }

  /** From now on the way takes longer, or is as quick as before. */
  #slow() {
    this.#delay_ms = 1 + this.#up_to(this.#chance() < 0.5 ? QUICKEST_MS - 2 : 4_000);
  }

  /** A quiet quarter of a minute at the end: all is well again, and every number is shown. */
  calm() {
    if (!this.#connected) this.connect();
    this.#stalled_until = 0;
    this.#delay_ms = 5;
    this.pass(45_000);
    if (!this.#connected) this.connect();
    for (let second = 0; second < 20; second += 1) {
      for (const [metric, [device, lifetime_ms]] of Object.entries(METRICS)) this.#measured(metric, device, lifetime_ms);
      this.pass(500);
    }
    assert.deepEqual(this.shown().map(([metric]) => metric).filter((metric) => metric in METRICS), Object.keys(METRICS));
  }
}

test("no reading is shown after its validity ended, whatever the way to the page does", () => {
  const given = process.env.CHAIRSIDE_SEED;
  const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  const shown = new Set();
  for (let seed = first; seed < first + (given === undefined ? WORLDS : 1); seed += 1) {
    try {
      const world = new World(seed);
      for (let step = 0; step < STEPS; step += 1) {
        world.step();
        for (const [metric] of world.shown()) shown.add(metric);
      }
      world.calm();
    } catch (error) {
      error.message = `CHAIRSIDE_SEED=${seed} draws it again: ${error.message}`;
      throw error;
    }
  }
  if (given === undefined) assert.equal(shown.size, 6, "each number was seen at some time");
});
