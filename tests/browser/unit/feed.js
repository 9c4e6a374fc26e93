// A service that says exactly what a test wants.

import { Model } from "../../../crates/chairside/dashboard/model.js";

export const NOON_MS = Date.parse("2026-01-05T12:00:00.000Z");

/** A bed as in a snapshot, with an oximeter and a monitor with a cuff. */
export function bed(overrides = {}) {
  return {
    bed: "1",
    name: "Room 1",
    profile: "adult-ketamine",
    limits: { SpO2: { low: 92 }, PulseRate: { low: 50, high: 120 } },
    nibp_interval_s: 600,
    sources: {
      SpO2: "nonin-1",
      PulseRate: "nonin-1",
      Pleth: "nonin-1",
      NibpSystolic: "v100-1",
      NibpDiastolic: "v100-1",
      NibpMean: "v100-1",
    },
    devices: [
      { device: "nonin-1", driver: "nonin", link: "connected", discarded: {} },
      { device: "v100-1", driver: "ge-v100", link: "connected", discarded: {} },
    ],
    observations: [],
    cuff: { state: "idle", text: null },
    session: null,
    ...overrides,
  };
}

/** An alarm as the service sends it. */
export function alarm(overrides = {}) {
  return {
    id: "SPO2_LOW",
    occurrence: "1",
    priority: "medium",
    kind: "physiological",
    present: true,
    signal: "on",
    superseded: false,
    since: "2026-01-05T12:00:00.000Z",
    evidence: "SpO2 90 % below 92 % for 10 s",
    ...overrides,
  };
}

/** A page and its service on one clock, which only the test moves. */
export class Feed {
  now = 1_000;
  seq = 100;
  model = new Model(this.now);

  constructor({ beds = [bed()], epoch = "e1" } = {}) {
    this.beds = beds;
    this.epoch = epoch;
    this.connect();
  }

  /** The service's wall clock, RFC 3339. */
  wall(ago_ms = 0) {
    return new Date(NOON_MS + this.now - ago_ms).toISOString();
  }

  connect({ alarms = [] } = {}) {
    this.model.opened(this.now);
    this.hear({ type: "hello", protocol: 1, epoch: this.epoch, seq: this.seq, now: this.wall(), site: "clinic-a" });
    this.snapshot({ alarms });
  }

  snapshot({ alarms = [], beds = this.beds } = {}) {
    const staff = [{ id: "mn", name: "M. N.", role: "nurse" }];
    const recorder = { running: true, text: null };
    this.hear({ type: "snapshot", seq: this.seq, beds, alarms, staff, recorder, last_check: null });
  }

  /** Hands a message over as it is. */
  hear(message) {
    return this.model.receive(message, this.now);
  }

  /** Sends the next numbered message. */
  send(message) {
    this.seq += 1;
    return this.hear({ ...message, seq: this.seq });
  }

  /** Lets time pass; with a heartbeat each second unless the service is silent. */
  pass(span_ms, { silent = false } = {}) {
    const end = this.now + span_ms;
    while (!silent && this.now + 1_000 <= end) {
      this.now += 1_000;
      this.heartbeat();
    }
    this.now = end;
  }

  heartbeat(late_ms = 0) {
    this.send({ type: "heartbeat", now: this.wall(late_ms), period_ms: 1_000 });
  }

  observe(metric, value, overrides = {}) {
    const known = {
      SpO2: ["nonin-1", "%", 10_000],
      PulseRate: ["nonin-1", "/min", 10_000],
      HeartRate: ["ge-1", "/min", 10_000],
      RespirationRate: ["capno-1", "/min", 30_000],
      Temperature: ["v100-1", "°C", 1_800_000],
      NibpSystolic: ["v100-1", "mmHg", 900_000],
      NibpDiastolic: ["v100-1", "mmHg", 900_000],
      NibpMean: ["v100-1", "mmHg", 900_000],
    };
    const [device, unit, expires_in_ms] = known[metric];
    const validity = value === null ? "unavailable" : "valid";
    return this.send({
      type: "observation",
      bed: "1",
      device,
      metric,
      ...(value === null ? {} : { value }),
      unit,
      validity,
      at: this.wall(),
      expires_in_ms,
      ...overrides,
    });
  }

  cuff(systolic, diastolic, mean) {
    const at = this.wall();
    for (const [metric, value] of [
      ["NibpSystolic", systolic],
      ["NibpDiastolic", diastolic],
      ["NibpMean", mean],
    ]) {
      if (value !== undefined) this.observe(metric, value, { at });
    }
    this.send({ type: "cuff", bed: "1", device: "v100-1", state: "idle", text: null });
  }

  alarms(active, version = this.bed().alarms.version + 1) {
    return this.send({ type: "alarms", bed: "1", version, active });
  }

  bed() {
    return this.model.beds.get("1");
  }

  reading(metric) {
    return this.model.reading(this.bed(), metric, this.now);
  }

  connection() {
    return this.model.connection(this.now);
  }
}
