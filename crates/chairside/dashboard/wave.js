// @ts-check
// The sweep: a pen that runs from left to right over the old curve, and draws only what is new.
// A gap is hatched, never a line.

import { fit, ratio } from "./canvas.js";

/** From the left edge to the right, milliseconds. */
const SWEEP_MS = 8_000;

/** A frame is worth drawing when the pen has moved by about so much, CSS pixels. */
const STEP_PX = 3;

/** The frames of a curve, milliseconds: those of a wide one, and of one whose pen is slow. */
const FRAMES_MS = { least: 50, most: 100 };

/** What is wiped ahead of the pen, pixels. */
const ERASER_PX = 18;

/** The vertical scale looks at so many last milliseconds. */
const SCALE_MS = 6_000;

/** Steps of the carbon dioxide scale, mmHg. */
const CO2_TOPS = [50, 75, 100, 150];

export class Sweep {
  #canvas;
  #context;
  #metric;
  #scaled;
  #observer;
  #drawn = -Infinity;
  /** @type {import("./trace.js").Trace | undefined} */
  #trace;
  #scale = { low: 0, high: 1 };
  #colour = "";
  #gap_colour = "";

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {string} metric
   * @param {(scale: string) => void} scaled told the scale of a curve that has a unit
   */
  constructor(canvas, metric, scaled) {
    this.#canvas = canvas;
    this.#metric = metric;
    this.#scaled = scaled;
    this.#context = canvas.getContext("2d");
    this.#observer = new ResizeObserver(() => this.refresh());
    this.#observer.observe(canvas);
  }

  /** Stops watching the canvas. */
  remove() {
    this.#observer.disconnect();
  }

  /**
   * Draws what is new.
   * @param {import("./trace.js").Trace | undefined} trace
   * @param {boolean} credible whether the sensor is on the patient; if not, there is a gap
   * @param {number} now page time, milliseconds
   */
  draw(trace, credible, now) {
    if (!this.#context || this.#canvas.width === 0) return;
    // Another patient's curve begins on an empty canvas.
    if (trace !== this.#trace) this.refresh();
    this.#trace = trace;
    if (!trace) return;
    const to = trace.pen(now);
    if (!(to > this.#drawn)) return;
    let from = Math.max(this.#drawn, to - SWEEP_MS);
    this.#drawn = to;
    this.#adapt(trace, to);
    while (from < to) {
      const edge = (Math.floor(from / SWEEP_MS) + 1) * SWEEP_MS;
      const end = Math.min(to, edge);
      this.#piece(trace, credible, from, end, edge - SWEEP_MS);
      from = end;
    }
  }

  /**
   * Draws a piece that does not cross the edge.
   * @param {import("./trace.js").Trace} trace
   * @param {boolean} credible
   * @param {number} from
   * @param {number} to
   * @param {number} left the time at the left edge
   */
  #piece(trace, credible, from, to, left) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#context);
    const { width, height } = this.#canvas;
    /** @param {number} time */
    const x_of = (time) => ((time - left) / SWEEP_MS) * width;
    const x_from = x_of(from);
    const x_to = x_of(to);
    context.clearRect(x_from, 0, x_to - x_from + ERASER_PX * ratio(), height);
    if (!credible) {
      this.#hatch(x_from, x_to);
      return;
    }
    let gap_since = trace.last_time() < from ? from : NaN;
    let pen_down = false;
    // A path of its own, for hatching uses the context's.
    const curve = new Path2D();
    trace.each(from, to, (time, value) => {
      if (Number.isNaN(value)) {
        gap_since = time;
        pen_down = false;
        return;
      }
      if (!Number.isNaN(gap_since)) {
        this.#hatch(x_of(Math.max(gap_since, from)), x_of(time));
        gap_since = NaN;
      }
      const x = x_of(time);
      const y = this.#y(value);
      if (pen_down) curve.lineTo(x, y);
      else curve.moveTo(x, y);
      pen_down = true;
    });
    context.strokeStyle = this.#colour;
    context.lineWidth = 2 * ratio();
    context.lineJoin = "round";
    context.stroke(curve);
    const open_since = Number.isNaN(gap_since) && trace.last_time() < to ? trace.last_time() : gap_since;
    if (!Number.isNaN(open_since)) this.#hatch(x_of(Math.max(open_since, from)), x_to);
  }

  /**
   * @param {number} x_from
   * @param {number} x_to
   */
  #hatch(x_from, x_to) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#context);
    const { height } = this.#canvas;
    if (x_to <= x_from) return;
    const step = 10 * ratio();
    context.save();
    context.beginPath();
    context.rect(x_from, height * 0.25, x_to - x_from, height * 0.5);
    context.clip();
    context.beginPath();
    const first = Math.floor((x_from - height) / step) * step;
    for (let x = first; x < x_to; x += step) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.strokeStyle = this.#gap_colour;
    context.lineWidth = 1.5 * ratio();
    context.stroke();
    context.restore();
  }

  /**
   * Fits the scale: at once when the curve grows, slowly when it shrinks.
   * @param {import("./trace.js").Trace} trace
   * @param {number} to
   */
  #adapt(trace, to) {
    const range = trace.range(to - SCALE_MS);
    if (!range) return;
    if (this.#metric === "Co2") {
      const top = CO2_TOPS.find((one) => range.high <= one) ?? range.high;
      if (this.#scale.high !== top) this.#scaled(`0–${Math.round(top)} mmHg`);
      this.#scale = { low: 0, high: top };
      return;
    }
    if (this.#metric.startsWith("Ecg")) {
      const [low, high] = [Math.floor(range.low * 2) / 2, Math.ceil(range.high * 2) / 2];
      const scale = { low, high: Math.max(high, low + 1) };
      if (this.#scale.low !== scale.low || this.#scale.high !== scale.high) this.#scaled(`${scale.low}–${scale.high} mV`);
      this.#scale = scale;
      return;
    }
    // Noise around a flat line is not blown up to a pulse.
    const middle = (range.low + range.high) / 2;
    const least = Math.max(1, Math.abs(middle) * 0.02);
    const low = Math.min(range.low, middle - least);
    const high = Math.max(range.high, middle + least);
    const follow = 0.03;
    this.#scale.low = low < this.#scale.low ? low : this.#scale.low + (low - this.#scale.low) * follow;
    this.#scale.high = high > this.#scale.high ? high : this.#scale.high + (high - this.#scale.high) * follow;
  }

  /** @param {number} value */
  #y(value) {
    const { low, high } = this.#scale;
    const { height } = this.#canvas;
    const margin = height * 0.08;
    return height - margin - ((value - low) / (high - low)) * (height - 2 * margin);
  }

  /** Takes the size and the colours of the page anew, and draws everything again. */
  refresh() {
    fit(this.#canvas);
    const style = getComputedStyle(this.#canvas);
    this.#colour = style.color;
    this.#gap_colour = style.getPropertyValue("--gap").trim();
    this.#drawn = -Infinity;
  }
}

/**
 * Returns how often a curve is drawn, milliseconds: on a small tile the pen is slow, and more
 * frames would show nothing more.
 * @param {number} width_px CSS pixels
 */
export function frame_ms(width_px) {
  return (SWEEP_MS * STEP_PX) / width_px > (FRAMES_MS.least + FRAMES_MS.most) / 2 ? FRAMES_MS.most : FRAMES_MS.least;
}
