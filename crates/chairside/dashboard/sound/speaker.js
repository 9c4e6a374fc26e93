// @ts-check
// The output: bursts synthesised on the audio clock. It never takes itself for heard: it is
// running only while the browser says so and its clock goes on.

import { HARMONICS, PATTERNS, shape } from "./patterns.js";
import { Schedule } from "./schedule.js";

/** @typedef {import("./schedule.js").Burst} Burst */
/** @typedef {import("./schedule.js").Call} Call */

/** An audio clock that stands still for this long has stopped, whatever the browser says, milliseconds. */
const STILL_MS = 1_500;

/** What was scheduled is kept to be looked at, so many bursts. */
const LOG_MAX = 200;

/** All bursts together; a little less than what clips. */
const LEVEL = 0.9;

/** After a cut the events of the pulses that do not come begin no sooner than this, seconds. */
const CUT_MARGIN_S = 0.005;

/**
 * A burst that was handed to the browser.
 * @typedef {object} Said
 * @property {import("./patterns.js").Tone} tone
 * @property {boolean} test
 * @property {readonly string[]} keys
 * @property {number} at_ms page time at which it was scheduled
 * @property {number} starts_ms page time at which it begins
 * @property {string} visibility of the page then
 * @property {"scheduled" | "dropped" | "cut"} fate
 * @property {number} peak the highest level that left the page while it was heard, as far as anybody looked
 */

/** An audio clock at which nobody has looked yet. */
const NOT_SEEN = { audio_s: -1, page_ms: -Infinity };

/** What the browser calls an audio context; old ones have none. */
const Context = globalThis.AudioContext;

export class Speaker {
  /** What was scheduled, newest last. @type {Said[]} */
  log = [];
  #changed;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #master = null;
  /** @type {AnalyserNode | null} */
  #probe = null;
  #samples = new Float32Array(2048);
  /** @type {PeriodicWave | null} */
  #wave = null;
  #schedule = new Schedule();
  /** What is handed over and not over yet, by burst. @type {Map<number, {oscillator: OscillatorNode, envelope: GainNode, said: Said}>} */
  #playing = new Map();
  /** What the audio clock showed when it moved last. */
  #clock = NOT_SEEN;

  /** @param {() => void} changed called when the browser turns the output on or off */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Opens the output; without a gesture most browsers keep it suspended. */
  open() {
    if (Context === undefined) return;
    this.close();
    try {
      const context = new Context({ latencyHint: "interactive" });
      const master = new GainNode(context, { gain: LEVEL });
      const probe = new AnalyserNode(context, { fftSize: this.#samples.length });
      master.connect(probe).connect(context.destination);
      context.onstatechange = () => {
        if (context !== this.#context) return;
        this.#clock = NOT_SEEN;
        this.#changed();
      };
      this.#context = context;
      this.#master = master;
      this.#probe = probe;
      const imag = Float32Array.from([0, ...HARMONICS]);
      this.#wave = new PeriodicWave(context, { real: new Float32Array(imag.length), imag });
    } catch {
      // No output device, or too many pages that sound: this one is not heard, and says so.
    }
  }

  close() {
    const context = this.#context;
    this.#context = null;
    this.#schedule = new Schedule();
    this.#playing.clear();
    this.#wave = null;
    this.#clock = NOT_SEEN;
    if (context && context.state !== "closed") void context.close();
  }

  /**
   * Somebody touched the page: the output may be turned on now. What comes of it, the context's
   * state tells, and nothing else.
   * @param {number} now
   */
  wake(now) {
    if (this.is_running(now)) return;
    // One that says it runs and does not, or that has closed, is of no use any more.
    if (this.#context === null || this.#context.state === "closed" || this.#context.state === "running") this.open();
    this.#context?.resume().catch(() => {});
  }

  /**
   * Tells whether what is scheduled comes out of the browser.
   * @param {number} now page time
   */
  is_running(now) {
    const context = this.#context;
    if (context === null || context.state !== "running") return false;
    const { currentTime } = context;
    if (currentTime !== this.#clock.audio_s) this.#clock = { audio_s: currentTime, page_ms: now };
    return !this.#has_stopped(now) && currentTime > 0;
  }

  /** @param {number} now */
  #has_stopped(now) {
    return now - this.#clock.page_ms > STILL_MS;
  }

  /** What the browser says of the output. */
  get state() {
    return this.#context?.state ?? "none";
  }

  /**
   * Schedules what calls.
   * @param {readonly Call[]} calls
   * @param {number} now page time
   */
  refill(calls, now) {
    const context = this.#context;
    if (context === null || !this.is_running(now)) return;
    const { add, drop, cut } = this.#schedule.plan(context.currentTime, calls);
    for (const burst of drop) this.#drop(burst);
    if (cut) this.#cut(cut.burst, cut.at_s);
    for (const burst of add) this.#play(burst, now);
    this.#listen(context.currentTime);
  }

  /**
   * Plays the three tones one after the other, unless something is to be heard already.
   * @param {number} now page time
   * @returns {boolean} whether they will be played
   */
  test(now) {
    if (this.#context === null || !this.is_running(now)) return false;
    const tones = this.#schedule.test(this.#context.currentTime);
    for (const burst of tones) this.#play(burst, now);
    return tones.length > 0;
  }

  /**
   * Returns the burst that is being heard.
   * @param {number} now page time
   */
  sounding(now) {
    return this.#context !== null && this.is_running(now) ? this.#schedule.sounding(this.#context.currentTime) : null;
  }

  /**
   * @param {Burst} burst
   * @param {number} now
   */
  #play(burst, now) {
    const context = this.#context;
    if (context === null || this.#master === null || this.#wave === null) return;
    const { tone, start_s } = burst;
    const envelope = new GainNode(context, { gain: 0 });
    const oscillator = new OscillatorNode(context, { frequency: PATTERNS[tone].hertz, periodicWave: this.#wave });
    for (const pulse_s of PATTERNS[tone].starts_s) {
      for (const { at_s, level } of shape(tone)) {
        const when_s = start_s + pulse_s + at_s;
        if (at_s === 0) envelope.gain.setValueAtTime(level, when_s);
        else envelope.gain.linearRampToValueAtTime(level, when_s);
      }
    }
    oscillator.connect(envelope).connect(this.#master);
    oscillator.onended = () => {
      envelope.disconnect();
      this.#playing.delete(burst.id);
    };
    oscillator.start(start_s);
    oscillator.stop(burst.quiet_s + CUT_MARGIN_S);
    /** @type {Said} */
    const said = {
      tone,
      test: burst.test,
      keys: burst.keys,
      at_ms: now,
      starts_ms: now + (start_s - context.currentTime) * 1000,
      visibility: document.visibilityState,
      fate: "scheduled",
      peak: 0,
    };
    this.log.push(said);
    if (this.log.length > LOG_MAX) this.log.splice(0, this.log.length - LOG_MAX);
    this.#playing.set(burst.id, { oscillator, envelope, said });
  }

  /** @param {Burst} burst */
  #drop(burst) {
    const playing = this.#playing.get(burst.id);
    if (!playing) return;
    playing.said.fate = "dropped";
    playing.envelope.disconnect();
    playing.oscillator.stop();
  }

  /**
   * @param {Burst} burst
   * @param {number} at_s
   */
  #cut(burst, at_s) {
    const playing = this.#playing.get(burst.id);
    if (!playing) return;
    playing.said.fate = "cut";
    playing.envelope.gain.cancelScheduledValues(at_s + CUT_MARGIN_S);
    playing.oscillator.stop(at_s + CUT_MARGIN_S);
  }

  /**
   * Looks whether what should be heard leaves the page.
   * @param {number} now_s
   */
  #listen(now_s) {
    const burst = this.#schedule.sounding(now_s);
    const said = burst && this.#playing.get(burst.id)?.said;
    if (!said || this.#probe === null) return;
    this.#probe.getFloatTimeDomainData(this.#samples);
    for (const sample of this.#samples) said.peak = Math.max(said.peak, Math.abs(sample));
  }
}
