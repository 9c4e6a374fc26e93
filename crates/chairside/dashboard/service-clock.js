// @ts-check
// The service's clock as seen from here, and how late its words arrive.
//
// Each heartbeat carries the service's time. The quickest one ever seen tells how the two clocks
// lie to each other; whatever arrives later than that was on its way for so long. So a page that
// is fed through a stalled connection knows that what it gets is old.

/** The two clocks may drift apart by this much, parts per million. */
const DRIFT_PPM = 200;

export class ServiceClock {
  /** Service time minus page time, milliseconds, by the quickest message. */
  #offset_ms = NaN;
  #refined_at = 0;
  /** The last time that the service has named, milliseconds since 1970. */
  #heard_ms = NaN;
  /** How much later than the quickest the last message came, milliseconds. */
  lag_ms = 0;

  /** Forgets everything: another service, or the same one after a break. */
  reset() {
    this.#offset_ms = NaN;
    this.#heard_ms = NaN;
    this.lag_ms = 0;
  }

  /**
   * Takes the service's time from a message that arrives now.
   * @param {string} service_now RFC 3339
   * @param {number} now page time, milliseconds
   */
  hear(service_now, now) {
    const heard_ms = Date.parse(service_now);
    if (Number.isNaN(heard_ms)) return;
    this.#heard_ms = heard_ms;
    const offset_ms = heard_ms - now;
    if (Number.isNaN(this.#offset_ms)) {
      this.#offset_ms = offset_ms;
    } else {
      const drift_ms = ((now - this.#refined_at) * DRIFT_PPM) / 1e6;
      this.#offset_ms = Math.max(offset_ms, this.#offset_ms - drift_ms);
    }
    this.#refined_at = now;
    this.lag_ms = Math.max(0, this.#offset_ms - offset_ms);
  }

  /**
   * The page's clock stood still for so long, milliseconds.
   * @param {number} slept_ms
   */
  skip(slept_ms) {
    this.#offset_ms += slept_ms;
  }

  /**
   * Returns the service's time now, milliseconds since 1970; NaN before the first message.
   * @param {number} now page time, milliseconds
   */
  at(now) {
    return now + this.#offset_ms;
  }

  /**
   * Returns the earliest page time, milliseconds, at which a message that arrives now can have been
   * made: not before the word of the service that it follows, and not before what it tells of was
   * measured. How late it is, nobody knows before the next heartbeat.
   * @param {number} measured_ms service time, milliseconds since 1970
   * @param {number} now page time, milliseconds
   */
  made_at(measured_ms, now) {
    const known = [measured_ms, this.#heard_ms].filter((one) => !Number.isNaN(one));
    if (known.length === 0 || Number.isNaN(this.#offset_ms)) return now;
    return Math.min(now, Math.max(...known) - this.#offset_ms);
  }
}
