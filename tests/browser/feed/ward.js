// A ward as the service tells of it, at the rates that the demo's devices have: for measuring the
// page, in node as well as inside of a page. It reads no clock: times are arguments, milliseconds
// since 1970.

/** The oximeter of a bed: runs of a pulse curve, and so many of its numbers a second. */
const PLETH = { hertz: 75, run: 5 };
const NUMBERS_HZ = 3;

/** The capnograph that every fourth bed has. */
const CO2 = { hertz: 20, run: 4 };

const CUFF_INTERVAL_MS = 600_000;

/** An episode of an alarm, and how often a bed has one: a quarter of the beds is in one at any time. */
const EPISODES = { length_ms: 60_000, every_ms: 240_000 };

/** One turn of the ward: all streams are multiples of it, 1/15 s. */
const TURN_MS = 1000 / 15;

const has_capnograph = (index) => index % 4 === 1;

export class Ward {
  seq = 0;
  #beds;
  #turn = 0;
  #born_ms;
  #alarms;
  #episodes;

  /**
   * @param {number} beds
   * @param {number} now_ms when it begins
   * @param {{length_ms: number, every_ms: number}} [episodes]
   */
  constructor(beds, now_ms, episodes = EPISODES) {
    this.#episodes = episodes;
    this.#beds = Array.from({ length: beds }, (_, index) => index);
    this.#born_ms = now_ms;
    this.#alarms = this.#beds.map(() => ({ version: 1, occurrence: 0, active: [] }));
  }

  /** What a client is greeted with. */
  greeting(now_ms) {
    const at = new Date(now_ms).toISOString();
    const beds = this.#beds.map((index) => this.#bed(index, now_ms));
    const alarms = this.#alarms.map(({ version, active }, index) => ({ bed: String(index + 1), version, active }));
    const staff = [{ id: "mn", name: "M. N.", role: "nurse" }];
    return [
      { type: "hello", protocol: 1, epoch: "ward", seq: this.seq, now: at, site: "ward" },
      { type: "snapshot", seq: this.seq, beds, alarms, staff, recorder: { running: true, text: null }, last_check: null },
    ];
  }

  /** Everything that is said up to `now_ms` and was not said before, in its order. */
  until(now_ms) {
    const messages = [];
    for (;;) {
      const at_ms = this.#born_ms + (this.#turn + 1) * TURN_MS;
      if (at_ms > now_ms) return messages;
      this.#turn += 1;
      this.#say(this.#turn, at_ms, (message) => {
        this.seq += 1;
        messages.push({ ...message, seq: this.seq });
      });
    }
  }

  #say(turn, at_ms, say) {
    const at = new Date(at_ms).toISOString();
    if (turn % 15 === 0) say({ type: "heartbeat", now: at, period_ms: 1_000 });
    for (const index of this.#beds) {
      const bed = String(index + 1);
      // No two beds speak in step.
      const own = turn + index * 7;
      const seconds = (at_ms - this.#born_ms) / 1000;
      say({ type: "waveform", bed, device: `${bed}-nonin`, metric: "Pleth", at, period_us: Math.round(1e6 / PLETH.hertz), samples: pleth(seconds, index) });
      if (own % (15 / NUMBERS_HZ) === 0) {
        say(observation(bed, "nonin", "SpO2", this.#saturation(index, own), at));
        say(observation(bed, "nonin", "PulseRate", 66 + ((own / 15 + index * 5) % 17 | 0), at));
      }
      if (has_capnograph(index)) {
        if (own % 3 === 0) say({ type: "waveform", bed, device: `${bed}-capno`, metric: "Co2", at, period_us: 1e6 / CO2.hertz, samples: breath(seconds, index) });
        if (own % 15 === 0) {
          say(observation(bed, "capno", "RespirationRate", 12 + (own / 15 / 20 | 0) % 5, at));
          say(observation(bed, "capno", "EtCO2", 36 + (own / 15 / 9 | 0) % 6, at));
          say(observation(bed, "capno", "FiCO2", 1, at));
        }
      }
      this.#cuff(index, at_ms, say);
      this.#alarm(index, at_ms, say);
    }
  }

  /** A saturation that is another one at every telling, so that each of them has to be drawn. */
  #saturation(index, own) {
    const falls = this.#alarms[index].active.length > 0;
    return (falls ? 86 : 95) + (Math.floor(own / 5) % 3);
  }

  #cuff(index, at_ms, say) {
    const of_bed = Math.round((at_ms - this.#born_ms + index * 25_000) / TURN_MS) % Math.round(CUFF_INTERVAL_MS / TURN_MS);
    if (of_bed !== 0) return;
    for (const message of pressures(String(index + 1), at_ms, CUFF_INTERVAL_MS)) say({ type: "observation", ...message });
    say({ type: "cuff", bed: String(index + 1), device: `${index + 1}-v100`, state: "idle", text: null });
  }

  #alarm(index, at_ms, say) {
    const one = this.#alarms[index];
    const { length_ms, every_ms } = this.#episodes;
    const since_ms = (at_ms - this.#born_ms + index * (every_ms / this.#beds.length)) % every_ms;
    const wanted = since_ms < length_ms;
    if (wanted === one.active.length > 0) return;
    one.version += 1;
    if (wanted) one.occurrence += 1;
    const since = new Date(at_ms).toISOString();
    const high = index % 8 === 0;
    one.active = wanted
      ? [
          {
            id: high ? "SPO2_VERY_LOW" : "SPO2_LOW",
            occurrence: `${index + 1}-${one.occurrence}`,
            priority: high ? "high" : "medium",
            kind: "physiological",
            present: true,
            signal: "on",
            superseded: false,
            since,
            evidence: high ? "SpO2 86 % below 88 % for 6 s" : "SpO2 88 % below 92 % for 10 s",
          },
        ]
      : [];
    say({ type: "alarms", bed: String(index + 1), version: one.version, active: one.active, flood: null, suspended: [], audio: [] });
  }

  #bed(index, now_ms) {
    const bed = String(index + 1);
    const devices = ["nonin", "v100", ...(has_capnograph(index) ? ["capno"] : [])];
    const sources = { SpO2: "nonin", PulseRate: "nonin", Pleth: "nonin", NibpSystolic: "v100", NibpDiastolic: "v100", NibpMean: "v100" };
    if (has_capnograph(index)) Object.assign(sources, { RespirationRate: "capno", EtCO2: "capno", FiCO2: "capno", Co2: "capno" });
    return {
      bed,
      name: `Room ${bed}`,
      profile: "adult-ketamine",
      limits: { SpO2: { low: 92 }, PulseRate: { low: 50, high: 120 }, NibpSystolic: { low: 90, high: 165 }, NibpDiastolic: { high: 100 } },
      nibp_interval_s: CUFF_INTERVAL_MS / 1000,
      phase: "baseline",
      changed: [],
      sources: Object.fromEntries(Object.entries(sources).map(([metric, device]) => [metric, `${bed}-${device}`])),
      devices: devices.map((device) => ({ device: `${bed}-${device}`, driver: device, link: "connected", discarded: {} })),
      observations: pressures(bed, now_ms - 60_000, CUFF_INTERVAL_MS - 60_000),
      cuff: { state: "idle", text: null },
      session: null,
    };
  }
}

function observation(bed, device, metric, value, at) {
  const unit = { SpO2: "%", PulseRate: "/min", RespirationRate: "/min" }[metric] ?? "mmHg";
  const expires_in_ms = device === "capno" ? 30_000 : 10_000;
  return { type: "observation", bed, device: `${bed}-${device}`, metric, value, unit, validity: "valid", at, expires_in_ms };
}

function pressures(bed, at_ms, left_ms) {
  const at = new Date(at_ms).toISOString();
  const device = `${bed}-v100`;
  const drift = Math.floor(at_ms / CUFF_INTERVAL_MS) % 9;
  const values = { NibpSystolic: 118 + drift, NibpDiastolic: 74 + drift, NibpMean: 89 + drift };
  return Object.entries(values).map(([metric, value]) => ({ bed, device, metric, value, unit: "mmHg", validity: "valid", at, expires_in_ms: left_ms * 1.5 }));
}

/** The samples of one turn of a pulse curve. */
export function pleth(seconds, index) {
  const rate = 1.1 + (index % 5) * 0.07;
  return Array.from({ length: PLETH.run }, (_, sample) => {
    const phase = ((seconds - (PLETH.run - 1 - sample) / PLETH.hertz) * rate + index * 0.37 + 100) % 1;
    const beat = Math.exp(-(((phase - 0.22) / 0.11) ** 2)) + 0.38 * Math.exp(-(((phase - 0.56) / 0.15) ** 2));
    return Math.round(90 + 110 * beat);
  });
}

/** The samples of three turns of a curve of breath, mmHg. */
export function breath(seconds, index) {
  return Array.from({ length: CO2.run }, (_, sample) => {
    const phase = ((seconds - (CO2.run - 1 - sample) / CO2.hertz) * 0.22 + index * 0.13 + 100) % 1;
    return phase < 0.4 ? 0 : Math.round(38 * Math.min(1, (phase - 0.4) * 12));
  });
}
