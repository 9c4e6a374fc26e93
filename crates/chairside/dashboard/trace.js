// @ts-check
// The samples of one curve on the page's time line, with its gaps.
//
// Samples come in small runs at uneven moments. They are laid one period apart, and the time line
// is bent a little to follow the device's real rate. Where samples are missing there is a gap, and
// a gap is never bridged. No drawing here: see wave.js.

/** Runs further apart than this have a gap between them, milliseconds. */
const GAP_MS = 500;

/** Runs that arrive within this time arrived together, milliseconds. */
const TOGETHER_MS = 5;

/** Without samples for this long the curve has ended, milliseconds. */
export const SILENT_MS = 1_000;

/** The pen is this far behind, so that it does not wait for every run, milliseconds. */
const PEN_DELAY_MS = 350;

/** Samples kept: ten seconds at 300 Hz, and some. A power of two. */
const KEPT = 4096;

/** The period may be bent by this share to follow the device. */
const BEND_MAX = 0.05;

export class Trace {
  #times = new Float64Array(KEPT);
  #values = new Float32Array(KEPT);
  #count = 0;
  #last_arrival = -Infinity;
  #cut = true;
  /** Samples that are not on the time line yet. @type {{samples: number[], period_ms: number, arrived: number} | null} */
  #waiting = null;

  /** Tells whether any sample has ever come. */
  has_begun() {
    return this.#last_arrival > -Infinity;
  }

  /** Ends the curve here; the next samples begin after a gap. */
  cut() {
    this.#lay();
    this.#cut = true;
  }

  /**
   * Takes a run of samples of which the last has arrived now. Runs that arrive together are one.
   * @param {readonly number[]} samples oldest first
   * @param {number} period_us from sample to sample
   * @param {number} now page time, milliseconds
   */
  push(samples, period_us, now) {
    const period_ms = period_us / 1000;
    if (!(period_ms > 0) || samples.length === 0) return;
    const waiting = this.#waiting;
    if (waiting && (now - waiting.arrived > TOGETHER_MS || waiting.period_ms !== period_ms)) this.#lay();
    this.#waiting ??= { samples: [], period_ms, arrived: now };
    this.#waiting.samples.push(...samples);
    this.#last_arrival = now;
    if (this.#waiting.samples.length >= KEPT) this.#lay();
  }

  /** Lays the waiting samples on the time line. */
  #lay() {
    if (!this.#waiting) return;
    let { samples } = this.#waiting;
    const { period_ms, arrived } = this.#waiting;
    this.#waiting = null;
    const last = this.last_time();
    let first = arrived - (samples.length - 1) * period_ms;
    let step = period_ms;
    const late_ms = arrived - (last + samples.length * period_ms);
    if (late_ms < -GAP_MS) {
      // More than there was time for: a backlog. Only the newest of it belongs here.
      const room = Math.max(0, Math.floor((arrived - last) / period_ms) - 1);
      samples = room > 0 ? samples.slice(-room) : [];
      first = arrived - (samples.length - 1) * period_ms;
      this.#cut = true;
    }
    if (samples.length === 0) return;
    let time = last;
    if (this.#cut || first - last > period_ms + GAP_MS) {
      if (this.#count > 0) this.#put(last + period_ms, NaN);
      time = Math.max(first, last + 2 * period_ms) - period_ms;
      this.#cut = false;
    } else {
      step = period_ms * (1 + Math.min(BEND_MAX, Math.max(-BEND_MAX, late_ms / 2_000)));
    }
    for (const sample of samples) {
      time += step;
      this.#put(time, sample);
    }
  }

  /**
   * Returns up to where the curve can be drawn: behind the newest sample while they come, on with
   * the time (over a gap) when they have stopped.
   * @param {number} now page time, milliseconds
   */
  pen(now) {
    this.#lay();
    const pen = now - PEN_DELAY_MS;
    return this.is_silent(now) ? pen : Math.min(pen, this.last_time());
  }

  /**
   * Tells whether no samples come any more.
   * @param {number} now page time, milliseconds
   */
  is_silent(now) {
    return now - this.#last_arrival > SILENT_MS;
  }

  /** Returns the time of the newest sample. */
  last_time() {
    return this.#count === 0 ? -Infinity : this.#times[(this.#count - 1) % KEPT];
  }

  /**
   * Calls back for each kept sample after `from` up to `to`, oldest first; NaN begins a gap. The
   * one just before `from` comes first, so that a line can go on from it.
   * @param {number} from
   * @param {number} to
   * @param {(time: number, value: number) => void} visit
   */
  each(from, to, visit) {
    let index = this.#after(from);
    const oldest = Math.max(0, this.#count - KEPT);
    if (index > oldest) index -= 1;
    for (; index < this.#count; index += 1) {
      const time = this.#times[index % KEPT];
      if (time > to) return;
      visit(time, this.#values[index % KEPT]);
    }
  }

  /**
   * Returns the smallest and the largest sample after `from`, or null without any.
   * @param {number} from
   * @returns {{low: number, high: number} | null}
   */
  range(from) {
    let low = Infinity;
    let high = -Infinity;
    for (let index = this.#after(from); index < this.#count; index += 1) {
      const value = this.#values[index % KEPT];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low <= high ? { low, high } : null;
  }

  /**
   * Finds the first kept sample after a time.
   * @param {number} from
   */
  #after(from) {
    let low = Math.max(0, this.#count - KEPT);
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle % KEPT] <= from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * @param {number} time
   * @param {number} value
   */
  #put(time, value) {
    this.#times[this.#count % KEPT] = time;
    this.#values[this.#count % KEPT] = value;
    this.#count += 1;
  }
}
