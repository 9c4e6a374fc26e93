// @ts-check
// What this page knows: the service's messages, folded. No DOM and no clock: `now` is an
// argument, milliseconds of the page's own monotonic clock.

import { follow, hear } from "./course.js";
import { freshness } from "./freshness.js";
import { t } from "./language.js";
import { ServiceClock } from "./service-clock.js";
import { Trace } from "./trace.js";
import { PROTOCOL } from "./wire.js";

/** No word of the service for this long, milliseconds: what the page says about it. */
const DELAYED_MS = 3_000;
export const BANNER_MS = 6_000;
export const LOST_MS = 10_000;

/** A hole that is not filled in this time is filled by connecting anew, milliseconds. */
const RESUME_MAX_MS = 2_000;

/** What a device itself reports is kept for the alarm list, so many texts a bed. */
const DEVICE_TEXTS_MAX = 20;

/** @typedef {"connecting" | "live" | "delayed" | "banner" | "lost"} Connection */

/**
 * @typedef {object} Reading
 * @property {string} metric
 * @property {string} device
 * @property {number | null} value
 * @property {string} unit
 * @property {"valid" | "questionable" | "unavailable"} validity
 * @property {string | null} reason
 * @property {number} at_ms service time, milliseconds since 1970
 * @property {number} deadline page time; after that it is no value any more
 */

/**
 * @typedef {object} BedState
 * @property {string} bed
 * @property {string} name
 * @property {string} profile
 * @property {number} heard_seq the last message about it, other than curves
 * @property {Record<string, import("./wire.js").Limits>} limits
 * @property {number} cuff_interval_ms
 * @property {Record<string, string>} sources
 * @property {Map<string, import("./wire.js").Device>} devices
 * @property {Map<string, Reading>} readings
 * @property {import("./wire.js").CuffState} cuff
 * @property {import("./wire.js").Phase} phase
 * @property {import("./wire.js").Session | null} session
 * @property {boolean | undefined} simulated what it shows is nobody's
 * @property {number} [entry] the newest one of a treatment that this page has heard of
 * @property {number} from_ms what was measured before is another patient's, milliseconds since 1970
 * @property {import("./wire.js").ChangedLimit[]} changed the limits that are not as the profile ships them
 * @property {import("./wire.js").AlarmsOfBed} alarms
 * @property {import("./wire.js").Flood | null} flood
 * @property {Timed<import("./wire.js").Suspended>[]} suspended the alarms that are paused and the rules that are off
 * @property {Timed<import("./wire.js").StationAudio>[]} audio the stations that do not hear everything
 * @property {Map<string, import("./course.js").Course>} courses of the standing alarms, by occurrence
 * @property {Map<string, Trace>} traces the curves that ever came
 * @property {{device: string, priority: string, text: string, heard: number}[]} device_texts newest first
 */

/**
 * Something that a person set until a time.
 * @template T
 * @typedef {T & {deadline: number}} Timed `deadline` in page time
 */

export class Model {
  site = "";
  /** @type {string | null} */
  epoch = null;
  seq = 0;
  /** @type {import("./wire.js").Person[]} */
  staff = [];
  /** @type {import("./wire.js").RecorderState} */
  recorder = { running: true, text: null };
  /** @type {import("./wire.js").LastCheck | null} the last complete day-start check, of whichever day */
  last_check = null;
  /** In the order of the configuration. @type {Map<string, BedState>} */
  beds = new Map();
  clock = new ServiceClock();
  /** Why the service's words cannot be used at all. @type {string | null} */
  refusal = null;
  /** Whether a snapshot has come since the socket opened. */
  complete = false;
  /** The service has said that it stops, and no other has answered yet. */
  stopped = false;
  /** Page time of the last word of the service. */
  #heard = -Infinity;
  /** Page time of the first moment without any. */
  #born;
  #socket_open = false;
  /** Page time at which the socket opened. */
  #opened = -Infinity;
  /** This machine slept, and no snapshot has come since: nothing that is known is of now. */
  #slept = false;
  /** Page time since when a hole is being filled. @type {number | null} */
  #resuming = null;

  /** @param {number} now */
  constructor(now) {
    this.#born = now;
  }

  /**
   * The socket is open; nothing was said yet.
   * @param {number} now
   */
  opened(now) {
    this.#socket_open = true;
    this.#opened = now;
    this.complete = false;
    this.#resuming = null;
  }

  /**
   * The socket is gone.
   * @param {boolean} stopping the service has said that it stops
   */
  closed(stopping = false) {
    this.stopped ||= stopping;
    this.#socket_open = false;
    this.complete = false;
    this.#resuming = null;
    for (const bed of this.beds.values()) cut_traces(bed);
  }

  /**
   * This machine slept, or its clock was set forward: all that is known is older by that than the
   * page's clock says, and none of it is current before the next snapshot.
   * @param {number} slept_ms
   */
  slept(slept_ms) {
    this.#slept = true;
    this.#heard -= slept_ms;
    this.#born -= slept_ms;
    this.clock.skip(slept_ms);
    for (const bed of this.beds.values()) {
      for (const one of [...bed.readings.values(), ...bed.suspended, ...bed.audio]) one.deadline -= slept_ms;
      for (const one of bed.device_texts) one.heard -= slept_ms;
    }
  }

  /**
   * Folds a message in.
   * @param {import("./wire.js").ServerMessage} message
   * @param {number} now
   * @returns {object | null} what is to be sent in reply
   */
  receive(message, now) {
    if (this.refusal !== null && message.type !== "hello") return null;
    this.#heard = now;
    switch (message.type) {
      case "hello":
        this.#hello(message, now);
        break;
      case "snapshot":
        this.#snapshot(message, now);
        break;
      case "resync":
        // What was missed is gone; a snapshot follows, and the curves have a gap.
        for (const bed of this.beds.values()) cut_traces(bed);
        break;
      case "result":
        break;
      default:
        return this.#numbered(message, now);
    }
    return null;
  }

  /**
   * Returns how old the service's newest word is, milliseconds: the silence since, and how late
   * the last one came.
   * @param {number} now
   */
  age_ms(now) {
    // A frame's time is that of its start, and a message may have come since.
    return Math.max(0, now - Math.max(this.#heard, this.#born)) + this.clock.lag_ms;
  }

  /**
   * @param {number} now
   * @returns {Connection}
   */
  connection(now) {
    const age_ms = this.age_ms(now);
    if (age_ms >= LOST_MS || this.refusal !== null || this.#slept) return "lost";
    if (age_ms >= BANNER_MS || this.stopped) return "banner";
    if (age_ms >= DELAYED_MS) return "delayed";
    if (this.#socket_open && this.complete) return "live";
    return this.beds.size === 0 ? "connecting" : "delayed";
  }

  /**
   * Tells whether what is known is of now, or was a moment ago: something can be done about it.
   * @param {number} now
   */
  is_live(now) {
    return ["live", "delayed"].includes(this.connection(now));
  }

  /**
   * Tells whether the socket is of no use any more and another one should be opened.
   * @param {number} now
   */
  wants_new_socket(now) {
    if (this.#resuming !== null && now - this.#resuming > RESUME_MAX_MS) return true;
    // What was silent before it opened is not its fault.
    return this.#socket_open && Math.min(this.age_ms(now), now - this.#opened) > BANNER_MS;
  }

  /**
   * Returns a bed's reading of a metric, with its age; null when there never was one.
   * @param {BedState} bed
   * @param {string} metric
   * @param {number} now
   */
  reading(bed, metric, now) {
    const reading = bed.readings.get(metric);
    if (!reading) return null;
    const age_ms = Math.max(0, this.clock.at(now) - reading.at_ms);
    const left_ms = reading.deadline - now;
    return { ...reading, age_ms, freshness: freshness(metric, age_ms, left_ms, bed.cuff_interval_ms) };
  }

  /**
   * Tells whether there is a number of a metric: one that was given, and has not expired.
   * @param {BedState} bed
   * @param {string} metric
   * @param {number} now
   */
  has_value(bed, metric, now) {
    const { value = null, freshness } = this.reading(bed, metric, now) ?? {};
    return value !== null && freshness !== "expired";
  }

  /**
   * @param {import("./wire.js").Hello} hello
   * @param {number} now
   */
  #hello(hello, now) {
    this.refusal = null;
    if (hello.protocol !== PROTOCOL) {
      this.refusal = t("the service speaks protocol {theirs}, this page {ours}: reload the page", { theirs: hello.protocol, ours: PROTOCOL });
      return;
    }
    this.clock.reset();
    this.clock.hear(hello.now, now);
    this.site = hello.site;
    this.seq = hello.seq;
    if (hello.epoch !== this.epoch) {
      // Another start of the service: whatever was known is void.
      this.epoch = hello.epoch;
      this.beds.clear();
    }
  }

  /**
   * @param {import("./wire.js").Snapshot} snapshot
   * @param {number} now
   */
  #snapshot(snapshot, now) {
    this.seq = snapshot.seq;
    this.#resuming = null;
    this.complete = true;
    this.stopped = false;
    this.#slept = false;
    this.staff = snapshot.staff;
    this.recorder = snapshot.recorder;
    this.last_check = snapshot.last_check ?? null;
    const known = this.beds;
    this.beds = new Map();
    for (const told of snapshot.beds) {
      const { bed, name, profile, sources, cuff } = told;
      const before = known.get(bed);
      const session = session_of(told);
      if (before && before.from_ms !== session.from_ms) forget(before);
      this.beds.set(bed, {
        bed,
        name,
        profile,
        heard_seq: snapshot.seq,
        ...limits_of(told),
        ...session,
        sources,
        devices: new Map(told.devices.map((device) => [device.device, { ...device }])),
        readings: new Map(told.observations.map((one) => [one.metric, this.#reading(one, now)])),
        cuff,
        alarms: { version: 0, active: [], responsible: null },
        flood: null,
        suspended: [],
        audio: [],
        // What came between is not known.
        courses: new Map([...(before?.courses ?? [])].map(([key, course]) => [key, { ...course, whole: false }])),
        traces: before?.traces ?? new Map(),
        device_texts: before?.device_texts ?? [],
      });
    }
    for (const alarms of snapshot.alarms) this.#alarms(alarms, now);
  }

  /**
   * @param {import("./wire.js").Numbered} message
   * @param {number} now
   */
  #numbered(message, now) {
    if (!Number.isInteger(message.seq) || message.seq <= this.seq) return null;
    if (message.seq > this.seq + 1) {
      // The full set of a bed's alarms is right whatever was missed before it.
      if (message.type === "alarms") this.#alarms(message, now);
      if (this.#resuming !== null) return null;
      this.#resuming = now;
      return { type: "resume", epoch: this.epoch, seq: this.seq };
    }
    this.seq = message.seq;
    this.#resuming = null;
    this.#fold(message, now);
    return null;
  }

  /**
   * @param {import("./wire.js").Numbered} message
   * @param {number} now
   */
  #fold(message, now) {
    if (message.type === "heartbeat") {
      this.clock.hear(message.now, now);
      return;
    }
    if (message.type === "recorder") {
      this.recorder = { running: message.running, text: message.text };
      return;
    }
    if (message.type === "check") {
      this.last_check = { at: message.at, by: message.by };
      return;
    }
    const bed = this.beds.get(message.bed);
    if (!bed) return;
    if (message.type !== "waveform") bed.heard_seq = message.seq;
    switch (message.type) {
      case "observation": {
        const reading = this.#reading(message, now);
        if (reading.at_ms < bed.from_ms) break;
        bed.readings.set(message.metric, reading);
        hear(bed, reading);
        break;
      }
      case "waveform":
        if (!bed.traces.has(message.metric)) bed.traces.set(message.metric, new Trace());
        bed.traces.get(message.metric)?.push(message.samples, message.period_us, now - this.clock.lag_ms);
        break;
      case "alarms":
        this.#alarms(message, now);
        break;
      case "limits":
        Object.assign(bed, limits_of(message));
        break;
      case "session": {
        const session = session_of(message);
        if (session.from_ms !== bed.from_ms) forget(bed);
        Object.assign(bed, session);
        break;
      }
      case "link":
        link(bed, message);
        break;
      case "cuff":
        bed.cuff = { state: message.state, text: message.text };
        // A pressure that the new reading leaves out is not the last one's: the service sends
        // what there is before this message, all of one moment.
        if (message.state === "idle") forget_older_pressures(bed);
        break;
      case "care":
        bed.entry = message.entry;
        break;
      case "device_alarm": {
        const { device, priority, text } = message;
        bed.device_texts.unshift({ device, priority, text, heard: now });
        bed.device_texts.length = Math.min(bed.device_texts.length, DEVICE_TEXTS_MAX);
        break;
      }
      // A message that a later service has added is not for this page.
    }
  }

  /**
   * @param {import("./wire.js").Alarms} alarms
   * @param {number} now
   */
  #alarms(alarms, now) {
    const bed = this.beds.get(alarms.bed);
    if (!bed || alarms.version < bed.alarms.version) return;
    bed.courses = follow(bed, alarms.active, this.clock.at(now));
    bed.alarms = { version: alarms.version, active: alarms.active, responsible: alarms.responsible ?? null };
    bed.flood = alarms.flood ?? null;
    const timed = now - this.clock.lag_ms;
    bed.suspended = (alarms.suspended ?? []).map((one) => ({ ...one, deadline: timed + one.remaining_ms }));
    bed.audio = (alarms.audio ?? []).map((one) => ({ ...one, deadline: timed + one.remaining_ms }));
  }

  /**
   * @param {import("./wire.js").Observation} observation
   * @param {number} now
   * @returns {Reading}
   */
  #reading(observation, now) {
    const { metric, device, unit, validity } = observation;
    const at_ms = Date.parse(observation.at);
    return {
      metric,
      device,
      value: validity === "unavailable" ? null : (observation.value ?? null),
      unit,
      validity,
      reason: observation.reason ?? null,
      at_ms,
      deadline: this.clock.made_at(at_ms, now) + observation.expires_in_ms,
    };
  }
}

/**
 * @param {import("./wire.js").LimitsInForce} message
 */
function limits_of({ limits, nibp_interval_s, phase, changed }) {
  return { limits, cuff_interval_ms: nibp_interval_s * 1000, phase: phase ?? "baseline", changed: changed ?? [] };
}

/**
 * @param {import("./wire.js").SessionState} message
 */
function session_of({ session, readings_from, simulated }) {
  return { simulated, session: session ?? null, from_ms: readings_from ? Date.parse(readings_from) : -Infinity };
}

/**
 * Forgets what was measured of the patient before. Alarms stay, without the worst that they saw.
 * @param {BedState} bed
 */
function forget(bed) {
  bed.readings.clear();
  bed.traces = new Map();
  bed.courses = new Map([...bed.courses].map(([key, course]) => [key, { ...course, worst: null, whole: false }]));
  if (bed.cuff.state === "failed") bed.cuff = { state: "idle", text: null };
}

/** @param {BedState} bed */
function cut_traces(bed) {
  for (const trace of bed.traces.values()) trace.cut();
}

/**
 * @param {BedState} bed
 * @param {import("./wire.js").Link} message
 */
function link(bed, message) {
  const device = bed.devices.get(message.device);
  if (device) device.link = message.state;
  for (const [metric, source] of Object.entries(bed.sources)) {
    if (source === message.device) bed.traces.get(metric)?.cut();
  }
}

/** @param {BedState} bed */
function forget_older_pressures(bed) {
  const newest = Math.max(
    ...["NibpSystolic", "NibpDiastolic", "NibpMean", "NibpPulseRate"].map(
      (metric) => bed.readings.get(metric)?.at_ms ?? -Infinity,
    ),
  );
  for (const [metric, reading] of bed.readings) {
    if (metric.startsWith("Nibp") && reading.at_ms < newest) bed.readings.delete(metric);
  }
}
