// @ts-check
// Lines and marks of what was, on a canvas: for the hour on a tile and for the past of an alarm.

import { runs } from "./trend.js";

/** @typedef {{low: number, high: number, top: number, bottom: number}} Band */

/** The colours of an alarm's mark, which is no block. */
const MARK_COLOURS = { high: "--high-mark", medium: "--medium-mark", low: "--cyan" };

/** Draws what was between two times, as wide as the canvas. */
export class Pen {
  #context;
  #style;
  #from_ms;
  #to_ms;
  #left;

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {CSSStyleDeclaration} style has the colours
   * @param {number} from_ms the time at the left edge
   * @param {number} to_ms the time at the right edge
   * @param {number} [left] where the left edge is, pixels of the canvas
   */
  constructor(context, style, from_ms, to_ms, left = 0) {
    this.#context = context;
    this.#style = style;
    this.#from_ms = from_ms;
    this.#to_ms = to_ms;
    this.#left = left;
    context.lineJoin = "round";
  }

  /**
   * Shades what is missing, and says why where there is room.
   * @param {{from_ms: number, to_ms: number}} hole
   * @param {Band} band
   * @param {string} [colour]
   * @param {string} [words]
   */
  hole({ from_ms, to_ms }, { top, bottom }, colour = "--hole", words = "") {
    const context = this.#context;
    const x = this.x(Math.max(from_ms, this.#from_ms));
    const width = Math.max(1, this.x(to_ms) - x);
    if (x + width <= this.#left) return;
    context.fillStyle = this.#colour(colour);
    context.fillRect(x, top, width, bottom - top);
    if (context.measureText(words).width + 8 < width) this.words(words, x + 4, bottom - 5, "--label", "left");
  }

  /**
   * Draws the line of a value of the axis, and returns where it lies.
   * @param {number} value
   * @param {Band} band
   */
  grid(value, band) {
    const y = Math.round(y_of(value, band));
    this.#context.fillStyle = this.#colour("--edge");
    this.#context.fillRect(this.#left, y, this.#context.canvas.width - this.#left, 1);
    return y;
  }

  /**
   * @param {string} words
   * @param {number} x
   * @param {number} y of their base line
   * @param {string} colour
   * @param {CanvasTextAlign} align
   */
  words(words, x, y, colour, align) {
    this.#context.fillStyle = this.#colour(colour);
    this.#context.textAlign = align;
    this.#context.fillText(words, x, y);
  }

  /**
   * Fills what lies between the least and the greatest of each step.
   * @param {readonly {at_ms: number, value: number, low: number, high: number}[]} series
   * @param {Band} band
   * @param {string} colour
   */
  extremes(series, band, colour) {
    const context = this.#context;
    context.fillStyle = this.#colour(colour);
    context.globalAlpha = 0.25;
    for (const run of runs(series)) {
      context.beginPath();
      for (const { at_ms, high } of run) context.lineTo(this.x(Math.min(at_ms, this.#to_ms)), y_of(high, band));
      for (const { at_ms, low } of [...run].reverse()) context.lineTo(this.x(Math.min(at_ms, this.#to_ms)), y_of(low, band));
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /**
   * Draws a line that breaks where a value is missing.
   * @param {readonly {at_ms: number, value: number}[]} series
   * @param {Band} band
   * @param {string} colour
   */
  line(series, band, colour) {
    const context = this.#context;
    context.strokeStyle = this.#colour(colour);
    context.lineWidth = 1.5;
    context.beginPath();
    for (const run of runs(series)) {
      run.forEach(({ at_ms, value }, index) => {
        const [x, y] = [this.x(Math.min(at_ms, this.#to_ms)), y_of(value, band)];
        if (index > 0) context.lineTo(x, y);
        else context.moveTo(run.length > 1 ? x : x - 2, y);
        if (run.length === 1) context.lineTo(x, y);
      });
    }
    context.stroke();
  }

  /**
   * @param {import("./trend.js").Cuff} cuff
   * @param {Band} band
   */
  cuff({ at_ms, systolic, diastolic }, band) {
    const context = this.#context;
    const x = Math.round(this.x(at_ms));
    const [top, bottom] = [y_of(systolic, band), y_of(diastolic ?? systolic, band)];
    context.fillStyle = this.#colour("--nibp");
    context.fillRect(x - 3, top - 1, 7, 2);
    context.fillRect(x - 3, bottom - 1, 7, 2);
    context.fillRect(x, top, 1, bottom - top);
  }

  /**
   * Marks where an alarm began, with the mark of its priority above the band.
   * @param {number} at_ms
   * @param {import("./wire.js").Priority} priority
   * @param {string} words
   * @param {Band} band
   */
  mark(at_ms, priority, words, { top, bottom }) {
    const colour = MARK_COLOURS[priority];
    this.words(words, this.#upright(at_ms, colour, top, bottom), top - 2, colour, "center");
  }

  /**
   * Marks where an alarm began, over the whole height, without words.
   * @param {number} at_ms
   * @param {import("./wire.js").Priority} priority
   */
  alarm(at_ms, priority) {
    const context = this.#context;
    const x = this.#upright(at_ms, MARK_COLOURS[priority], 0, context.canvas.height);
    const size = { high: 7, medium: 5, low: 3 }[priority];
    context.beginPath();
    context.moveTo(x - size, 0);
    context.lineTo(x + size, 0);
    context.lineTo(x, size * 1.5);
    context.fill();
  }

  /**
   * Marks what was done: a line below the row of words, and before it its own, where there is room.
   * @param {import("./past.js").Mark} mark
   * @param {number} row where the row of words ends
   * @param {number} bottom
   * @param {number} until where the words of the next mark begin
   * @returns {number} where the words begin that there are now
   */
  deed({ at, words }, row, bottom, until) {
    const x = this.#upright(Date.parse(at), "--label", row, bottom);
    const from = x - this.#context.measureText(words).width - 8;
    if (!(from >= this.#left && x <= until)) return until;
    this.words(words, x - 4, row - 4, "--text", "right");
    return from;
  }

  /**
   * Draws a line at a time, and returns where: not a number left of the edge, where a canvas draws
   * nothing.
   * @param {number} at_ms
   * @param {string} colour
   * @param {number} top
   * @param {number} bottom
   */
  #upright(at_ms, colour, top, bottom) {
    const x = Math.round(this.x(at_ms));
    if (x < this.#left) return NaN;
    this.#context.fillStyle = this.#colour(colour);
    this.#context.fillRect(x, top, colour === MARK_COLOURS.high ? 2 : 1, bottom - top);
    return x;
  }

  /**
   * Returns where a time lies, pixels of the canvas.
   * @param {number} at_ms
   */
  x(at_ms) {
    const share = (at_ms - this.#from_ms) / (this.#to_ms - this.#from_ms);
    return this.#left + share * (this.#context.canvas.width - this.#left);
  }

  /** @param {string} name */
  #colour(name) {
    return this.#style.getPropertyValue(name).trim();
  }
}

/**
 * @param {number} value
 * @param {Band} band
 */
function y_of(value, { low, high, top, bottom }) {
  return bottom - 2 - ((value - low) / (high - low)) * (bottom - top - 4);
}
