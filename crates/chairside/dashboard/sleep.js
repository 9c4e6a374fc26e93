// @ts-check
// Whether this machine slept. A browser's monotonic clock may stand still meanwhile, so that to
// this page nothing has got old; the wall clock has gone on. No DOM and no clock.

/** The wall clock may be set forward by less without anybody caring, milliseconds. */
const SLEPT_MS = 3_000;

export class Sleep {
  /** The wall clock's time less the page's at the last look, milliseconds. */
  #apart_ms = NaN;

  /**
   * Returns for how long this machine slept since the last look, milliseconds, or by how much its
   * clock was set forward: nobody can tell which. 0 where it is too little to matter.
   * @param {number} now page time
   * @param {number} wall_ms of the same moment
   */
  look(now, wall_ms) {
    const apart_ms = wall_ms - now;
    const slept_ms = apart_ms - this.#apart_ms;
    this.#apart_ms = apart_ms;
    return slept_ms > SLEPT_MS ? slept_ms : 0;
  }
}
