// @ts-check
// The trends of a bed on one canvas: a band for each kind of number, all on one time line. A
// missing value breaks the line, and what is missing is shaded with its cause.

import { MARKS } from "./alarms.js";
import { axis, LINES, ticks, time_ticks } from "./axis.js";
import { fit, ratio } from "./canvas.js";
import { element, hide, set_attribute, set_text } from "./dom.js";
import { in_english, t } from "./language.js";
import { Pen } from "./pen.js";
import { trend_rate } from "./rate.js";
import { number, time_of_day } from "./words.js";

/** @typedef {import("./past.js").Past} Past */
/** @typedef {import("./model.js").BedState} BedState */
/** @typedef {import("./episodes.js").Episode} Episode */
/** @typedef {import("./pen.js").Band} Band */

/** Room for the numbers of the axes, for a row of marks and for the times, pixels. */
const LEFT_PX = 44;
const TOP_PX = 16;
const BOTTOM_PX = 20;

/** Numbers of an axis and times stand at least so far apart, pixels. */
const NUMBERS_PX = 24;
const TIMES_PX = 74;

/**
 * A band: what it shows, what its axis shows at least, and by what that grows.
 * @typedef {object} Plan
 * @property {{metric: string, label: string, colour: string}[]} lines
 * @property {boolean} cuffs whether pressures stand on it too
 * @property {{low: number, high: number, step: number}} axis
 */

/**
 * What is drawn, and from when on.
 * @typedef {{past: Past, bed: BedState, from_ms: number, now_ms: number, episodes: Episode[]}} Shown
 */

/**
 * Returns the bands that a bed needs.
 * @param {Record<string, string>} sources
 * @param {import("./trend.js").Trend} trend
 * @returns {Plan[]}
 */
export function plans(sources, trend) {
  const breath = ["RespirationRate", "EtCO2"].filter((metric) => metric in sources);
  return [["SpO2"], [trend_rate(sources, trend)], breath].filter(({ length }) => length > 0).map((metrics, index) => ({
    lines: metrics.map((metric) => ({ metric, ...LINES[metric] })),
    cuffs: index === 1,
    axis: LINES[metrics[0]].axis,
  }));
}

/** What a stretch without values says of itself. @type {Record<import("./trend.js").Cause, string>} */
const CAUSES = in_english({
  cable: "no link",
  restart: "service not running",
  recorder: "not recorded",
});

/** @param {import("./trend.js").Cause | null} cause */
function cause_words(cause) {
  return cause === null ? t("no value") : t(CAUSES[cause]);
}

/**
 * Says what the trends show: the least and the greatest of each metric, and when there was none.
 * @param {import("./trend.js").Trend} trend
 * @param {BedState} bed
 * @param {number} now_ms service time
 */
export function summary(trend, bed, now_ms) {
  const sentences = plans(bed.sources, trend).flatMap(({ lines }) => lines).flatMap(({ metric, label }) => {
    const there = trend.series(metric).filter(({ value }) => !Number.isNaN(value));
    if (there.length === 0) return [];
    const low = number(metric, Math.min(...there.map((point) => point.low)));
    const high = number(metric, Math.max(...there.map((point) => point.high)));
    const gaps = holes_of(trend, bed, metric, now_ms).map(({ from_ms, to_ms, cause }) =>
      `${cause_words(cause)} ${time_of_day(from_ms)}–${time_of_day(to_ms)}`);
    return [[`${t(label)} ${low}–${high}`, ...gaps].join(", ")];
  });
  return sentences.join("; ") || t("no value");
}

/**
 * @param {import("./trend.js").Trend} trend
 * @param {BedState} bed
 * @param {string} metric
 * @param {number} now_ms service time
 */
function holes_of(trend, bed, metric, now_ms) {
  const device = bed.sources[metric];
  if (device === undefined) return [];
  const at_end = bed.devices.get(device)?.link === "connected" ? null : "cable";
  return trend.holes(metric, device, at_end, now_ms);
}

export class TrendCharts {
  #readout = element("p", "readout");
  #canvas = element("canvas", { role: "img" });
  #cursor = element("div", { class: "cursor", hidden: "" });
  #charts = element("div", "charts", this.#canvas, this.#cursor);
  root = element("div", "trends", this.#readout, this.#charts);
  /** @type {Shown | null} */
  #shown = null;
  #observer = new ResizeObserver(() => this.recolour());

  constructor() {
    this.#observer.observe(this.#charts);
    for (const name of /** @type {const} */ (["pointermove", "pointerdown"])) {
      this.#canvas.addEventListener(name, (event) => this.#point(event.offsetX));
    }
    this.#canvas.addEventListener("pointerleave", () => this.#point(-1));
  }

  /**
   * @param {Past} past
   * @param {BedState} bed
   * @param {number} now_ms service time
   * @param {Episode[]} episodes
   */
  update(past, bed, now_ms, episodes) {
    const { trend } = past;
    this.#shown = { past, bed, from_ms: now_ms - (trend.count - 1) * trend.step_ms, now_ms, episodes };
    set_attribute(this.#canvas, "aria-label", summary(trend, bed, now_ms));
    if (this.#canvas.width === 0) this.recolour();
    else this.#draw();
  }

  /** Draws all anew, with the size and the colours of now. */
  recolour() {
    fit(this.#canvas, this.#charts);
    this.#draw();
  }

  /** Lets go of what it watches. */
  remove() {
    this.#observer.disconnect();
  }

  #draw() {
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#canvas;
    const shown = this.#shown;
    if (!shown || !context || width === 0 || height === 0) return;
    const { bed, past, from_ms, now_ms } = shown;
    const left = LEFT_PX * ratio();
    const style = getComputedStyle(this.#canvas);
    const pen = new Pen(context, style, from_ms, now_ms, left);
    context.clearRect(0, 0, width, height);
    context.font = style.font.replace(/[\d.]+px/, (size) => `${Number.parseFloat(size) * ratio()}px`);
    const bands = plans(bed.sources, past.trend);
    // On top what was done, above each band the alarms of it.
    const row = TOP_PX * ratio();
    const bottom = height - BOTTOM_PX * ratio();
    const each = (bottom - row) / bands.length;
    past.marks.reduceRight((until, mark) => pen.deed(mark, row, bottom, until), width);
    bands.forEach((plan, index) => draw_band(shown, pen, plan, 2 * row + index * each, row + (index + 1) * each));
    for (const at_ms of time_ticks(from_ms, now_ms, (width - left) / (TIMES_PX * ratio()))) {
      const x = pen.x(at_ms);
      if (x < left + 4 || x > width - 20 * ratio()) continue;
      pen.words(time_of_day(at_ms).slice(0, 5), x, height - 4 * ratio(), "--label", "center");
    }
  }

  /**
   * Says what was at the place that is pointed at.
   * @param {number} x pixels of the page from the canvas' left edge
   */
  #point(x) {
    const width = this.#canvas.clientWidth - LEFT_PX;
    const is_inside = this.#shown !== null && x >= LEFT_PX && width > 0;
    hide(this.#cursor, !is_inside);
    if (!this.#shown || !is_inside) {
      set_text(this.#readout, "");
      return;
    }
    this.#cursor.style.transform = `translateX(${x}px)`;
    const { past, bed, from_ms, now_ms } = this.#shown;
    set_text(this.#readout, at_words(past, bed, from_ms + ((x - LEFT_PX) / width) * (now_ms - from_ms)));
  }
}

/**
 * @param {Shown} shown
 * @param {Pen} pen
 * @param {Plan} plan
 * @param {number} top
 * @param {number} bottom
 */
function draw_band({ past, bed, now_ms, episodes }, pen, plan, top, bottom) {
  const { trend } = past;
  const left = LEFT_PX * ratio();
  const all = plan.lines.map(({ metric }) => trend.series(metric));
  const band = { ...axis(plan.axis, all.flat(), plan.cuffs ? trend.cuffs : []), top, bottom };
  for (const value of ticks(band.low, band.high, (bottom - top) / (NUMBERS_PX * ratio()))) {
    const y = pen.grid(value, band);
    pen.words(String(value), left - 6 * ratio(), y + 4 * ratio(), "--label", "right");
  }
  for (const hole of holes_of(trend, bed, plan.lines[0].metric, now_ms)) {
    pen.hole(hole, band, hole.cause === null ? "--hole" : "--hole-known", cause_words(hole.cause));
  }
  plan.lines.forEach(({ colour }, index) => {
    pen.extremes(all[index], band, colour);
    pen.line(all[index], band, colour);
  });
  for (const cuff of plan.cuffs ? trend.cuffs : []) pen.cuff(cuff, band);
  for (const { began_ms, priority, technical } of episodes) {
    if (began_ms < bed.from_ms) continue;
    pen.mark(began_ms, priority, technical ? `${MARKS[priority]}T` : MARKS[priority], band);
  }
  const labels = [...plan.lines.map(({ label }) => t(label)), ...(plan.cuffs && trend.cuffs.length > 0 ? [t("NIBP")] : [])];
  pen.words(labels.join(", "), left + 5 * ratio(), top + 14 * ratio(), "--text", "left");
}

/** What was done so many steps before or after is told too: nobody points at a line to the pixel. */
const NEAR_STEPS = 3;

/**
 * Says what was in the step in which a time lies, and what was done about then.
 * @param {Pick<Past, "trend" | "marks">} past
 * @param {BedState} bed
 * @param {number} at_ms
 */
export function at_words({ trend, marks }, bed, at_ms) {
  const from_ms = Math.floor(at_ms / trend.step_ms) * trend.step_ms;
  const to_ms = from_ms + trend.step_ms;
  const words = plans(bed.sources, trend).flatMap(({ lines }) => lines).map(({ metric, label }) => {
    const point = trend.series(metric).find((one) => one.at_ms === to_ms);
    if (!point || Number.isNaN(point.value)) return `${t(label)} ${t("no value")}`;
    return `${t(label)} ${number(metric, point.value)} (${number(metric, point.low)}–${number(metric, point.high)})`;
  });
  for (const cuff of trend.cuffs) {
    if (cuff.at_ms >= from_ms && cuff.at_ms < to_ms) words.push(`${t("NIBP")} ${cuff.systolic}/${cuff.diastolic ?? "–"}`);
  }
  // First, for what does not fit is cut off.
  const near = marks.filter(({ at }) => Math.abs(Date.parse(at) - at_ms) < NEAR_STEPS * trend.step_ms);
  const done = near.map((mark) => `${time_of_day(Date.parse(mark.at))} ${mark.words}`);
  return [...done, `${time_of_day(from_ms)}: ${words.join(", ")}`].join(" · ");
}
